import AlbitRuntime

/// Logits to scores, by the kernels' own softmax and tanh so that every CPU gives the same bytes.
package enum Scores {
    /// exp(x) over its sum.
    package static func softmax(_ logits: [Float], kernel: Kernel) -> [Float] {
        var scores = logits
        kernel.table.pointee.softmax(&scores, Int32(truncatingIfNeeded: scores.count))
        return scores
    }

    /// Softmax of every row of [rows][width].
    package static func softmax(_ logits: [Float], width: Int, kernel: Kernel) -> [Float] {
        var scores = logits
        guard width > 0 else { return scores }
        scores.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<(buffer.count / width) {
                kernel.table.pointee.softmax(base + row * width, Int32(truncatingIfNeeded: width))
            }
        }
        return scores
    }

    /// 1 / (1 + exp(-x)), as (1 + tanh(x / 2)) / 2.
    package static func sigmoid(_ logits: [Float], kernel: Kernel) -> [Float] {
        var scores = logits.map { $0 * 0.5 }
        kernel.table.pointee.tanh(&scores, Int32(truncatingIfNeeded: scores.count))
        return scores.map { 0.5 + 0.5 * $0 }
    }

    /// Index of the largest value, the first of equal ones; nil for no values.
    package static func largest(_ values: ArraySlice<Float>) -> Int? {
        guard var best = values.indices.first else { return nil }
        for index in values.indices where values[index] > values[best] { best = index }
        return best - values.startIndex
    }

    /// Indices of the `count` largest values, largest first, the earlier first of equal ones.
    package static func largest(_ values: [Float], count: Int) -> [Int] {
        var best = BestList<Int>(limit: count)
        for (index, value) in values.enumerated() { best.add(index, score: value) }
        return best.elements
    }
}

/// The few elements with the highest scores, best first, the earlier added first of equal ones.
package struct BestList<Element> {
    private let limit: Int
    package private(set) var elements: [Element] = []
    package private(set) var scores: [Float] = []

    /// Keeps `limit` elements at most.
    package init(limit: Int) { self.limit = limit }

    package mutating func add(_ element: @autoclosure () -> Element, score: Float) {
        if elements.count >= limit {
            guard let last = scores.last, score > last else { return }
            elements.removeLast()
            scores.removeLast()
        }
        var place = scores.count
        while place > 0, score > scores[place - 1] { place -= 1 }
        elements.insert(element(), at: place)
        scores.insert(score, at: place)
    }
}
