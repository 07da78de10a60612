import AlbitText

/// The texts a command works on: its arguments, or where it has none, the lines of standard input.
package struct Texts: ~Copyable {
    private let arguments: [String]
    private let output: Output
    private var index = 0
    private var lines: TextLines

    /// `endsWithZero`: texts on standard input end with a zero byte, so that they may have lines themselves.
    package init(_ arguments: some Collection<String>, endsWithZero: Bool = false, output: Output) {
        lines = TextLines(
            ByteStream(descriptor: 0), limit: TextLines.requestLimit, delimiter: endsWithZero ? 0 : UInt8(ascii: "\n"))
        self.arguments = Array(arguments)
        self.output = output
    }

    /// The next text; nil after the last. What was written for the line before is flushed first, so that a pipe gets
    /// each answer at once.
    package mutating func next() throws(Fault) -> [UInt8]? {
        if arguments.isEmpty {
            try output.flush()
            return try lines.next()
        }
        guard index < arguments.count else {
            try output.flush()
            return nil
        }
        defer { index += 1 }
        return Array(arguments[index].utf8)
    }
}
