import AlbitText

/// The texts a command works on: its arguments, or where it has none, the lines of standard input.
package struct Texts: ~Copyable {
    private let arguments: [String]
    private let output: Output
    private var index = 0
    private var lines = LineReader()

    package init(_ arguments: some Collection<String>, output: Output) {
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
