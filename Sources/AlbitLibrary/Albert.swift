internal import AlbitImporters
internal import AlbitMaking
internal import AlbitModel
internal import AlbitRuntime
internal import AlbitTasks

/// An ALBERT or BERT model that answers.
///
/// ```swift
/// let model = try Albert(contentsOf: "model.gguf")
/// let answer = try model.classify("a charming and often affecting journey")
/// print(answer.label, answer.score)
/// ```
///
/// A model may be used from many threads at once: weights are shared and never change, and every call works in
/// memory of its own. Calls are synchronous and compute on ``Options/threads`` threads.
///
/// The same file, input and options give the same bytes on every CPU, with every kernel and number of threads.
///
/// Source: Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations" (2019).
public final class Albert: Sendable {
    /// What was opened.
    public let path: String
    /// Names of the classifier's labels in the order of their ids; `LABEL_0`, `LABEL_1` and so on where the model
    /// names none; empty without a classifier.
    public let labels: [String]
    /// What the model was trained to answer, named as in `albit inspect`: `sequence-classification`,
    /// `token-classification`, `multiple-choice`, `question-answering`, `masked-language-model`, `sentence-order`.
    public let heads: [String]
    /// Most tokens of one sequence, [CLS] and [SEP] among them.
    public let maxLength: Int
    /// Values of one hidden state, and of an embedding.
    public var hiddenSize: Int { model.weights.configuration.hiddenSize }
    /// Name of the kernel that computes, such as `avx2`, `sdot` or `scalar`.
    public var kernel: String { sessions.kernel.name }
    /// Whether the matmuls run on 8-bit integers (an Albit file) or in float32 (a checkpoint).
    public var isQuantized: Bool { model.weights.isInt8 }

    let model: Model
    /// How the texts of questions become sequences.
    let context: TaskContext
    let strict: Bool
    private let sessions: SessionPool

    /// Opens an Albit file, which is mapped and ready at once, or a checkpoint in any format that `albit inspect`
    /// reads (a file, a directory or an archive), which is then run in float32.
    ///
    /// - Parameters:
    ///   - path: The file or directory.
    ///   - options: What its files do not tell, and how to run it.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/unreadableModel`` for what is no such model or is damaged,
    ///   ``AlbertError/Code/invalidArgument`` for an option that makes no sense here, and
    ///   ``AlbertError/Code/machine`` where memory or threads are refused.
    public init(contentsOf path: String, options: Options = Options()) throws(AlbertError) {
        self.path = path
        model = try Albert.open(path, options)
        heads = model.card.heads.map(\.name)
        labels = model.weights.classifier.map { [model] in model.card.labelNames(count: $0.rows) } ?? []
        strict = options.strict
        sessions = try SessionPool(weights: model.weights, options: options)
        context = TaskContext(model, kernel: sessions.kernel, maxLength: options.maxLength)
        maxLength = context.maxLength
    }

    private static func open(_ path: String, _ options: Options) throws(AlbertError) -> Model {
        let files = try options.files()
        do {
            let model = try Model(opening: path, options: files)
            if model.tokenizer != nil { _ = try model.requireTokenizer() }
            return model
        } catch {
            throw AlbertError(error)
        }
    }

    /// Calls `body` with a session that no other call uses meanwhile.
    func withSession<T>(_ body: (Session) throws -> T) throws(AlbertError) -> T {
        do {
            let session = try sessions.take()
            defer { sessions.giveBack(session) }
            return try body(session)
        } catch {
            throw AlbertError(error)
        }
    }
}
