import CPlatform

/// Bytes of a file, of a descriptor such as standard input, or of memory, taken from front to back in memory that does
/// not grow with their number.
package final class ByteStream {
    /// What messages call the input: a path, or words.
    package let name: String
    /// Bytes of the whole input; nil where only its end will tell.
    package let byteCount: Int?
    /// Line feeds among the bytes that were taken.
    package private(set) var lineFeeds = 0
    private var file = platform_file(base: nil, size: 0, fd: -1, error: 0)
    private let descriptor: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var hasEnded = false
    private var bytesRead = 0

    private static let bufferSize = 16384

    /// Opens a regular file. Throws `fileCannotOpen` with the system's words.
    package init(path: String) throws(Fault) {
        file = path.withCString { platform_open($0) }
        guard file.error == 0 else {
            throw Fault(
                .fileCannotOpen, in: path, "cannot be opened: " + String(cString: platform_error_text(file.error)))
        }
        name = path
        byteCount = Int(exactly: file.size)
        descriptor = file.fd
        buffer = [UInt8](repeating: 0, count: ByteStream.bufferSize)
    }

    /// A descriptor that stays open: 0 is standard input.
    package init(descriptor: Int32, name: String = "standard input") {
        self.name = name
        self.descriptor = descriptor
        byteCount = nil
        buffer = [UInt8](repeating: 0, count: ByteStream.bufferSize)
    }

    /// Bytes that are there already.
    package init(_ bytes: [UInt8], name: String) {
        self.name = name
        descriptor = -1
        byteCount = bytes.count
        buffer = bytes
        end = bytes.count
        bytesRead = bytes.count
        hasEnded = true
    }

    deinit { platform_close(&file) }

    /// Bytes that were taken so far.
    package var bytesTaken: Int { bytesRead - (end - start) }

    /// The next bytes without taking them, up to `count`; fewer at the end. Waits for them.
    package func peek(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
        while end - start < count, !hasEnded { try fill() }
        return buffer[start..<min(end, start + count)]
    }

    /// Takes bytes that were peeked at.
    package func skip(_ count: Int) {
        for _ in 0..<min(count, end - start) {
            if buffer[start] == 0x0A { lineFeeds += 1 }
            start += 1
        }
    }

    /// The next byte; nil at the end.
    @inline(__always)
    package func next() throws(Fault) -> UInt8? {
        while start == end {
            if hasEnded { return nil }
            try fill()
        }
        let byte = buffer[start]
        start += 1
        if byte == 0x0A { lineFeeds += 1 }
        return byte
    }

    /// Takes all up to the next delimiter, and the delimiter itself. At most `limit` bytes are put into `line`.
    /// - Returns: the length of the line without its delimiter, its last byte, and whether a delimiter ended it.
    func takeLine(
        into line: inout [UInt8], limit: Int, delimiter: UInt8
    ) throws(Fault) -> (length: Int, last: UInt8, isEnded: Bool) {
        var length = 0
        var last: UInt8 = 0
        while true {
            if start == end {
                if hasEnded { return (length, last, false) }
                try fill()
                continue
            }
            let found = buffer[start..<end].firstIndex(of: delimiter)
            let stop = found ?? end
            if stop > start {
                line.append(contentsOf: buffer[start..<min(stop, start + max(0, limit - line.count))])
                last = buffer[stop - 1]
                length += stop - start
            }
            start = stop
            if found != nil {
                start += 1
                if delimiter == 0x0A { lineFeeds += 1 }
                return (length, last, true)
            }
        }
    }

    /// Moves what is left to the front and reads on; doubles the buffer where it is full.
    private func fill() throws(Fault) {
        if start > 0 {
            for index in start..<end { buffer[index - start] = buffer[index] }
            end -= start
            start = 0
        }
        if end == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
        let (at, room) = (end, buffer.count - end)
        let got = buffer.withUnsafeMutableBytes { bytes in
            platform_read(descriptor, bytes.baseAddress.map { $0 + at }, room)
        }
        if got < 0 { throw Fault(.inputUnreadable, in: name, "cannot be read") }
        if got == 0 { hasEnded = true }
        end += got
        bytesRead += got
    }
}
