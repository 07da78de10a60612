import AlbitText
import CAlbit

/// Collects answers, then lays them out in one block of memory, so that one call frees them.
struct AnswerBuilder {
    private struct Item {
        var text: Range<Int>?
        var item: albit_item
    }

    private struct Answer {
        var items: Range<Int>
        var values: Range<Int>
        var score: Float
        var truncated: UInt32
    }

    private var items: [Item] = []
    private var values: [Float] = []
    private var text: [UInt8] = []
    private var answers: [Answer] = []
    private var firstItem = 0
    private var firstValue = 0

    /// An item of the answer at work.
    mutating func add(
        text words: [UInt8]?, score: Float, index: Int = -1, range: Range<Int>? = nil, mask: Int = 0
    ) {
        var place: Range<Int>?
        if let words {
            place = text.count..<(text.count + words.count)
            text += words
            text.append(0)
        }
        items.append(
            Item(
                text: place,
                item: albit_item(
                    text: nil, text_length: words?.count ?? 0, score: score, index: Int64(index),
                    start: range.map { Int64($0.lowerBound) } ?? -1, end: range.map { Int64($0.upperBound) } ?? -1,
                    mask: UInt32(truncatingIfNeeded: mask))))
    }

    /// Values of the answer at work.
    mutating func add(values added: [Float]) { values += added }

    /// Ends the answer at work.
    mutating func end(score: Float = 0, truncated: Int = 0) {
        answers.append(
            Answer(
                items: firstItem..<items.count, values: firstValue..<values.count, score: score,
                truncated: UInt32(clamping: truncated)))
        firstItem = items.count
        firstValue = values.count
    }

    /// The block: the list, answers, items, values, text. Throws where there is no memory.
    func block() throws(Fault) -> UnsafeMutablePointer<albit_answers> {
        let answersAt = MemoryLayout<albit_answers>.stride
        let itemsAt = answersAt + answers.count * MemoryLayout<albit_answer>.stride
        let valuesAt = itemsAt + items.count * MemoryLayout<albit_item>.stride
        let textAt = valuesAt + values.count * MemoryLayout<Float>.stride
        guard let block = albit_block_make(textAt + text.count) else { throw ModelHandle.noMemory }
        let textPlace = (block + textAt).assumingMemoryBound(to: CChar.self)
        for (i, byte) in text.enumerated() { textPlace[i] = CChar(bitPattern: byte) }
        let valuePlace = (block + valuesAt).bindMemory(to: Float.self, capacity: values.count)
        for (i, value) in values.enumerated() { valuePlace[i] = value }
        let itemPlace = (block + itemsAt).bindMemory(to: albit_item.self, capacity: items.count)
        for (i, item) in items.enumerated() {
            var placed = item.item
            if let text = item.text { placed.text = UnsafePointer(textPlace + text.lowerBound) }
            itemPlace[i] = placed
        }
        let answerPlace = (block + answersAt).bindMemory(to: albit_answer.self, capacity: answers.count)
        for (i, answer) in answers.enumerated() {
            answerPlace[i] = albit_answer(
                item_count: answer.items.count, items: UnsafePointer(itemPlace + answer.items.lowerBound),
                value_count: answer.values.count, values: UnsafePointer(valuePlace + answer.values.lowerBound),
                score: answer.score, truncated: answer.truncated)
        }
        let list = block.bindMemory(to: albit_answers.self, capacity: 1)
        list.pointee = albit_answers(count: answers.count, answers: UnsafePointer(answerPlace))
        return list
    }
}
