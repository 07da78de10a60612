import AlbitMaking
import ArgumentParser

/// Limits that `quantize` must keep, by raising the precision of as few sites as it can.
struct PrecisionArguments: ParsableArguments {
    @Option(
        name: .long, parsing: .unconditional,
        help: "Largest relative error of the last hidden state; sites are made more precise until it holds.")
    var maxError: Double?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Most points that the task metric may drop on --data; sites are made more precise until it holds.")
    var maxDrop: Double?

    @Option(
        name: .long,
        help: "Data that the limits are measured on, as for verify. (default for --max-error: the calibration data)",
        completion: .file())
    var data: String?

    @Option(name: .long, help: "Which columns of the data are for what, as in text=review,label=stars.")
    var columns: String?

    func validate() throws {
        if maxDrop != nil, data == nil { throw ValidationError("--max-drop needs --data FILE with labels.") }
        for (name, value) in [("--max-error", maxError), ("--max-drop", maxDrop)] {
            if let value, !(value >= 0) { throw ValidationError("\(name) is \(value), expected a number from 0 up.") }
        }
    }

    var limits: PrecisionLimits { PrecisionLimits(maxError: maxError, maxDrop: maxDrop, data: data, columns: columns) }
}
