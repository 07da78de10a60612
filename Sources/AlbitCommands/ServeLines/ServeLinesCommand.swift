import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `serve-lines`: keeps a model open and answers one request a line, for devices.
///
/// What a text is asked follows from the model's head: its label (`classify`), entities (`tag`), words for [MASK]
/// (`fill`), the answer to a question (`answer`: `text` is the question, `pair` the context), whether the second text
/// follows (`order`), else its vector (`embed`). Token ids get the digest of the encoder's output (`encode`).
package struct ServeLinesCommand {
    package var options: TaskOptions

    package init(options: TaskOptions) {
        self.options = options
        self.options.run.json = true
    }

    /// What a line of text is asked.
    private enum Task {
        case classify(SequenceClassification)
        case tag(TokenClassification)
        case answer(QuestionAnswering)
        case fill(MaskedWords)
        case order(SentenceOrder)
        case embed(SentenceEmbedding)
        /// A line cannot hold the choices.
        case choose

        /// The task of the head in use.
        init(_ context: TaskContext) throws(Fault) {
            switch context.model.card.head {
            case .sequenceClassification?: self = .classify(try SequenceClassification(context))
            case .tokenClassification?: self = .tag(try TokenClassification(context))
            case .questionAnswering?: self = .answer(try QuestionAnswering(context))
            case .maskedLanguageModel?: self = .fill(try MaskedWords(context))
            case .sentenceOrder?: self = .order(try SentenceOrder(context))
            case .multipleChoice?: self = .choose
            case nil: self = .embed(try SentenceEmbedding(context))
            }
        }
    }

    /// Answers every line of a descriptor.
    package func run(_ model: Model, descriptor: Int32 = 0, output: Output) throws(Fault) {
        guard model.tokenizer != nil else { return try encodeOnly(model, descriptor, output) }
        let tasks = try options.session(model)
        let task = try Task(tasks.context)
        var server = try LineServer(output: output, descriptor: descriptor)
        while let request = try server.next() {
            do throws(Fault) {
                switch request {
                case .ids(let ids, let typeIds):
                    try encode(model, tasks.session, EncoderInput(ids: ids, typeIds: typeIds), output)
                case .text(let text, let pair):
                    try answer(task, TaskText(text, pair: pair), tasks, output)
                }
            } catch {
                try server.refuse(error)
            }
        }
    }

    /// Serves a model without a tokenizer.
    private func encodeOnly(_ model: Model, _ descriptor: Int32, _ output: Output) throws(Fault) {
        let session = try options.run.session(model.weights)
        var server = try LineServer(output: output, descriptor: descriptor)
        while let request = try server.next() {
            do throws(Fault) {
                guard case .ids(let ids, let typeIds) = request else {
                    throw Fault(
                        .modelNoTokenizer, "the model has no tokenizer, so it takes no text",
                        advice: "give one with --tokenizer where the model is made, or token ids to 'encode'")
                }
                try encode(model, session, EncoderInput(ids: ids, typeIds: typeIds), output)
            } catch {
                try server.refuse(error)
            }
        }
    }

    private func answer(_ task: Task, _ text: TaskText, _ tasks: TaskSession, _ output: Output) throws(Fault) {
        switch task {
        case .classify(let task):
            try ClassifyCommand(options: options)
                .writeJSON(tasks.answer(of: task, to: text), task.labels, output, tasks.context.kernel)
        case .tag(let task):
            try TagCommand(options: options).writeJSON(
                tasks.answer(of: task, to: text.text).entities, text.text, output)
        case .answer(let task):
            guard let context = text.pair else {
                throw Fault(.requestNoPair, "a question needs its context: {\"text\": QUESTION, \"pair\": CONTEXT}")
            }
            let found = try tasks.answer(of: task, to: ContextQuestion(text.text, in: context))
            try AnswerCommand(options: options).writeJSON(found, context, output)
        case .fill(let task):
            try FillCommand(options: options)
                .writeJSON(tasks.answer(of: task, to: text), tasks.model.requireTokenizer(), text.text, output)
        case .order(let task):
            guard text.pair != nil else {
                throw Fault(.requestNoPair, "order needs two texts: {\"text\": FIRST, \"pair\": SECOND}")
            }
            try OrderCommand(options: options).writeJSON(tasks.answer(of: task, to: text), output)
        case .embed(let task):
            try EmbedCommand(options: options).writeJSON(tasks.answer(of: task, to: text), output)
        case .choose:
            throw Fault(
                .requestNoChoices, "the model chooses among texts, which a line cannot hold",
                advice: "ask it with 'choose'")
        }
    }

    private func encode(_ model: Model, _ session: Session, _ input: EncoderInput, _ output: Output) throws(Fault) {
        try EncodeCommand(run: options.run, full: false).write(model, session.encode([input])[0], output)
    }
}
