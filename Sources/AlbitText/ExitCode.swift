/// What kind of thing went wrong; the raw value is the exit code of the process.
package enum ExitCode: Int32, Sendable {
    /// A check did not hold: drift over its limit, a self-test that found other bytes.
    case check = 1
    /// The command was used wrongly.
    case usage = 2
    /// A file or text given to the command is not what it has to be.
    case input = 3
    /// The machine failed: no memory, disk full, I/O error.
    case machine = 4
}
