import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import CAlbit

/// One call of the interface: a session of the model, what is asked, and the answers as they are found. Each task is
/// that of the command line; only what its answers are written into differs.
struct Question {
    let model: Model
    let tasks: TaskSession
    let options: albit_options
    var answers = AnswerBuilder()

    init(_ model: Model, _ session: Session, _ options: albit_options) throws(Fault) {
        self.model = model
        self.options = options
        tasks = try TaskSession(
            model, session: session, maxLength: options.max_length == 0 ? nil : Int(options.max_length),
            strict: options.strict)
    }

    private var offsets: Offsets { Offsets(countsCharacters: options.characters) }
    private var top: Int? { options.top == 0 ? nil : Int(options.top) }

    private func place(_ range: Range<Int>, in text: [UInt8]) -> Range<Int> {
        let start = offsets.place(range.lowerBound, in: text)
        return start..<max(start, offsets.place(range.upperBound, in: text))
    }

    private func words(_ range: Range<Int>, of text: [UInt8]) -> [UInt8] {
        Array(text[range.clamped(to: 0..<text.count)])
    }

    mutating func classify(_ texts: [TaskText]) throws(Fault) {
        let task = try SequenceClassification(tasks.context)
        for (i, found) in try tasks.answers(of: task, to: texts).enumerated() {
            for (label, score) in found.scores.enumerated() {
                answers.add(text: Array(task.labels[label].utf8), score: score, index: label)
            }
            answers.add(values: found.logits)
            answers.end(score: found.label.map { Float($0) } ?? -1, truncated: tasks.truncations[i])
        }
    }

    mutating func tag(_ texts: [TaskText]) throws(Fault) {
        let aggregation: EntityAggregation =
            switch options.aggregation {
            case ALBIT_AGGREGATION_WORD: .word
            case ALBIT_AGGREGATION_FIRST: .first
            case ALBIT_AGGREGATION_AVERAGE: .average
            case ALBIT_AGGREGATION_MAX: .max
            case ALBIT_AGGREGATION_SIMPLE: .simple
            case ALBIT_AGGREGATION_NONE: .none
            default: throw Fault(.optionValue, "aggregation is no value of albit_aggregation")
            }
        let task = try TokenClassification(
            tasks.context, aggregation: aggregation,
            stride: options.stride < 0 ? TokenClassification.defaultStride : Int(options.stride))
        for (text, found) in zip(texts, try tasks.answers(of: task, to: texts.map { $0.text })) {
            for entity in found.entities {
                answers.add(
                    text: Array(entity.label.utf8), score: entity.score,
                    index: task.grouping.labels.firstIndex(of: entity.label) ?? -1,
                    range: place(entity.range, in: text.text))
            }
            answers.end()
        }
    }

    mutating func answer(_ texts: [TaskText]) throws(Fault) {
        var settings = QuestionAnswering.Options()
        if let top { settings.top = top }
        if options.stride >= 0 { settings.stride = Int(options.stride) }
        if options.max_length > 0 { settings.maxLength = Int(options.max_length) }
        settings.maxAnswerTokens = Int(options.max_answer_tokens)
        settings.allowsNoAnswer = options.allows_no_answer
        guard settings.maxAnswerTokens > 0 else {
            throw Fault(.optionValue, "max_answer_tokens is 0", expected: "1 or more")
        }
        let task = try QuestionAnswering(tasks.context, options: settings)
        for text in texts {
            guard let context = text.pair else { throw QuestionTexts.missing("pairs, the contexts,") }
            let found = try tasks.answer(of: task, to: ContextQuestion(text.text, in: context))
            for answer in found.answers {
                answers.add(
                    text: answer.range.map { words($0, of: context) }, score: answer.score,
                    range: answer.range.map { place($0, in: context) })
            }
            answers.end(score: found.noAnswerScore, truncated: tasks.truncations[0])
        }
    }

    mutating func fill(_ texts: [TaskText]) throws(Fault) {
        let tokenizer = try model.requireTokenizer()
        let task = try MaskedWords(tasks.context, top: top ?? 5)
        for (i, masks) in try tasks.answers(of: task, to: texts).enumerated() {
            for (mask, answer) in masks.enumerated() {
                for word in answer.candidates {
                    answers.add(text: tokenizer.piece(Int32(word.id)), score: word.score, index: word.id, mask: mask)
                }
            }
            answers.end(truncated: tasks.truncations[i])
        }
    }

    mutating func embed(_ texts: [TaskText]) throws(Fault) {
        let isNormalized: Bool? =
            switch options.scaling {
            case ALBIT_SCALING_MODEL: nil
            case ALBIT_SCALING_ONE: true
            case ALBIT_SCALING_NONE: false
            default: throw Fault(.optionValue, "scaling is no value of albit_scaling")
            }
        let task = try embedding(isNormalized: isNormalized, prompt: prompt)
        for (i, vector) in try tasks.answers(of: task, to: texts).enumerated() {
            answers.add(values: vector)
            answers.end(truncated: tasks.truncations[i])
        }
    }

