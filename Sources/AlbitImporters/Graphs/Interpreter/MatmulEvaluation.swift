import AlbitText

/// Products of matrices, the second of which may be a weight that is read block by block.
struct MatmulEvaluation {
    /// Elements of a weight that are in memory at once: 4 MB.
    static let blockElements = 1 << 20

    /// Multiplications that may still be done.
    private(set) var products: Int

    init(products: Int) { self.products = products }

    private mutating func spend(_ counts: Int...) -> Bool {
        guard let more = counts.checkedProduct else { return false }
        guard more <= products else { return false }
        products -= more
        return true
    }

    /// The last two axes are matrices, the others are broadcast. Nil where the shapes do not go together.
    mutating func product(
        _ a: NumberArray, _ b: GraphValue, transposeA: Bool, transposeB: Bool
    ) throws(Fault) -> NumberArray? {
        guard var left = transposeA ? MatmulEvaluation.transposed(a) : a, !left.shape.isEmpty, !b.shape.isEmpty else {
            return nil
        }
        if case .stored(let tensor) = b, tensor.shape.count >= 2, tensor.shape.dropLast(2).allSatisfy({ $0 == 1 }) {
            // A row, for a vector on the left.
            let isVector = left.shape.count == 1
            if isVector {
                guard let row = left.reshaped([1] + left.shape) else { return nil }
                left = row
            }
            guard let result = try weighted(left, tensor, transposeB) else { return nil }
            guard isVector else { return result }
            return result.reshaped(result.shape.dropLast(2) + result.shape.suffix(1))
        }
        guard let right = try b.array(), let second = transposeB ? MatmulEvaluation.transposed(right) : right else {
            return nil
        }
        return batched(left, second)
    }

    private static func transposed(_ a: NumberArray) -> NumberArray? {
        let rank = a.shape.count
        guard rank >= 2 else { return nil }
        var shape = a.shape
        var strides = a.shape.rowMajorStrides
        shape.swapAt(rank - 1, rank - 2)
        strides.swapAt(rank - 1, rank - 2)
        return a.arranged(shape: shape, strides: strides)
    }

    /// Rows of activations times one matrix of a file.
    private mutating func weighted(
        _ a: NumberArray, _ tensor: any LazyTensor, _ isTransposed: Bool
    ) throws(Fault) -> NumberArray? {
        var stored = tensor
        var isTransposed = isTransposed
        var shape = Array(tensor.shape.suffix(2))
        // A transposed weight is read as it lies in the file.
        if let view = tensor as? TensorView, view.shape.count == 2, view.offset == 0,
            view.strides == [1, view.shape[0]],
            view.base.elementCount == view.elementCount
        {
            stored = view.base
            isTransposed.toggle()
            shape.swapAt(0, 1)
        }
        let (inner, columns) = isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1])
        guard a.shape.last == inner, inner > 0, columns > 0 else { return nil }
        let rows = a.count / inner
        // Axes of extent 1 that the weight has more than the rows.
        let target =
            [Int](repeating: 1, count: max(0, tensor.shape.count - a.shape.count)) + a.shape.dropLast() + [columns]
        guard NumberArray.count(target) != nil, spend(rows, inner, columns) else { return nil }
        var result = [Float](repeating: 0, count: rows * columns)
        let x = a.floats
        // Rows of the stored matrix at a time.
        let step = max(1, MatmulEvaluation.blockElements / shape[1])
        guard shape[1] <= NumberArray.maxElements else { return nil }
        var start = 0
        while start < shape[0] {
            let count = min(step, shape[0] - start)
            let block = try stored.values((start * shape[1])..<((start + count) * shape[1]))
            result.withUnsafeMutableBufferPointer { c in
                x.withUnsafeBufferPointer { a in
                    block.withUnsafeBufferPointer { b in
                        guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                        if isTransposed {
                            MatmulKernel.transposed(
                                a, inner, b, to: c + start, columns, rows: rows, inner: inner, columns: count)
                        } else {
                            MatmulKernel.add(
                                a + start, inner, b, columns, to: c, columns, rows: rows, inner: count, columns: columns
                            )
                        }
                    }
                }
            }
            start += count
        }
        return NumberArray(shape: target, floats: result)
    }

    /// Of two arrays, over batches that are broadcast.
    mutating func batched(_ a: NumberArray, _ b: NumberArray) -> NumberArray? {
        var (left, right) = (a, b)
        let isRow = left.shape.count == 1
        let isColumn = right.shape.count == 1
        if isRow {
            guard let row = left.reshaped([1] + left.shape) else { return nil }
            left = row
        }
        if isColumn {
            guard let column = right.reshaped(right.shape + [1]) else { return nil }
            right = column
        }
        guard left.shape.count >= 2, right.shape.count >= 2 else { return nil }
        let (rows, inner) = (left.shape[left.shape.count - 2], left.shape[left.shape.count - 1])
        let columns = right.shape[right.shape.count - 1]
        guard right.shape[right.shape.count - 2] == inner,
            let batch = NumberArray.broadcastShape(left.shape.dropLast(2), right.shape.dropLast(2)),
            let batches = NumberArray.count(batch),
            NumberArray.count(batch + [rows, columns]) != nil, spend(batches, rows, inner, columns),
            let x = left.broadcast(to: batch + [rows, inner])?.floats,
            let y = right.broadcast(to: batch + [inner, columns])?.floats
        else { return nil }
        var result = [Float](repeating: 0, count: batches * rows * columns)
        result.withUnsafeMutableBufferPointer { c in
            x.withUnsafeBufferPointer { a in
                y.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    for i in 0..<batches {
                        MatmulKernel.add(
                            a + i * rows * inner, inner, b + i * inner * columns, columns, to: c + i * rows * columns,
                            columns, rows: rows,
                            inner: inner, columns: columns)
                    }
                }
            }
        }
        var shape = batch
        if !isRow { shape.append(rows) }
        if !isColumn { shape.append(columns) }
        return NumberArray(shape: shape, floats: result)
    }

    /// queries · keysᵀ times a scale: one over the root of the head size where there is none.
    mutating func scores(_ queries: NumberArray, _ keys: NumberArray, scale: Float?) -> NumberArray? {
        guard let size = queries.shape.last, size > 0, let turned = MatmulEvaluation.transposed(keys),
            let scores = batched(queries, turned)
        else { return nil }
        let factor = scale ?? 1 / Float(size).squareRoot()
        return NumberArray(shape: scores.shape, floats: scores.floats.map { $0 * factor })
    }
}
