import Glibc

/// A file whose content is replaced for every input, for parsers that map a path. One per process.
final class FuzzFile: @unchecked Sendable {
    static let shared = FuzzFile()

    let path: String
    private let descriptor: Int32

    private init() {
        // In memory where there is such a place: a disk would be most of the time.
        var template = Array(((access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/albit-fuzz-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        path = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        atexit { unlink(FuzzFile.shared.path) }
    }

    /// The path of a file that holds `bytes`; the suffix of a name decides nothing.
    func holding(_ bytes: [UInt8]) -> String {
        guard ftruncate(descriptor, 0) == 0,
            bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == bytes.count
        else {
            perror(path)
            exit(2)
        }
        return path
    }
}
