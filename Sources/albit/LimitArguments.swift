import AlbitDrift
import ArgumentParser

/// Limits that a candidate must keep; several are one verdict.
struct LimitArguments: ParsableArguments {
    @Option(name: .long, parsing: .unconditional, help: "Most points that the first task metric may drop, as measured.")
    var maxDrop: Double?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Points within which the 95 % interval of that drop must lie: few examples do not pass.")
    var equivalence: Double?

    @Option(name: .long, parsing: .unconditional, help: "Least percentage of equal answers.")
    var minAgreement: Double?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Largest relative error of the last hidden state and of the logits or vectors.")
    var maxError: Double?

    @Flag(name: .long, help: "Set the recommended limits for the model's head where none is given, and say which.")
    var gate = false

    func validate() throws {
        let values = [
            ("max-drop", maxDrop), ("equivalence", equivalence), ("min-agreement", minAgreement),
            ("max-error", maxError),
        ]
        for (name, value) in values {
            if let value, !value.isFinite || value < 0 && name != "max-drop" {
                throw ValidationError("--\(name) is \(value), expected a number from 0 up.")
            }
        }
        if let minAgreement, minAgreement > 100 {
            throw ValidationError("--min-agreement is \(minAgreement), expected 0 to 100 percent.")
        }
    }

    var limits: DriftLimits {
        DriftLimits(
            maxDrop: maxDrop, equivalence: equivalence, minAgreement: minAgreement, maxError: maxError,
            isRecommended: gate)
    }
}
