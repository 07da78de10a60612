import AlbitModel

/// The texts a command works on: its arguments, or where it has none, the lines of standard input.
package enum Texts {
    /// Calls `body` with each text in order. Lines are flushed one by one, so that a pipe gets each answer at once.
    package static func each(
        _ arguments: some Collection<String>, output: Output, _ body: ([UInt8]) throws(CommandError) -> Void
    ) throws(CommandError) {
        for text in arguments { try body(Array(text.utf8)) }
        if arguments.isEmpty {
            var lines = LineReader()
            while let line = try next(&lines) {
                try body(line)
                try output.flush()
            }
        }
        try output.flush()
    }

    private static func next(_ lines: inout LineReader) throws(CommandError) -> [UInt8]? {
        do throws(LineError) {
            return try lines.next()
        } catch {
            throw error.failure == .input ? .input(error.description) : .machine(error.description)
        }
    }
}
