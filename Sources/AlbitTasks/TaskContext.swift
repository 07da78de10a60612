import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// The model that a task asks, and how its texts become sequences.
package struct TaskContext {
    package let model: Model
    /// Computes scores of logits; every kernel gives the same bytes.
    package let kernel: Kernel
    /// Most tokens of one sequence, the frame among them.
    package let maxLength: Int

    /// `maxLength` nil: what the card says, else all positions; more than there are positions means all of them.
    package init(_ model: Model, kernel: Kernel = .best, maxLength: Int? = nil) {
        self.model = model
        self.kernel = kernel
        self.maxLength = TaskContext.maxLength(model, wanted: maxLength)
    }

    /// The same without a limit, for tokens that are looked at but not read.
    package var uncut: TaskContext { TaskContext(copying: self, maxLength: Int.max) }

    private init(copying other: TaskContext, maxLength: Int) {
        model = other.model
        kernel = other.kernel
        self.maxLength = maxLength
    }

    package static func maxLength(_ model: Model, wanted: Int?) -> Int {
        let positions = model.weights.configuration.maxPositionEmbeddings
        return min(wanted ?? model.card.maxSequenceLength ?? positions, positions)
    }

    /// The frame, and as much of the text as the model takes. An empty second text counts as none, as Hugging Face's
    /// tokenizers have it.
    /// `keepsEmpty`: it stays a text, as it does where the libraries are given lists of pairs.
    package func sequence(_ text: TaskText, keepsEmpty: Bool = false) throws(Fault) -> EncodedText {
        let tokenizer = try model.requireTokenizer()
        let pair = text.pair.flatMap { $0.isEmpty && !keepsEmpty ? nil : $0 }
        guard tokenizer.frameCount(pair: pair != nil) < maxLength else { throw noRoom(maxLength) }
        let encoding = tokenizer.encode(spelled(text.text), pair: pair.map { spelled($0) }, maxLength: maxLength)
        return EncodedText(encoding, model.weights.configuration)
    }

    /// Tokens of a text without frame, of any number.
    func tokens(_ text: [UInt8]) throws(Fault) -> TokenRun { try model.requireTokenizer().tokens(spelled(text)) }

    func noRoom(_ limit: Int) -> Fault {
        Fault(.taskNoRoom, String(limit) + " tokens leave no room for text", advice: "use a larger --max-length")
    }

    private func spelled(_ text: [UInt8]) -> [UInt8] {
        model.tokenizer.map { model.card.spelled(text, $0) } ?? text
    }
}

extension ModelCard {
    /// Tokens of a text without frame, as tasks ask for them.
    package func tokens(of text: [UInt8], _ tokenizer: Tokenizer) -> TokenRun {
        tokenizer.tokens(spelled(text, tokenizer))
    }

    /// A text as the tokenizer is to see it: special tokens in it stay what they are.
    fileprivate func spelled(_ text: [UInt8], _ tokenizer: Tokenizer) -> [UInt8] {
        guard lowercases else { return text }
        let special = tokenizer.tables.specialTokens.map { $0.content }.filter { !$0.isEmpty }
        var result: [UInt8] = []
        var start = 0
        var at = 0
        while at < text.count {
            let rest = text[at...]
            guard let token = special.filter({ rest.starts(with: $0) }).max(by: { $0.count < $1.count }) else {
                at += 1
                continue
            }
            result += UnicodeProperties.lowered(text[start..<at]) + token
            at += token.count
            start = at
        }
        return result + UnicodeProperties.lowered(text[start...])
    }
}

/// What a task is asked about: one text, or a pair of texts that the model reads together. UTF-8.
package struct TaskText: Sendable, Equatable {
    package var text: [UInt8]
    package var pair: [UInt8]?

    package init(_ text: [UInt8], pair: [UInt8]? = nil) {
        self.text = text
        self.pair = pair
    }

    package init(_ text: String, pair: String? = nil) {
        self.init(Array(text.utf8), pair: pair.map { Array($0.utf8) })
    }
}

/// A text, a pair of texts, or ids that were given: one sequence.
package struct EncodedText: TaskPlan {
    private let input: EncoderInput
    /// The tokens with their places in the texts; nil where ids were given.
    package let encoding: Encoding?

    package init(_ encoding: Encoding, _ configuration: Configuration) {
        input = EncoderInput(encoding, configuration)
        self.encoding = encoding
    }

    package init(_ input: EncoderInput) {
        self.input = input
        encoding = nil
    }

    package var ids: [Int32] { input.ids }
    package var sequenceCount: Int { 1 }
    package var truncations: [Int] { [encoding?.truncatedCount ?? 0] }
    package func input(_ index: Int) -> EncoderInput { input }
}

/// Several texts that one answer is made of.
package struct EncodedTexts: TaskPlan {
    package let texts: [EncodedText]

    package init(_ texts: [EncodedText]) { self.texts = texts }

    package var sequenceCount: Int { texts.count }
    package var truncations: [Int] { texts.flatMap { $0.truncations } }
    package func input(_ index: Int) -> EncoderInput { texts[index].input(0) }
}

extension EncoderInput {
    /// Token types the model does not have become 0: BERT's frame uses type 1, but not every model learnt it.
    package init(_ encoding: Encoding, _ configuration: Configuration) {
        let types =
            configuration.typeVocabSize > 1
            ? encoding.typeIDs : [Int32](repeating: 0, count: encoding.ids.count)
        self.init(ids: encoding.ids, typeIds: types)
    }
}
