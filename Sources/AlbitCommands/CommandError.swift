import AlbitModel
import AlbitRuntime

/// Why a run-time command ended early.
package enum CommandError: AlbitError {
    /// The command line makes no sense; says what to type instead.
    case usage(String)
    /// A check did not hold.
    case check(String)
    /// A file or text is not what it has to be.
    case input(String)
    case machine(String)
    case model(ModelFileError)
    case runtime(RuntimeError)
    /// The reader of our output went away: ends quietly.
    case closedPipe

    package var failure: Failure {
        switch self {
        case .usage: .usage
        case .check: .check
        case .input: .input
        case .machine, .closedPipe: .machine
        case .model(let error): error.failure
        case .runtime(let error): error.failure
        }
    }

    package var description: String {
        switch self {
        case .usage(let text), .check(let text), .input(let text), .machine(let text): text
        case .model(let error): error.description
        case .runtime(let error): error.description
        case .closedPipe: "output was closed"
        }
    }
}
