import AlbitModel
import AlbitText

extension DenseActivation {
    /// What a cross-encoder's score passes through, by its class. Throws for one that Albit does not run.
    static func ofScores(_ path: String, in file: String, at key: String) throws(Fault) -> DenseActivation {
        guard let activation = DenseActivation(path: path) else {
            throw Fault(
                .sentenceUnsupportedOption, in: file, at: "key '\(key)'",
                "is '\(path)', which Albit does not run", expected: DenseActivation.names)
        }
        return activation
    }
}
