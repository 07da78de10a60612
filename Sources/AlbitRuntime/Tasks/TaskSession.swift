import AlbitModel
import AlbitText
import AlbitTokenizers

/// A session and the tokenizer of its model: what all tasks on text share. Used from one thread at a time.
package final class TaskSession {
    package let session: Session
    package let tokenizer: Tokenizer
    /// Most tokens of one sequence, the frame among them.
    package let maxLength: Int
    /// Texts that were cut so far, and the tokens they lost.
    package private(set) var truncatedTexts = 0
    package private(set) var truncatedTokens = 0
    /// Texts seen so far.
    private var textCount = 0
    private let isStrict: Bool

    /// `maxLength` nil, or more than the model has: all positions of the model. `strict` refuses texts that are longer
    /// instead of cutting them.
    package init(session: Session, tokenizer: Tokenizer, maxLength: Int? = nil, strict: Bool = false) {
        isStrict = strict
        self.session = session
        self.tokenizer = tokenizer
        let positions = session.configuration.maxPositionEmbeddings
        self.maxLength = min(maxLength ?? positions, positions)
    }

    package var kernel: Kernel { session.kernel }

    /// Tokens that a batch of texts holds at most: enough to fill the kernels' tiles, too few to matter in memory.
    package static let batchTokens = 512

    /// The frame, and as much of the text as the model has positions for. An empty second text counts as none, as
    /// Hugging Face's tokenizers have it.
    package func tokenize(_ text: TaskText) throws(Fault) -> Encoding {
        let pair = text.pair.flatMap { $0.isEmpty ? nil : $0 }
        guard tokenizer.frameCount(pair: pair != nil) < maxLength else {
            throw Fault(
                .taskNoRoom, String(maxLength) + " tokens leave no room for text", advice: "use a larger --max-length")
        }
        let encoding = tokenizer.encode(text.text, pair: pair, maxLength: maxLength)
        try note(truncated: encoding.truncatedCount)
        return encoding
    }

    /// Counts a text, and the tokens it lost. Throws for a loss where that is refused.
    func note(truncated tokens: Int) throws(Fault) {
        textCount += 1
        guard tokens > 0 else { return }
        if isStrict {
            throw Fault(
                .taskTooLong, "text " + String(textCount) + " is " + String(tokens) + " tokens longer than the "
                    + String(maxLength) + " that the model takes", advice: "shorten it, or leave out --strict")
        }
        truncatedTexts += 1
        truncatedTokens += tokens
    }

    /// The outputs of encodings, sequence by sequence.
    package func encoded(_ encodings: [Encoding], reading tokens: TokensRead = .all) -> EncodedSequences {
        EncodedSequences(session: session, encodings: encodings, tokens: tokens)
    }

    /// The classifier's and other heads' input: throws where the model has none of that kind.
    func require(_ linear: Linear?, _ head: Head, width: Int? = nil) throws(Fault) -> Linear {
        guard let linear else {
            throw Fault(
                .taskNoHead, "the model has no head for " + head.name, advice: "it has "
                    + (session.weights.headNames.isEmpty ? "none" : session.weights.headNames))
        }
        if let width, linear.rows != width {
            throw Fault(
                .taskWrongWidth, "the " + head.name + " head answers " + String(linear.rows) + " values",
                expected: String(width))
        }
        return linear
    }

    /// The pooled output of a sequence of the batch.
    func pooled(_ sequence: Int) throws(Fault) -> [Float] {
        guard let pooled = session.pooled(of: sequence) else {
            throw Fault(.taskNoPooler, "the model has no pooler", advice: "use --pooling mean or cls")
        }
        return pooled
    }
}

extension EncoderInput {
    /// Token types the model does not have become 0: BERT's frame uses type 1, but not every model learnt it.
    package init(_ encoding: Encoding, _ configuration: Configuration) {
        let types = configuration.typeVocabSize > 1
            ? encoding.typeIDs : [Int32](repeating: 0, count: encoding.ids.count)
        self.init(ids: encoding.ids, typeIds: types)
    }
}

extension EncoderWeights {
    /// What heads there are, in words.
    var headNames: String {
        var names: [String] = []
        if classifier != nil { names.append("a classifier") }
        if answer != nil { names.append(Head.questionAnswering.name) }
        if prediction != nil { names.append(Head.maskedLanguageModel.name) }
        if order != nil { names.append(Head.sentenceOrder.name) }
        return names.joined(separator: ", ")
    }
}
