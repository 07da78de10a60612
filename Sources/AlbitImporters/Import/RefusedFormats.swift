import AlbitModel
import AlbitText

/// What Git LFS leaves in place of a file.
enum LargeFilePointer: SourceReader {
    static let formatName = ""

    static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("version https://git-lfs".utf8)) }

    static func refusal(_ path: String) -> Fault {
        Fault(
            .importLargeFilePointer, in: path, "is a Git LFS pointer, not the file itself",
            advice: "fetch it with 'git lfs pull' or download it again")
    }

    static func matches(_ start: FileStart) -> FormatMatch { begins(start.bytes) ? .certain : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource { throw refusal(given.path) }
}

/// Archives and streams that would have to be unpacked by other libraries.
enum PackedFile: SourceReader {
    static let formatName = ""
    private static let packers: [([UInt8], String)] = [
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), ([0x42, 0x5A, 0x68], "bzip2"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard"), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"),
        ([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], "RAR"), ([0x1F, 0x9D], "compress"),
    ]

    private static func packer(_ start: FileStart) -> String? { packers.first { start.has($0.0) }?.1 }

    static func matches(_ start: FileStart) -> FormatMatch { packer(start) == nil ? .no : .certain }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let name = packer(try FileStart(given.file)) ?? ""
        throw Fault(
            .importUnsupportedFormat, in: given.path, "is packed with \(name), which Albit does not unpack",
            expected: "gzip or zip, or the files themselves", advice: "unpack it first")
    }
}

/// ONNX Runtime's own form of a graph.
enum OptimizedONNX: SourceReader {
    static let formatName = ""

    static func matches(_ start: FileStart) -> FormatMatch { start.has("ORTM", at: 4) ? .possible : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        throw Fault(
            .importUnsupportedFormat, in: given.path,
            "is an ONNX Runtime .ort file (import the ONNX file that it was made from), which Albit does not read")
    }
}
