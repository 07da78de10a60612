import AlbitModel
import AlbitRuntime
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

    private enum Task {
        case classify(SequenceClassification, labels: [String])
        case tag(TokenClassification)
        case answer(QuestionAnswering)
        case fill(MaskedWords)
        case order(SentenceOrder)
        case embed(SentenceEmbedding)
    }

    package func run(_ model: LoadedModel, output: Output) throws(Fault) {
        guard model.tokenizer != nil else { return try encodeOnly(model, output) }
        let tasks = try options.session(model)
        let task = try ServeLinesCommand.task(model, tasks)
        var server = try LineServer(output: output)
        while let request = try server.next() {
            do throws(Fault) {
                switch request {
                case .ids(let ids, let typeIds):
                    try encode(tasks.session, EncoderInput(ids: ids, typeIds: typeIds), output)
                case .text(let text, let pair):
                    try answer(task, TaskText(text, pair: pair), tasks, output)
                }
            } catch {
                try server.refuse(error)
            }
        }
    }

    /// Serves a model without a tokenizer.
    private func encodeOnly(_ model: LoadedModel, _ output: Output) throws(Fault) {
        let session = try options.run.session(model.weights)
        var server = try LineServer(output: output)
        while let request = try server.next() {
            do throws(Fault) {
                guard case .ids(let ids, let typeIds) = request else {
                    throw Fault(
                        .modelNoTokenizer, "the model has no tokenizer, so it takes no text",
                        advice: "give one with --tokenizer where the model is made, or token ids to 'encode'")
                }
                try encode(session, EncoderInput(ids: ids, typeIds: typeIds), output)
            } catch {
                try server.refuse(error)
            }
        }
    }

    private static func task(_ model: LoadedModel, _ tasks: TaskSession) throws(Fault) -> Task {
        if model.heads.contains(.sequenceClassification) {
            let task = try SequenceClassification(tasks, problemType: model.problemType)
            return .classify(task, labels: LabelNames.complete(model.labels, count: task.labelCount))
        }
        if model.heads.contains(.tokenClassification) {
            return .tag(try TokenClassification(tasks, labels: model.labels, aggregation: .word, stride: 64))
        }
        if model.heads.contains(.questionAnswering) { return .answer(try QuestionAnswering(tasks)) }
        if model.heads.contains(.maskedLanguageModel) { return .fill(try MaskedWords(tasks, top: 5)) }
        if model.heads.contains(.sentenceOrder) { return .order(try SentenceOrder(tasks)) }
        return .embed(try SentenceEmbedding(tasks, pooling: model.sentencePooling, normalized: true))
    }

    private func answer(_ task: Task, _ text: TaskText, _ tasks: TaskSession, _ output: Output) throws(Fault) {
        switch task {
        case .classify(let task, let labels):
            let answers = try task.classify([text])
            for answer in answers { try ClassifyCommand(options: options).writeJSON(answer, labels, tasks, output) }
        case .tag(let task):
            let answers = try task.tag([text.text])
            for answer in answers { try TagCommand(options: options).writeJSON(answer, text.text, output) }
        case .answer(let task):
            guard let context = text.pair else {
                throw Fault(.requestNoPair, "a question needs its context: {\"text\": QUESTION, \"pair\": CONTEXT}")
            }
            let found = try task.answer(text.text, in: context)
            try AnswerCommand(options: options).writeJSON(found, context, output)
        case .fill(let task):
            let answers = try task.fill([text])
            for answer in answers { try FillCommand(options: options).writeJSON(answer, tasks, output) }
        case .order(let task):
            guard text.pair != nil else {
                throw Fault(.requestNoPair, "order needs two texts: {\"text\": FIRST, \"pair\": SECOND}")
            }
            let answers = try task.order([text])
            for answer in answers { try OrderCommand(options: options).writeJSON(answer, output) }
        case .embed(let task):
            let vectors = try task.embed([text])
            for vector in vectors { try EmbedCommand(options: options).writeJSON(vector, output) }
        }
    }

    private func encode(_ session: Session, _ input: EncoderInput, _ output: Output) throws(Fault) {
        try session.encode([input])
        try EncodeCommand(run: options.run, full: false).write(session, sequence: 0, output)
    }
}
