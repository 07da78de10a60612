/// Operations that take elements by index, or put them there.
enum IndexEvaluation {
    static func evaluate(_ operation: Operation, _ inputs: [NumberArray?]) -> NumberArray? {
        let present = inputs.compactMap { $0 }
        guard present.count >= 2 else { return nil }
        let (a, indices) = (present[0], present[1])
        switch operation {
        case .gather(let axis): return gather(a, indices, axis: axis)
        case .batchGather(let axis, let batchAxes): return batchGather(a, indices, axis, batchAxes)
        case .gatherElements(let axis): return gatherElements(a, indices, axis)
        case .gatherND(let batchAxes): return gatherND(a, indices, batchAxes)
        case .scatterND: return present.count > 2 ? scatter(a, indices, present[2]) : nil
        case .oneHot(let axis): return oneHot(present, axis)
        default: return nil
        }
    }

    static func gather(_ a: NumberArray, _ indices: NumberArray, axis: Int) -> NumberArray? {
        guard let along = a.axis(axis) else { return nil }
        let extent = a.shape[along]
        let shape = a.shape[..<along] + indices.shape + a.shape[(along + 1)...]
        guard NumberArray.count(Array(shape)) != nil else { return nil }
        var places: [Int] = []
        for index in indices.integers {
            let place = index < 0 ? index &+ extent : index
            guard place >= 0, place < extent else { return nil }
            places.append(place)
        }
        let block = a.shape[(along + 1)...].reduce(1, *)
        let outer = a.shape[..<along].reduce(1, *)
        func taken<T>(_ values: [T]) -> [T] {
            var result: [T] = []
            result.reserveCapacity(outer * places.count * block)
            for i in 0..<outer {
                for place in places {
                    let start = (i * extent + place) * block
                    result += values[start..<(start + block)]
                }
            }
            return result
        }
        return a.isFloating
            ? NumberArray(shape: Array(shape), floats: taken(a.floats))
            : NumberArray(shape: Array(shape), integers: taken(a.integers))
    }

    private static func batchGather(
        _ a: NumberArray, _ indices: NumberArray, _ axis: Int, _ batchAxes: Int
    ) -> NumberArray? {
        let batch = batchAxes < 0 ? batchAxes + indices.shape.count : batchAxes
        guard batch > 0, batch <= indices.shape.count, batch < a.shape.count, let along = a.axis(axis), along >= batch,
            a.shape.prefix(batch) == indices.shape.prefix(batch),
            let batches = NumberArray.count(Array(a.shape.prefix(batch)))
        else { return nil }
        var parts: [NumberArray] = []
        let (whole, chosen) = (Array(a.shape.dropFirst(batch)), Array(indices.shape.dropFirst(batch)))
        let (size, count) = (whole.reduce(1, *), chosen.reduce(1, *))
        for i in 0..<batches {
            guard let part = a.arranged(shape: whole, strides: whole.rowMajorStrides, offset: i * size),
                let places = indices.arranged(shape: chosen, strides: chosen.rowMajorStrides, offset: i * count),
                let result = gather(part, places, axis: along - batch), let row = result.reshaped([1] + result.shape)
            else { return nil }
            parts.append(row)
        }
        guard let joined = NumberArray.joined(parts, axis: 0) else { return nil }
        return joined.reshaped(Array(a.shape.prefix(batch)) + joined.shape.dropFirst())
    }

    private static func gatherElements(_ a: NumberArray, _ indices: NumberArray, _ axis: Int) -> NumberArray? {
        guard let along = a.axis(axis), indices.shape.count == a.shape.count else { return nil }
        for other in a.shape.indices where other != along && indices.shape[other] > a.shape[other] { return nil }
        let strides = a.shape.rowMajorStrides
        let own = indices.shape.rowMajorStrides
        var places: [Int] = []
        places.reserveCapacity(indices.count)
        for (number, index) in indices.integers.enumerated() {
            let at = index < 0 ? index &+ a.shape[along] : index
            guard at >= 0, at < a.shape[along] else { return nil }
            var place = at * strides[along]
            for other in a.shape.indices where other != along {
                place += number / own[other] % max(1, indices.shape[other]) * strides[other]
            }
            places.append(place)
        }
        return picked(a, places, indices.shape)
    }

