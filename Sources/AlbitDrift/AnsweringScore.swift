import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// The part of a context that answers a question; long contexts are read in windows, as `albit answer` does.
final class AnsweringScore: TaskScore {
    private var exact = 0.0
    private var f1 = 0.0
    private var judged = 0
    private static let options = QuestionAnswering.Options()

    override func prepare(_ example: Example, _ path: String, tokenizer: Tokenizer?) throws(Fault) -> PreparedExample {
        guard case .text(let question, let context?) = example.input else { return try super.prepare(example, path, tokenizer: tokenizer) }
        guard let tokenizer else {
            throw Fault(
                .dataNeedsTokenizer, in: path, at: "line \(example.line)", "is text, but the model has no tokenizer",
                advice: "give ids")
        }
        let options = AnsweringScore.options
        let configuration = model.weights.configuration
        let room = max(2, min(options.maxLength, configuration.maxPositionEmbeddings) - tokenizer.frameCount(pair: true))
        var asked = tokenizer.tokens(question)
        if asked.count > room / 2 { asked = asked[0..<(room / 2)] }
        let tokens = tokenizer.tokens(context)
        let capacity = room - asked.count
        var prepared = PreparedExample(example: example)
        for window in TokenWindows.ranges(count: tokens.count, capacity: capacity, overlap: min(options.stride, capacity / 2)) {
            let encoding = tokenizer.encode(asked, pair: tokens[window])
            prepared.encodings.append(encoding)
            prepared.inputs.append(EncoderInput(encoding, configuration))
        }
        return prepared
    }

    override func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        guard let head = session.weights.answer else { return TaskAnswer() }
        let example = prepared.example
        var answer = TaskAnswer()
        guard case .text(_, let context?) = example.input else {
            answer.logits = session.apply(head, rows: session.rows(of: first))
            return answer
        }
        let mayBeEmpty = example.answers?.allSatisfy(\.isEmpty) ?? false
        var found = FoundAnswers(context: context)
        var noAnswer: Float = 1
        for (index, encoding) in prepared.encodings.enumerated() {
            let logits = session.apply(head, rows: session.rows(of: first + index))
            answer.logits += logits
            let spans = AnswerSpans(
                start: encoding.ids.indices.map { logits[2 * $0] }, end: encoding.ids.indices.map { logits[2 * $0 + 1] }, encoding,
                count: 12, maxTokens: AnsweringScore.options.maxAnswerTokens, cls: model.tokenizer?.specialIDs.cls, kernel: session.kernel)
            noAnswer = min(noAnswer, spans.noAnswerScore)
            for span in spans.spans { found.add(AnswerSpans.wordRange(span, encoding), score: span.score) }
        }
        let best = found.best(1, noAnswer: mayBeEmpty ? noAnswer : nil).first?.range
        answer.text = best.map { String(decoding: context[$0.clamped(to: 0..<context.count)], as: UTF8.self) } ?? ""
        answer.units = best.map { [$0.lowerBound, $0.upperBound] } ?? [-1, -1]
        if let answers = example.answers {
            let hit = AnswerMatch.exact(answer.text, answers: answers)
            exact += hit
            f1 += AnswerMatch.f1(answer.text, answers: answers)
            judged += 1
            marks.append(Int8(hit))
        }
        return answer
    }

    override var metrics: [(name: String, value: Double)] {
        judged == 0 ? [] : [("exact match", 100 * exact / Double(judged)), ("F1", 100 * f1 / Double(judged))]
    }
}
