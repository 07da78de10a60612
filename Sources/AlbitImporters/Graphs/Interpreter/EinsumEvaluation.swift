/// Einstein's sums of one or two operands, as a product of matrices between two rearrangements.
extension MatmulEvaluation {
    /// Nil where the equation is of a kind that no exporter writes (a label twice in one operand), or does not fit.
    mutating func einsum(_ equation: String, _ inputs: [NumberArray]) -> NumberArray? {
        let text = equation.filter { $0 != " " }
        guard text.count <= 128, let arrow = text.firstRange(of: "->") else { return nil }
        let terms = text[..<arrow.lowerBound].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard terms.count == inputs.count, (1...2).contains(terms.count) else { return nil }
        // Axes of an ellipsis get labels of their own, counted from the last, so that they are broadcast from the
        // right.
        let ellipsis = zip(terms, inputs).map { max(0, $1.shape.count - $0.filter { $0 != "." }.count) }
        let widest = zip(terms, ellipsis).map { $0.contains("...") ? $1 : 0 }.max() ?? 0
        func labels(_ term: String, _ count: Int) -> [String] {
            guard let dots = term.firstRange(of: "...") else { return term.map { String($0) } }
            let axes = (0..<count).map { "." + String(count - $0) }
            return term[..<dots.lowerBound].map { String($0) } + axes + term[dots.upperBound...].map { String($0) }
        }
        let result = labels(String(text[arrow.upperBound...]), widest)
        var operands: [(labels: [String], array: NumberArray)] = []
        var extents: [String: Int] = [:]
        for (index, term) in terms.enumerated() {
            let own = labels(term, ellipsis[index])
            guard own.count == inputs[index].shape.count, Set(own).count == own.count else { return nil }
            for (label, extent) in zip(own, inputs[index].shape) {
                let known = extents[label] ?? 1
                guard known == extent || known == 1 || extent == 1 else { return nil }
                extents[label] = max(known, extent)
            }
            operands.append((own, inputs[index]))
        }
        guard Set(result).count == result.count, result.allSatisfy({ extents[$0] != nil }) else { return nil }
        if operands.count == 1 { operands.append(([], NumberArray(number: 1))) }
        let (first, second) = (operands[0], operands[1])
        let summed = extents.keys.filter { !result.contains($0) }.sorted()
        // A label that only one operand has and the result has not would be a sum before the product.
        let shared = summed.filter { first.labels.contains($0) && second.labels.contains($0) }
        guard shared.count == summed.count || second.labels.isEmpty else { return nil }
        let batch = result.filter { first.labels.contains($0) && second.labels.contains($0) }
        let rows = result.filter { first.labels.contains($0) && !second.labels.contains($0) }
        let columns = result.filter { second.labels.contains($0) && !first.labels.contains($0) }
        func size(_ labels: [String]) -> Int? { labels.map { extents[$0] ?? 1 }.checkedProduct }
        func arranged(
            _ operand: (labels: [String], array: NumberArray), _ order: [String], _ shape: [Int?]
        ) -> NumberArray? {
            let strides = operand.array.shape.rowMajorStrides
            var steps: [Int] = []
            for label in order {
                guard let axis = operand.labels.firstIndex(of: label) else {
                    steps.append(0)
                    continue
                }
                steps.append(operand.array.shape[axis] == 1 ? 0 : strides[axis])
            }
            let known = shape.compactMap { $0 }
            guard known.count == shape.count else { return nil }
            return operand.array.arranged(shape: order.map { extents[$0] ?? 1 }, strides: steps)?.reshaped(known)
        }
        guard let left = arranged(first, batch + rows + summed, [size(batch), size(rows), size(summed)]),
            let right = arranged(second, batch + summed + columns, [size(batch), size(summed), size(columns)]),
            let product = batched(left, right)
        else { return nil }
        let order = batch + rows + columns
        guard let whole = product.reshaped(order.map { extents[$0] ?? 1 }) else { return nil }
        let strides = whole.shape.rowMajorStrides
        let axes = result.compactMap { order.firstIndex(of: $0) }
        guard axes.count == result.count else { return nil }
        return whole.arranged(shape: axes.map { whole.shape[$0] }, strides: axes.map { strides[$0] })
    }
}
