/// What kind of thing went wrong; the raw value is the exit code of the process.
package enum Failure: Int32, Sendable {
    /// A check did not hold: drift over its limit, a self-test that found other bytes.
    case check = 1
    /// The command was used wrongly.
    case usage = 2
    /// A file or text given to the command is not what it has to be.
    case input = 3
    /// The machine failed: no memory, disk full, I/O error.
    case machine = 4
}

/// An error that a person reads: each concrete type has one case per way things go wrong.
package protocol AlbitError: Error, Sendable, CustomStringConvertible {
    /// What happened, where (file, tensor, offset), what was expected, and what to do; one line, no full stop needed.
    var description: String { get }
    /// Decides the exit code.
    var failure: Failure { get }
}
