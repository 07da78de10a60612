import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// A model that commands can run: an Albit file on any machine, or, on the desktop, a checkpoint in float32.
package struct LoadedModel {
    package let path: String
    package let weights: EncoderWeights
    /// Nil for models that take ids only.
    package let tokenizer: Tokenizer?
    package let heads: [Head]
    /// Classifier labels in id order; empty where none are known.
    package let labels: [String]
    package let problemType: String?
    package let pooling: String?
    /// The file, where the model is an Albit file.
    package let file: ModelFile?

    package init(
        path: String, weights: EncoderWeights, tokenizer: Tokenizer?, heads: [Head], labels: [String], problemType: String?, pooling: String?,
        file: ModelFile?
    ) {
        self.path = path
        self.weights = weights
        self.tokenizer = tokenizer
        self.heads = heads
        self.labels = labels
        self.problemType = problemType
        self.pooling = pooling
        self.file = file
    }

    /// Opens an Albit file of int8 weights.
    package init(path: String) throws(Fault) {
        let file = try ModelFile(path: path)
        self.init(
            path: path, weights: try EncoderWeights(file), tokenizer: try TokenizerTables.read(file.gguf).map { Tokenizer($0) }, heads: file.heads, labels: file.labels,
            problemType: file.problemType, pooling: file.pooling, file: file)
    }
}
