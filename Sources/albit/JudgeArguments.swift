import AlbitDrift
import AlbitModel
import AlbitText
import ArgumentParser

/// What a person settles about the answers that are measured.
struct JudgeArguments: ParsableArguments {
    @Option(name: .long, parsing: .unconditional, help: "Least score of a label in a set of labels, 0 to 1.")
    var threshold: Float = 0.5

    @Option(
        name: .long, help: "Whether labels of the data are ids or names, where they can be confused: ids, names.",
        completion: .list(["ids", "names"]))
    var labelValues: String?

    @Option(
        name: .long,
        help:
            """
            How a classifier is read, where its checkpoint does not tell: \
            \(JudgeArguments.problemTypes.joined(separator: ", ")).
            """,
        completion: .list(JudgeArguments.problemTypes))
    var problemType: String?

    @Option(
        name: .long,
        help:
            "The model's prompt to put before texts of vectors, '' for none. (default: its standard one)"
    )
    var prompt: String?

    private static let problemTypes = [ProblemType.singleLabel, .multiLabel, .regression].map(\.rawValue)

    func validate() throws {
        if let labelValues, LabelReading.Values(rawValue: labelValues) == nil {
            throw ValidationError("--label-values is '\(labelValues)', expected ids or names.")
        }
        if let problemType, ProblemType(rawValue: problemType) == nil {
            throw ValidationError(
                "--problem-type is '\(problemType)', expected one of \(Self.problemTypes.joined(separator: ", ")).")
        }
        if !(threshold > 0 && threshold < 1) {
            throw ValidationError("--threshold is \(threshold), expected a number between 0 and 1.")
        }
    }

    var settings: JudgeSettings {
        JudgeSettings(
            threshold: threshold, labelValues: labelValues.flatMap { LabelReading.Values(rawValue: $0) }, prompt: prompt
        )
    }

    var type: ProblemType? { problemType.flatMap { ProblemType(rawValue: $0) } }
}
