import AlbitMaking
import ArgumentParser

/// Which part of the vocabulary a model keeps.
struct VocabularyArguments: ParsableArguments {
    @Option(
        name: .long,
        help: """
            Keep the pieces of the vocabulary that these texts use, single characters and special ones: a text a line, \
            or as for verify --data.
            """,
        completion: .file())
    var keepVocabulary: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: "With --keep-vocabulary: fill up to as many pieces, the likeliest first.")
    var keepPieces: Int?

    func validate() throws {
        guard let keepPieces else { return }
        if keepVocabulary == nil { throw ValidationError("--keep-pieces needs --keep-vocabulary TEXTS.") }
        if keepPieces < 1 { throw ValidationError("--keep-pieces is \(keepPieces), expected 1 or more.") }
    }

    /// `columns`: which columns of the texts are for what.
    func choice(columns: String?) -> VocabularyChoice? {
        keepVocabulary.map { VocabularyChoice(texts: $0, pieces: keepPieces, columns: columns) }
    }
}
