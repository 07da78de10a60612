import CKernels

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
            for row in 0..<(buffer.count / width) { kernel.table.pointee.softmax(base + row * width, Int32(truncatingIfNeeded: width)) }
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
        var best: [Int] = []
        guard count > 0 else { return best }
        for index in values.indices {
            if best.count == count, let last = best.last, !(values[index] > values[last]) { continue }
            var place = best.count
            while place > 0, values[index] > values[best[place - 1]] { place -= 1 }
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
