/// Slices with their starts, ends, steps and masks.
enum SliceEvaluation {
    static func evaluate(_ operation: Operation, _ a: NumberArray, _ inputs: [NumberArray?]) -> NumberArray? {
        func integers(_ index: Int) -> [Int]? { index < inputs.count ? inputs[index]?.integers : nil }
        switch operation {
        case .slice:
            guard let starts = integers(1), let ends = integers(2), starts.count == ends.count else { return nil }
            let axes = integers(3) ?? Array(starts.indices)
            let steps = integers(4) ?? [Int](repeating: 1, count: starts.count)
            guard axes.count == starts.count, steps.count == starts.count else { return nil }
            var taken = a.shape.map { (start: 0, count: $0, step: 1) }
            for i in starts.indices {
                guard let axis = a.axis(axes[i]), let part = range(starts[i], ends[i], steps[i], a.shape[axis]) else {
                    return nil
                }
                taken[axis] = part
            }
            return cut(a, taken)
        case .sliceOfSize:
            guard let starts = integers(1), let sizes = integers(2), starts.count == a.shape.count,
                sizes.count == a.shape.count
            else { return nil }
            var taken: [(start: Int, count: Int, step: Int)] = []
            for (axis, extent) in a.shape.enumerated() {
                let count = sizes[axis] == -1 ? extent &- starts[axis] : sizes[axis]
                guard starts[axis] >= 0, count >= 0, starts[axis] <= extent, count <= extent - starts[axis] else {
                    return nil
                }
                taken.append((starts[axis], count, 1))
            }
            return cut(a, taken)
        case .stridedSlice(let beginMask, let endMask, let ellipsisMask, let newAxisMask, let shrinkMask):
            guard let starts = integers(1), let ends = integers(2), let steps = integers(3), starts.count == ends.count,
                steps.count == starts.count, starts.count <= NumberArray.maxRank
            else { return nil }
            func isSet(_ mask: Int, _ bit: Int) -> Bool { mask >> bit & 1 == 1 }
            var taken: [(start: Int, count: Int, step: Int)] = []
            var shape: [Int] = []
            var axis = 0
            // Positions that take an axis of their own: what is left belongs to the ellipsis.
            let named = starts.indices.filter { !isSet(ellipsisMask, $0) && !isSet(newAxisMask, $0) }.count
            for i in starts.indices {
                if isSet(ellipsisMask, i) {
                    for _ in 0..<max(0, a.shape.count - named) where axis < a.shape.count {
                        taken.append((0, a.shape[axis], 1))
                        shape.append(a.shape[axis])
                        axis += 1
                    }
                } else if isSet(newAxisMask, i) {
                    shape.append(1)
                } else {
                    guard axis < a.shape.count else { return nil }
                    let extent = a.shape[axis]
                    if isSet(shrinkMask, i) {
                        let start = isSet(beginMask, i) ? 0 : starts[i] < 0 ? starts[i] &+ extent : starts[i]
                        guard start >= 0, start < extent else { return nil }
                        taken.append((start, 1, 1))
                    } else {
                        let isBackward = steps[i] < 0
                        let start = isSet(beginMask, i) ? (isBackward ? Int.max : 0) : starts[i]
                        let end = isSet(endMask, i) ? (isBackward ? Int.min : Int.max) : ends[i]
                        guard let part = range(start, end, steps[i], extent) else { return nil }
                        taken.append(part)
                        shape.append(part.count)
                    }
                    axis += 1
                }
            }
            while axis < a.shape.count {
                taken.append((0, a.shape[axis], 1))
                shape.append(a.shape[axis])
                axis += 1
            }
            return cut(a, taken)?.reshaped(shape)
        default: return nil
        }
    }

    /// What start, end and step take of an axis, as Python's slices do.
    private static func range(
        _ start: Int, _ end: Int, _ step: Int, _ extent: Int
    ) -> (start: Int, count: Int, step: Int)? {
        guard step != 0, step != Int.min else { return nil }
        func clamped(_ value: Int, _ low: Int, _ high: Int) -> Int {
            // The least integer means "before the first element".
            let place = value < 0 && value > Int.min + extent ? value + extent : value
            return min(max(place, low), high)
        }
        if step > 0 {
            let (first, last) = (clamped(start, 0, extent), clamped(end, 0, extent))
            return (first, first < last ? (last - first - 1) / step + 1 : 0, step)
        }
        let first = clamped(start, -1, extent - 1)
        // Far negative ends stay before the first element.
        let last = end < -extent ? -1 : clamped(end, -1, extent - 1)
        return (max(0, first), first > last ? (first - last - 1) / -step + 1 : 0, step)
    }

    private static func cut(_ a: NumberArray, _ taken: [(start: Int, count: Int, step: Int)]) -> NumberArray? {
        let strides = a.shape.rowMajorStrides
        let shape = taken.map(\.count)
        guard !shape.contains(0) else { return a.empty(shape) }
        var offset = 0
        for (axis, part) in taken.enumerated() { offset += part.start * strides[axis] }
        // Steps beyond the axis go with a single element.
        let steps = taken.enumerated().map { $1.count <= 1 ? 0 : $1.step &* strides[$0] }
        return a.arranged(shape: shape, strides: steps, offset: offset)
    }
}
