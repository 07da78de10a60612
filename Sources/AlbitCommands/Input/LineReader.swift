import AlbitModel
import AlbitText
import CPlatform

/// Lines of a file descriptor, one at a time, in memory that does not grow with the input.
///
/// A line ends with LF or CRLF; the last one may lack it. An overlong line is an error once, and the next call
/// goes on after it. A SIGTERM that the process watches for ends the lines.
package struct LineReader: ~Copyable {
    private let descriptor: Int32
    private let limit: Int
    /// The byte that ends a line.
    private let delimiter: UInt8
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var hasEnded = false
    /// Lines begun so far: the number of the last one returned, counted from 1.
    package private(set) var lineNumber = 0

    /// - Parameters:
    ///   - descriptor: 0 for standard input; not closed.
    ///   - limit: most bytes of a line.
    ///   - delimiter: what ends a line instead of LF and CRLF.
    package init(descriptor: Int32 = 0, limit: Int = 1 << 20, delimiter: UInt8 = UInt8(ascii: "\n")) {
        self.delimiter = delimiter
        self.descriptor = descriptor
        self.limit = limit
        buffer = [UInt8](repeating: 0, count: min(limit + 2, 16384))
    }

    /// The next line without its end; nil after the last one.
    package mutating func next() throws(Fault) -> [UInt8]? {
        var searched = start
        var isTooLong = false
        while true {
            if let newline = buffer[searched..<end].firstIndex(of: delimiter) {
                lineNumber += 1
                return try take(upTo: newline, next: newline + 1, isTooLong: isTooLong)
            }
            if hasEnded {
                if start == end && !isTooLong { return nil }
                lineNumber += 1
                return try take(upTo: end, next: end, isTooLong: isTooLong)
            }
            if end - start > limit + 1 {
                isTooLong = true
                start = end
            }
            makeRoom()
            searched = end
            try fill()
        }
    }

    private mutating func take(upTo lineEnd: Int, next: Int, isTooLong: Bool) throws(Fault) -> [UInt8] {
        var last = lineEnd
        if delimiter == UInt8(ascii: "\n"), last > start, next > lineEnd, buffer[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        let line = start..<last
        start = next
        if isTooLong || line.count > limit {
            throw Fault(
                .lineTooLong, "line " + String(lineNumber) + " is longer than " + String(limit) + " bytes",
                advice: "split the text")
        }
        return Array(buffer[line])
    }

    /// Moves what is left to the front; doubles the buffer where a line fills it, up to the limit.
    private mutating func makeRoom() {
        if start > 0 {
            for index in start..<end { buffer[index - start] = buffer[index] }
            end -= start
            start = 0
        }
        if end == buffer.count {
            buffer.append(contentsOf: repeatElement(0, count: min(buffer.count, limit + 2 - buffer.count)))
        }
    }

    private mutating func fill() throws(Fault) {
        let room = buffer.count - end
        let at = end
        let got = buffer.withUnsafeMutableBytes { bytes in
            platform_read(descriptor, bytes.baseAddress.map { $0 + at }, room)
        }
        if got < 0 { throw Fault(.inputUnreadable, "the input can't be read: read failed") }
        if got == 0 { hasEnded = true }
        end += got
    }
}
