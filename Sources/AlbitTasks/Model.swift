import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// A model that can be asked: weights, tokenizer, and the card that tells what it answers. It never changes, so that
/// sessions share it.
package struct Model: Sendable {
    /// What was opened, for messages.
    package let path: String
    package let weights: EncoderWeights
    /// Nil for models that take ids only.
    package let tokenizer: Tokenizer?
    package let card: ModelCard
    /// The Albit file that the weights lie in; nil for imported ones.
    package let file: ModelFile?
    package let size: ModelSize

    package init(
        path: String, weights: EncoderWeights, tokenizer: Tokenizer?, card: ModelCard, file: ModelFile? = nil,
        size: ModelSize = ModelSize()
    ) {
        self.path = path
        self.weights = weights
        self.tokenizer = tokenizer
        self.card = card
        self.file = file
        self.size = size
    }

    /// The int8 model of an Albit file. Throws for a tensor that is missing or misshapen, and for weights of floats.
    package init(_ file: ModelFile) throws(Fault) {
        self.init(
            path: file.path, weights: try EncoderWeights(file),
            tokenizer: try TokenizerTables.read(file.gguf).map { Tokenizer($0) },
            card: file.card, file: file, size: ModelSize(file))
    }

    /// Opens an Albit file: all that a board can run.
    package init(path: String) throws(Fault) { try self.init(ModelFile(path: path)) }

    /// The same model with other weights, as a search tries them.
    package func with(weights: EncoderWeights) -> Model {
        Model(path: path, weights: weights, tokenizer: tokenizer, card: card, file: file, size: size)
    }

    /// The same model with another tokenizer, such as that of the model it is compared with.
    package func with(tokenizer: Tokenizer?) -> Model {
        Model(path: path, weights: weights, tokenizer: tokenizer, card: card, file: file, size: size)
    }

    /// The same model with another card, such as one that puts another head in use.
    package func with(card: ModelCard) -> Model {
        Model(path: path, weights: weights, tokenizer: tokenizer, card: card, file: file, size: size)
    }

    /// The tokenizer. Throws where there is none, and where it is that of another model.
    package func requireTokenizer() throws(Fault) -> Tokenizer {
        guard let tokenizer else {
            throw Fault(
                .taskNoTokenizer, in: path, "the model has no tokenizer, so it takes no text",
                advice: "give one with --tokenizer where the model is made, or token ids to 'encode'")
        }
        let embeddings = weights.configuration.vocabSize
        guard tokenizer.count <= embeddings else {
            throw Fault(
                .tokenizerOtherModel, in: path,
                "the tokenizer has " + String(tokenizer.count) + " pieces, the model only "
                    + String(embeddings) + " embeddings", advice: "they do not belong together")
        }
        return tokenizer
    }
}

/// How large a model is.
package struct ModelSize: Sendable, Equatable {
    /// Bytes of its file or files; 0 where that is not known.
    package var fileBytes = 0
    /// Bytes of the weights that a run holds in memory or maps.
    package var memoryBytes = 0

    package init(fileBytes: Int = 0, memoryBytes: Int = 0) {
        self.fileBytes = fileBytes
        self.memoryBytes = memoryBytes
    }

    /// Of an Albit file, whose embedding tables stay in the file.
    package init(_ file: ModelFile) {
        let tables = Parameter.tables.map { $0.tensorName.text }
        fileBytes = file.gguf.file.bytes.count
        memoryBytes = file.gguf.tensors.reduce(0) { $0 + (tables.contains($1.name) ? 0 : $1.byteCount) }
    }
}
