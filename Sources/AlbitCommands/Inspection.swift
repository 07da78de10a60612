import AlbitModel
import AlbitText

/// What `inspect` tells of a file, whatever its format.
package struct Inspection {
    package struct Tensor {
        package let name: String
        package let dtype: String
        package let shape: [Int]
        package let bytes: Int

        package init(name: String, dtype: String, shape: [Int], bytes: Int) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// The keys of a configuration file: read, known to change nothing, and unknown.
    package struct Settings {
        package let file: String
        package let used: [String]
        package let inert: [(name: String, reason: String)]
        package let unknown: [String]

        package init(file: String, used: [String], inert: [(name: String, reason: String)], unknown: [String]) {
            self.file = file
            self.used = used
            self.inert = inert
            self.unknown = unknown
        }

        /// One line for a person.
        var summary: String {
            file + ": " + String(used.count) + (used.count == 1 ? " key" : " keys") + " used, "
                + String(inert.count) + " that change nothing"
                + (unknown.isEmpty ? "" : ", unknown: " + unknown.joined(separator: ", "))
        }
    }

    package var path = ""
    /// Container and writer in words: `GGUF 3, Albit int8`, `PyTorch zip`.
    package var format = ""
    package var configuration: Configuration
    /// Where the configuration came from, in words.
    package var configurationOrigin = ""
    package var tensors: [Tensor] = []
    /// Parameters that are stored once each.
    package var uniqueParameters = 0
    package var uniqueBytes = 0
    package var fileBytes = 0
    package var merged: [(kept: String, duplicates: [String])] = []
    package var ignored: [(name: String, reason: String)] = []
    /// What became of the keys of each configuration file.
    package var settings: [Settings] = []
    package var heads: [Head] = []
    package var labels: [String] = []
    /// What texts become vectors by, prompts, lengths: what the card says of sentences.
    package var card = ModelCard()
    /// Tokenizer in words; empty where there is none.
    package var tokenizer = ""
    package var notes: [String] = []
    /// What came of proving a model that was recovered from a graph; nil for any other.
    package var proof: String?
    /// Drift measured at quantization, as the JSON stored in the file.
    package var drift: String?

    package init(configuration: Configuration) { self.configuration = configuration }

    /// Of an Albit file. Throws for keys of the wrong type.
    package init(_ file: ModelFile) throws(Fault) {
        self.init(configuration: file.configuration)
        path = file.path
        format =
            "GGUF 3, Albit " + file.weights.rawValue + (file.preset.isEmpty ? "" : ", preset " + file.preset)
            + (file.embeddingBits < 8 ? ", word rows of " + String(file.embeddingBits) + " bits" : "")
        configurationOrigin = "stored in the file"
        tensors = file.gguf.tensors.map {
            Tensor(name: $0.name, dtype: $0.type.name, shape: $0.shape, bytes: $0.byteCount)
        }
        uniqueBytes = tensors.reduce(0) { $0 + $1.bytes }
        uniqueParameters = Inspection.parameters(file)
        fileBytes = file.gguf.file.bytes.count
        card = file.card
        heads = file.card.heads
        labels = file.card.labels
        tokenizer = try file.gguf.string("tokenizer.ggml.model") ?? ""
        drift = file.card.drift
        proof = file.card.origin.proof
        if !file.card.origin.file.isEmpty { notes.append("made from " + file.card.origin.file) }
        if let calibration = try file.gguf.string(ModelKey.calibration) { notes.append("calibration: " + calibration) }
    }

    /// What became of tensors that were not used as they are: the members `merged` and `ignored`.
    package static func write(
        merged: [(kept: String, duplicates: [String])], ignored: [(name: String, reason: String)],
        to json: inout JSONWriter
    ) {
        json.member("merged")
        json.beginArray()
        for copy in merged {
            json.beginObject()
            json.member("kept")
            json.string(copy.kept)
            json.member("duplicates")
            json.strings(copy.duplicates)
            json.endObject()
        }
        json.endArray()
        json.member("ignored")
        json.beginArray()
        for tensor in ignored {
            json.beginObject()
            json.member("name")
            json.string(tensor.name)
            json.member("reason")
            json.string(tensor.reason)
            json.endObject()
        }
        json.endArray()
    }

    /// Weights and biases in their true dimensions: padding, scales and shifts are not parameters.
    private static func parameters(_ file: ModelFile) -> Int {
        var count = file.linears.reduce(0) { $0 + $1.rows * ($1.columns + 1) }
        for tensor in file.gguf.tensors {
            let isNorm =
                tensor.name.hasSuffix("norm.weight") || tensor.name.hasSuffix("norm.bias")
                || tensor.name == Parameter.predictionBias.tensorName.text
            let isTable = Parameter.tables.contains { $0.tensorName.text == tensor.name }
            if tensor.name == Parameter.wordEmbeddings.tensorName.text {
                count += file.configuration.vocabSize * file.configuration.embeddingSize
            } else if isNorm || isTable || tensor.name.hasPrefix("sentence.") {
                count += tensor.shape.reduce(1, *)
            }
        }
        return count
    }
}
