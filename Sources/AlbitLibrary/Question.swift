internal import AlbitModel
internal import AlbitTasks

/// Something that a model can be asked; `Answer` is what comes of it.
///
/// ```swift
/// let model = try Albert(contentsOf: "ner.gguf")
/// let answers = try model.ask([.tag("Ada lives in Paris."), .tag("Bob went home.")])
/// print(answers.count)
/// ```
///
/// ``Albert`` has a method for each kind. Questions are for whoever asks many at once: ``Albert/prepare(_:)`` counts
/// the tokens before anything is computed, and ``Albert/read(_:)`` puts sequences of any questions into one pass.
public struct Question<Answer: Sendable>: @unchecked Sendable {
    /// Holds nothing but texts and options, which never change.
    let prepare: (Albert, TaskContext) throws -> PreparedQuestion<Answer>

    /// - Parameters:
    ///   - asked: what the task is asked.
    ///   - task: makes the task for a model.
    ///   - answer: the task's answer as users see it.
    init<Task: TextTask>(
        _ asked: Task.Question, of task: @escaping (TaskContext) throws -> Task,
        _ answer: @escaping (Albert, Task.Answer) throws -> Answer
    ) {
        prepare = { model, context in
            let task = try task(context)
            return PreparedQuestion(TaskSequences(model, task, try task.prepare(asked)), answer)
        }
    }
}

extension Question where Answer == Classification {
    /// The label of a text, or of a pair of texts: ``Albert/classify(_:pair:)``.
    public static func classify(_ text: String, pair: String? = nil) -> Question {
        Question(TaskText(text, pair: pair), of: { try SequenceClassification($0) }) { model, answer in
            let best = answer.label ?? 0
            return Classification(
                label: model.labels[best], score: answer.scores[best], scores: answer.scores, logits: answer.logits)
        }
    }
}

extension Question where Answer == [Entity] {
    /// The entities of a text: ``Albert/tag(_:aggregation:)``.
    public static func tag(_ text: String, aggregation: Aggregation = .word) -> Question {
        Question(
            [UInt8](text.utf8), of: { try TokenClassification($0, aggregation: aggregation.stored) }
        ) { _, answer in
            let place = TextRange(text)
            return answer.entities.map { entity in
                let range = place.indices(entity.range)
                return Entity(label: entity.label, text: String(text[range]), range: range, score: entity.score)
            }
        }
    }
}

extension Question where Answer == [Albit.Answer] {
    /// The answer to a question in a text: ``Albert/answer(_:in:top:allowsNoAnswer:)``.
    public static func answer(
        _ question: String, in text: String, top: Int = 1, allowsNoAnswer: Bool = false
    ) -> Question {
        let asked = ContextQuestion([UInt8](question.utf8), in: [UInt8](text.utf8))
        return Question(
            asked,
            of: { context in
                var options = QuestionAnswering.Options()
                options.top = try positive(top, "top")
                options.allowsNoAnswer = allowsNoAnswer
                return try QuestionAnswering(context, options: options)
            }
        ) { _, found in
            let place = TextRange(text)
            return found.answers.map { answer in
                let range = answer.range.map { place.indices($0) }
                return Albit.Answer(text: range.map { String(text[$0]) } ?? "", range: range, score: answer.score)
            }
        }
    }
}

extension Question where Answer == [[MaskCandidate]] {
    /// Words for each `[MASK]` of a text: ``Albert/fillMask(_:top:)``.
    public static func fillMask(_ text: String, top: Int = 5) -> Question {
        Question(TaskText(text), of: { try MaskedWords($0, top: positive(top, "top")) }) { model, masks in
            masks.map { mask in
                mask.candidates.map { candidate in
                    var piece = (model.model.tokenizer?.piece(Int32(truncatingIfNeeded: candidate.id)) ?? [])[...]
                    // SentencePiece marks the blank before a word with U+2581.
                    if piece.starts(with: "\u{2581}".utf8) { piece = piece.dropFirst(3) }
                    return MaskCandidate(
                        text: String(decoding: piece, as: UTF8.self), id: candidate.id, score: candidate.score)
                }
            }
        }
    }
}

extension Question where Answer == Choice {
    /// What goes on with a text best: ``Albert/choose(_:among:)``.
    public static func choose(_ text: String, among choices: [String]) -> Question {
        let asked = ChoiceQuestion([UInt8](text.utf8), choices: choices.map { [UInt8]($0.utf8) })
        return Question(
            asked,
            of: { context in
                guard !choices.isEmpty else {
                    throw AlbertError(.invalidArgument, "there are no choices, expected one or more")
                }
                return try MultipleChoice(context)
            }
        ) { _, answer in Choice(index: answer.index ?? 0, scores: answer.scores) }
    }
}

extension Question where Answer == Float {
    /// How likely a text follows another: ``Albert/probability(that:follows:)``.
    public static func probability(that second: String, follows first: String) -> Question {
        Question(TaskText(first, pair: second), of: { try SentenceOrder($0) }) { _, answer in answer.score }
    }
}

extension Question where Answer == [Sentence] {
    /// The sentences that say most of a text: ``Albert/summarize(_:sentences:method:)``.
    public static func summarize(
        _ text: String, sentences: Int? = nil, method: SummaryMethod = .lexRank
    ) -> Question {
        Question(
            [UInt8](text.utf8),
            of: { context in
                let length = try sentences.map { try Summarization.Length.sentences(positive($0, "sentences")) }
                return try Summarization(
                    SentenceEmbedding(context, options: .init(isNormalized: true)), length: length ?? .share(0.2),
                    method: method == .lexRank ? .lexRank : .mmr)
            }
        ) { _, chosen in
            let place = TextRange(text)
            return chosen.map { sentence in
                let range = place.indices(sentence.range)
                return Sentence(text: String(text[range]), range: range, score: sentence.score)
            }
        }
    }
}

extension Question where Answer == HiddenStates {
    /// What the encoder makes of a text: ``Albert/encode(_:)``.
    public static func encode(_ text: String) -> Question {
        Question(TaskText(text), of: { TokenStateReading($0) }) { model, states in
            HiddenStates(
                tokens: model.tokens(states.encoding, text), hiddenSize: model.hiddenSize, values: states.values,
                digest: states.digest)
        }
    }
}

/// A number that has to be 1 or more.
private func positive(_ number: Int, _ name: String) throws(AlbertError) -> Int {
    guard number > 0 else { throw AlbertError(.invalidArgument, "\(name) is \(number), expected 1 or more") }
    return number
}
