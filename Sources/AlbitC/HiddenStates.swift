import AlbitRuntime
import AlbitText
import CAlbit

/// Hidden states of sequences of ids.
enum HiddenStates {
    /// Tokens that a batch holds, about.
    private static let batchTokens = 512

    static func encode(
        _ handle: ModelHandle, _ sequences: UnsafePointer<albit_sequences>?
    ) throws(Fault) -> UnsafeMutablePointer<albit_answers> {
        guard let list = sequences?.pointee else { throw QuestionTexts.missing("sequences") }
        let inputs = try inputs(list)
        let session = try handle.take()
        defer { handle.giveBack(session) }
        var answers = AnswerBuilder()
        var first = 0
        while first < inputs.count {
            var end = first + 1
            var tokens = inputs[first].ids.count
            while end < inputs.count, tokens + inputs[end].ids.count <= batchTokens {
                tokens += inputs[end].ids.count
                end += 1
            }
            let batch = try session.encode(Array(inputs[first..<end]))
            for i in 0..<batch.count {
                answers.add(values: batch[i].lastHiddenState)
                answers.end()
            }
            first = end
        }
        return try answers.block()
    }

    private static func inputs(_ list: albit_sequences) throws(Fault) -> [EncoderInput] {
        guard list.count == 0 || (list.lengths != nil && list.ids != nil) else {
            throw QuestionTexts.missing("ids or their lengths")
        }
        var inputs: [EncoderInput] = []
        var first = 0
        for i in 0..<list.count {
            let count = list.lengths[i]
            func part(_ values: UnsafePointer<Int32>) -> [Int32] {
                Array(UnsafeBufferPointer(start: values + first, count: count))
            }
            inputs.append(
                EncoderInput(
                    ids: part(list.ids), typeIds: list.type_ids.map { part($0) },
                    mask: list.mask.map { part($0).map { $0 != 0 } }))
            first += count
        }
        return inputs
    }
}
