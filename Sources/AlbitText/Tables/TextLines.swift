/// Lines of a stream, one at a time. A line ends with LF or CRLF; the last one may lack it. An overlong line is an
/// error once, and the next call goes on after it.
package struct TextLines {
    /// Bytes of a line of a data file at most.
    package static let limit = 1 << 24
    /// Bytes of a line at most that is answered by itself.
    package static let requestLimit = 1 << 20

    private let stream: ByteStream
    private let limit: Int
    /// The byte that ends a line.
    private let delimiter: UInt8
    /// Lines begun so far: the number of the last one returned, counted from 1.
    package private(set) var lineNumber = 0
    /// What ended the last line: CRLF, LF, or nothing where the input ended.
    private(set) var lineEnd: [UInt8] = []

    /// - Parameters:
    ///   - limit: most bytes of a line.
    ///   - delimiter: what ends a line instead of LF and CRLF.
    package init(_ stream: ByteStream, limit: Int = TextLines.limit, delimiter: UInt8 = UInt8(ascii: "\n")) {
        self.stream = stream
        self.limit = limit
        self.delimiter = delimiter
    }

    /// The next line without its end; nil after the last one. Throws `lineTooLong`.
    package mutating func next() throws(Fault) -> [UInt8]? {
        var line: [UInt8] = []
        let taken = try stream.takeLine(into: &line, limit: limit + 1, delimiter: delimiter)
        guard taken.length > 0 || taken.isEnded else { return nil }
        lineNumber += 1
        let hasReturn = delimiter == 0x0A && taken.isEnded && taken.length > 0 && taken.last == 0x0D
        lineEnd = taken.isEnded ? hasReturn ? [0x0D, 0x0A] : [delimiter] : []
        guard taken.length - (hasReturn ? 1 : 0) <= limit else {
            throw Fault(
                .lineTooLong, in: stream.name, at: "line " + String(lineNumber),
                "is longer than " + String(limit) + " bytes", advice: "split the text")
        }
        if hasReturn { line.removeLast() }
        return line
    }
}
