import AlbitModel
import AlbitRuntime

/// Why no model file was made.
package enum QuantizerError<SourceError: AlbitError>: AlbitError {
    case source(SourceError)
    case output(OutputError)
    case runtime(RuntimeError)
    case model(ModelFileError)
    case missingParameter(String)
    case emptyCalibration

    package var failure: Failure {
        switch self {
        case .source(let error): error.failure
        case .output(let error): error.failure
        case .runtime(let error): error.failure
        case .model(let error): error.failure
        case .missingParameter, .emptyCalibration: .input
        }
    }

    package var description: String {
        switch self {
        case .source(let error): error.description
        case .output(let error): error.description
        case .runtime(let error): error.description
        case .model(let error): error.description
        case .missingParameter(let name): "the source has no parameter '" + name + "', which every model of its kind needs"
        case .emptyCalibration: "calibration needs at least one sequence; give a file with --calibrate"
        }
    }
}