    mutating func order(_ texts: [TaskText]) throws(Fault) {
        let task = try SentenceOrder(tasks.context)
        for text in texts where text.pair == nil { throw QuestionTexts.missing("pairs, the second texts,") }
        for (i, found) in try tasks.answers(of: task, to: texts).enumerated() {
            answers.add(values: found.logits)
            answers.end(score: found.score, truncated: tasks.truncations[i])
        }
    }

    mutating func choose(_ text: [UInt8], _ choices: [[UInt8]]) throws(Fault) {
        guard !choices.isEmpty else { throw Fault(.argumentsMissing, "there is nothing to choose from") }
        let task = try MultipleChoice(tasks.context)
        let found = try tasks.answer(of: task, to: ChoiceQuestion(text, choices: choices))
        for (choice, score) in found.scores.enumerated() {
            answers.add(text: choices[choice], score: score, index: choice)
        }
        answers.add(values: found.logits)
        answers.end(score: found.index.map { Float($0) } ?? -1, truncated: tasks.truncations[0])
    }

    mutating func match(_ texts: [[UInt8]], _ candidates: [[UInt8]]) throws(Fault) {
        let count = top ?? 5
        func shown(_ score: Float) -> Float { max(0, min(1, score)) }
        if !options.embeddings, let pairs = PairRanking(tasks.context, prompt: try prompt) {
            for text in texts {
                let found = try tasks.answer(of: pairs, to: ChoiceQuestion(text, choices: candidates))
                let truncated = tasks.truncations[0]
                for index in found.best(count) {
                    let score = pairs.givesShares ? shown(found.scores[index]) : found.scores[index]
                    answers.add(text: candidates[index], score: score, index: index)
                }
                answers.end(truncated: truncated)
            }
            return
        }
        // As the model says that its own vectors are compared.
        let similarity = options.pooling == nil ? model.card.similarity ?? .cosine : .cosine
        let questions = try embedding(isNormalized: similarity == .cosine, prompt: prompt)
        let task = try embedding(isNormalized: similarity == .cosine, prompt: nil)
        let vectors = try tasks.answers(of: task, to: candidates.map { TaskText($0) })
        for (i, vector) in try tasks.answers(of: questions, to: texts.map { TaskText($0) }).enumerated() {
            let scores = vectors.map { SentenceVector.similarity($0, vector, by: similarity) }
            for index in Scores.largest(scores, count: count) {
                let score = similarity == .cosine ? shown(scores[index]) : scores[index]
                answers.add(text: candidates[index], score: score, index: index)
            }
            answers.end(truncated: tasks.truncations[i])
        }
    }

    mutating func summarize(_ texts: [TaskText]) throws(Fault) {
        let name = options.method.map { String(cString: $0) } ?? SentenceRanking.Method.lexRank.rawValue
        guard let method = SentenceRanking.Method(rawValue: name) else {
            throw Fault(.optionValue, "method is '" + name + "'", expected: "lexrank or mmr")
        }
        guard options.sentences > 0 || (options.ratio > 0 && options.ratio <= 1) else {
            throw Fault(.optionValue, "ratio is not a share", expected: "more than 0 and up to 1")
        }
        let task = Summarization(
            try embedding(isNormalized: true, prompt: prompt),
            length: options.sentences > 0 ? .sentences(Int(options.sentences)) : .share(options.ratio), method: method)
        for text in texts {
            for sentence in try tasks.answer(of: task, to: text.text) {
                answers.add(
                    text: words(sentence.range, of: text.text), score: sentence.score,
                    range: place(sentence.range, in: text.text))
            }
            answers.end(truncated: tasks.truncations[0])
        }
    }

    mutating func tokenize(_ texts: [TaskText]) throws(Fault) {
        let tokenizer = try model.requireTokenizer()
        let limit = options.max_length == 0 ? nil : Int(options.max_length)
        for text in texts {
            let encoding = tokenizer.encode(text.text, pair: text.pair, maxLength: limit)
            for i in encoding.ids.indices {
                let source = encoding.segments[i] == 1 ? text.pair ?? [] : text.text
                let range = Int(encoding.starts[i])..<max(Int(encoding.starts[i]), Int(encoding.ends[i]))
                answers.add(
                    text: tokenizer.piece(encoding.ids[i]), score: 0, index: Int(encoding.ids[i]),
                    range: encoding.segments[i] == Encoding.frame ? nil : place(range, in: source))
            }
            answers.end(truncated: encoding.truncatedCount)
        }
    }

    /// The prompt that goes before texts; nil: the model's standard one.
    private var prompt: [UInt8]? {
        get throws(Fault) { try model.prompt(options.prompt.map { String(cString: $0) }) }
    }

    private func embedding(isNormalized: Bool?, prompt: [UInt8]?) throws(Fault) -> SentenceEmbedding {
        var pooling: SentencePooling?
        if let name = options.pooling.map({ String(cString: $0) }) {
            pooling = SentencePooling(rawValue: name)
            guard pooling != nil else {
                throw Fault(.optionValue, "pooling is '" + name + "'", expected: SentencePooling.names)
            }
        }
        var settings = SentenceEmbedding.Options(pooling: pooling, isNormalized: isNormalized)
        settings.prompt = prompt
        return try SentenceEmbedding(tasks.context, options: settings)
    }
}
