/// What a model answers and what it was made from: all that is known of it beside configuration, weights and tokenizer.
///
/// Importers make it, the model file keeps it (`ModelCardKeys.swift`), tasks ask it what they may do.
package struct ModelCard: Sendable, Equatable {
    /// Name for people, such as `ALBERT 768, 12 layers from 1 stored`.
    package var name = ""
    /// Licence of the weights, where the source told one.
    package var license: String?
    /// Heads whose weights are there, the one in use first.
    package var heads: [Head] = []
    /// Names of the classifier's rows in the order of their ids; empty where none is known.
    package var labels: [String] = []
    /// How the sequence classifier's logits become scores; nil where the source does not tell.
    package var problemType: ProblemType?
    /// How a text becomes a vector; nil where the source does not tell.
    package var sentence: SentencePipeline?
    /// How vectors are compared; nil where the source does not tell: by their cosine.
    package var similarity: SimilarityFunction?
    /// What a cross-encoder's logit passes through to be a score; nil where the source does not tell: its sigmoid.
    package var scoreActivation: DenseActivation?
    /// Most tokens of a text, frame included, where that is less than there are positions (`max_seq_length`).
    package var maxSequenceLength: Int?
    /// Words that go before a text, by the use that it is put to.
    package var prompts = PromptList()
    /// Whether texts are lowered before the tokenizer sees them (`do_lower_case` of a sentence pipeline).
    package var lowercases = false
    /// What was kept of a larger vocabulary, in words; nil where all of it is there.
    package var vocabulary: String?
    /// What the weights were made from.
    package var origin = ModelOrigin()
    /// Drift that was measured when the weights were rounded, as JSON; nil where none was.
    package var drift: String?

    package init() {}

    /// The head in use; nil for an encoder alone.
    package var head: Head? { heads.first }

    /// Puts one of `heads` in use. False, and no change, where the model does not have it.
    package mutating func use(_ head: Head) -> Bool {
        guard heads.contains(head) else { return false }
        heads = [head] + heads.filter { $0 != head }
        return true
    }

    /// Names of `count` classifier rows: `LABEL_i`, as in Hugging Face, where none is known.
    package func labelNames(count: Int) -> [String] {
        (0..<count).map { $0 < labels.count ? labels[$0] : "LABEL_" + String($0) }
    }

    /// How a sequence classifier of `labelCount` rows is read.
    package func problemType(labelCount: Int) -> ProblemType { problemType ?? .untold(labelCount: labelCount) }
}

/// Where weights come from.
package struct ModelOrigin: Sendable, Equatable {
    /// Last component of the source's path.
    package var file = ""
    /// The source's format in words.
    package var format = ""
    /// SHA-256 of the source in hexadecimal.
    package var digest = ""
    /// What came of proving a model that was recovered from a graph: `proved on 16 tokens, 3e-7`; nil for any other.
    package var proof: String?

    package init(file: String = "", format: String = "", digest: String = "") {
        self.file = file
        self.format = format
        self.digest = digest
    }
}

/// Words that go before a text, for one use of a sentence model: `query: `.
package struct Prompt: Sendable, Equatable {
    package var name: String
    package var text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// Prompts of a sentence model, as `config_sentence_transformers.json` lists them.
package struct PromptList: Sendable, Equatable {
    package var prompts: [Prompt] = []
    /// Name of the prompt that is used where none is asked for; nil: none.
    package var defaultName: String?

    package init(_ prompts: [Prompt] = [], defaultName: String? = nil) {
        self.prompts = prompts
        self.defaultName = defaultName
    }

    /// A prompt by its name; nil where there is none of that name.
    package subscript(name: String) -> Prompt? { prompts.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// What goes before a text where no prompt is asked for.
    package var standard: Prompt? { defaultName.flatMap { self[$0] } }
}