    private static func picked(_ a: NumberArray, _ places: [Int], _ shape: [Int]) -> NumberArray? {
        switch a.numbers {
        case .floats(let values): NumberArray(shape: shape, floats: places.map { values[$0] })
        case .integers(let values): NumberArray(shape: shape, integers: places.map { values[$0] })
        }
    }

    /// Where blocks begin that indices with coordinates on their last axis name; nil where one lies outside.
    private static func blocks(_ a: NumberArray, _ indices: NumberArray, _ batch: Int) -> (starts: [Int], size: Int)? {
        guard batch >= 0, batch < indices.shape.count, batch <= a.shape.count,
            a.shape.prefix(batch) == indices.shape.prefix(batch),
            let depth = indices.shape.last, depth >= 0, batch + depth <= a.shape.count
        else { return nil }
        let strides = a.shape.rowMajorStrides
        let size = a.shape.dropFirst(batch + depth).reduce(1, *)
        let batches = a.shape.prefix(batch).reduce(1, *)
        let whole = a.shape.dropFirst(batch).reduce(1, *)
        let rows = indices.shape.dropLast().reduce(1, *)
        let values = indices.integers
        var starts: [Int] = []
        for row in 0..<rows {
            var start = batches > 0 ? row / max(1, rows / batches) * whole : 0
            for axis in 0..<depth {
                let extent = a.shape[batch + axis]
                let index = values[row * depth + axis]
                let place = index < 0 ? index &+ extent : index
                guard place >= 0, place < extent else { return nil }
                start += place * strides[batch + axis]
            }
            starts.append(start)
        }
        return (starts, size)
    }

    private static func gatherND(_ a: NumberArray, _ indices: NumberArray, _ batch: Int) -> NumberArray? {
        guard let (starts, size) = blocks(a, indices, batch) else { return nil }
        let shape = indices.shape.dropLast() + a.shape.dropFirst(batch + (indices.shape.last ?? 0))
        guard NumberArray.count(Array(shape)) != nil else { return nil }
        return picked(a, starts.flatMap { $0..<($0 + size) }, Array(shape))
    }

    private static func scatter(_ a: NumberArray, _ indices: NumberArray, _ updates: NumberArray) -> NumberArray? {
        guard let (starts, size) = blocks(a, indices, 0), updates.count == starts.count * size else { return nil }
        func put<T>(_ values: [T], _ new: [T]) -> [T] {
            var result = values
            for (number, start) in starts.enumerated() {
                for i in 0..<size { result[start + i] = new[number * size + i] }
            }
            return result
        }
        return a.isFloating
            ? NumberArray(shape: a.shape, floats: put(a.floats, updates.floats))
            : NumberArray(shape: a.shape, integers: put(a.integers, updates.integers))
    }

    /// ONNX: indices, depth, off and on in one; TensorFlow: indices, depth, on, off.
    private static func oneHot(_ inputs: [NumberArray], _ axis: Int) -> NumberArray? {
        guard inputs.count >= 3, let depth = inputs[1].integer, depth >= 0 else { return nil }
        let values = inputs[2].floats
        guard let on = inputs.count > 3 ? values.first : values.last,
            let off = inputs.count > 3 ? inputs[3].floats.first : values.first
        else { return nil }
        let indices = inputs[0]
        guard let along = NumberArray.axis(axis, rank: indices.shape.count + 1) else { return nil }
        let shape = indices.shape + [depth]
        guard NumberArray.count(shape) != nil else { return nil }
        var result = [Float](repeating: off, count: indices.count * depth)
        for (row, index) in indices.integers.enumerated() {
            let place = index < 0 ? index &+ depth : index
            if place >= 0, place < depth { result[row * depth + place] = on }
        }
        let isFloating = inputs[2].isFloating
        guard
            let rows = isFloating
                ? NumberArray(shape: shape, floats: result)
                : NumberArray(shape: shape, integers: result.map(NumberArray.whole))
        else { return nil }
        var order = Array(indices.shape.indices)
        order.insert(shape.count - 1, at: along)
        let strides = shape.rowMajorStrides
        return rows.arranged(shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }
}
