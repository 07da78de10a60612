import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// Words that are hidden one at a time, to be guessed: pseudo-perplexity as Salazar et al. (2020) define it. Ids that
/// hold [MASK] are taken as they are; then only the models' agreement is told.
final class MaskedWordScore: TaskScore {
    private var logLikelihood = 0.0
    private var right = 0

    override func prepare(_ example: Example, _ path: String, tokenizer: Tokenizer?) throws(Fault) -> PreparedExample {
        var prepared = try super.prepare(example, path, tokenizer: tokenizer)
        guard let encoding = prepared.encodings.first, let mask = tokenizer?.specialIDs.mask, let whole = prepared.inputs.first else { return prepared }
        prepared.inputs = []
        prepared.encodings = []
        for position in encoding.ids.indices where encoding.segments[position] != Encoding.frame {
            var ids = whole.ids
            ids[position] = mask
            prepared.inputs.append(EncoderInput(ids: ids, typeIds: whole.typeIds))
            var original = Encoding()
            original.ids = [Int32(position), encoding.ids[position]]
            prepared.encodings.append(original)
        }
        return prepared
    }

    override func answer(_ prepared: PreparedExample, _ session: Session, first: Int, _ path: String) throws(Fault) -> TaskAnswer {
        var answer = TaskAnswer()
        func logits(_ row: Int) throws(Fault) -> [Float] {
            return try session.vocabularyLogits(rows: [row])
        }
        if prepared.encodings.isEmpty, let mask = model.tokenizer?.specialIDs.mask, let input = prepared.inputs.first {
            for (position, id) in input.ids.enumerated() where id == mask {
                let values = try logits(session.rows(of: first).lowerBound + position)
                answer.units.append(TaskScore.largest(values))
                answer.logits += values
            }
        }
        for (index, masked) in prepared.encodings.enumerated() {
            let (position, truth) = (Int(masked.ids[0]), Int(masked.ids[1]))
            let values = try logits(session.rows(of: first + index).lowerBound + position)
            let top = TaskScore.largest(values)
            answer.units.append(top)
            let most = Double(values[top])
            let sum = values.reduce(0.0) { $0 + PseudoPerplexity.exp(Double($1) - most) }
            logLikelihood += Double(values[truth]) - most - PseudoPerplexity.log(sum)
            right += top == truth ? 1 : 0
            marks.append(top == truth ? 1 : 0)
            answer.logits.append(values[truth])
        }
        answer.text = answer.units.map { id in
            model.tokenizer.map { String(decoding: $0.piece(Int32(id)), as: UTF8.self) } ?? String(id)
        }.joined(separator: " ")
        return answer
    }

    override var metrics: [(name: String, value: Double)] {
        guard !marks.isEmpty else { return [] }
        return [
            ("masked words", 100 * Double(right) / Double(marks.count)),
            ("pseudo-perplexity", PseudoPerplexity.exp(-logLikelihood / Double(marks.count))),
        ]
    }
}
