import AlbitTasks
import AlbitText
import CAlbit

/// Copies texts out of C: the caller's memory may go when the call returns.
enum QuestionTexts {
    /// Every text, with its pair where there are pairs.
    static func read(_ texts: UnsafePointer<albit_texts>?) throws(Fault) -> [TaskText] {
        guard let list = texts?.pointee else { throw missing("texts") }
        var result: [TaskText] = []
        result.reserveCapacity(list.count)
        for i in 0..<list.count {
            let text = try bytes(list.texts, list.lengths, i, "texts")
            result.append(
                TaskText(text, pair: list.pairs == nil ? nil : try bytes(list.pairs, list.pair_lengths, i, "pairs")))
        }
        return result
    }

    /// The texts alone.
    static func single(_ texts: UnsafePointer<albit_texts>?) throws(Fault) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for text in try read(texts) { result.append(text.text) }
        return result
    }

    /// One text; `length` nil or the largest number: it ends with a zero.
    static func bytes(_ text: UnsafePointer<CChar>?, _ length: Int) throws(Fault) -> [UInt8] {
        guard let text else { throw missing("a text") }
        return Array(UnsafeRawBufferPointer(start: text, count: length))
    }

    static func missing(_ what: String) -> Fault { Fault(.argumentsMissing, what + " is NULL") }

    private static func bytes(
        _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ i: Int, _ what: String
    ) throws(Fault) -> [UInt8] {
        guard let texts, let text = texts[i] else { throw missing(what + "[" + String(i) + "]") }
        var count = 0
        if let lengths { count = lengths[i] } else { while text[count] != 0 { count += 1 } }
        return Array(UnsafeRawBufferPointer(start: text, count: count))
    }
}
