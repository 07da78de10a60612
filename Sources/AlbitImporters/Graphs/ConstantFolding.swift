import AlbitText

/// What a graph computes without inputs: weights that are rearranged, and the integers of shapes. One pass in the
/// graph's order; weights stay lazy.
struct ConstantFolding {
    private let graph: DataflowGraph
    /// By value: the constant that it is.
    private(set) var constants: [FoldedConstant?]
    /// By value: a vector of integers as far as it is known, as of shapes and axes.
    private(set) var integers: [[Int?]?]

    static let maxIntegers = 64

    init(_ graph: DataflowGraph) throws(Fault) {
        self.graph = graph
        constants = Array(repeating: nil, count: graph.values.count)
        integers = Array(repeating: nil, count: graph.values.count)
        for (id, value) in graph.values.enumerated() {
            guard case .constant(let tensor) = value.definition else { continue }
            let folded = FoldedConstant(tensor, roots: [id])
            constants[id] = folded
            if !tensor.dtype.isFloating, tensor.shape.count <= 1,
                let values = try folded.values(limit: ConstantFolding.maxIntegers)
            {
                integers[id] = values.map { Int(max(-9e18, min(9e18, $0))) }
            }
        }
        for node in graph.nodes {
            try foldIntegers(node)
            try fold(node)
        }
    }

    private func constant(_ node: DataflowGraph.Node, _ index: Int) -> FoldedConstant? {
        guard index < node.inputs.count, let value = node.inputs[index] else { return nil }
        return constants[value]
    }

    /// Known integers of an input, all of them.
    func whole(_ node: DataflowGraph.Node, _ index: Int) -> [Int]? {
        guard index < node.inputs.count, let value = node.inputs[index], let known = integers[value] else { return nil }
        let result = known.compactMap { $0 }
        return result.count == known.count ? result : nil
    }

    private func partial(_ node: DataflowGraph.Node, _ index: Int) -> [Int?]? {
        guard index < node.inputs.count, let value = node.inputs[index] else { return nil }
        return integers[value]
    }

    /// The shape that a reshape of `count` elements gives, with -1 resolved; 0 keeps a dimension.
    static func resolve(_ wanted: [Int], from shape: [Int]) -> [Int]? {
        var result: [Int] = []
        for (axis, extent) in wanted.enumerated() {
            if extent == 0, shape.indices.contains(axis) { result.append(shape[axis]) } else { result.append(extent) }
        }
        if let open = result.firstIndex(of: -1) {
            result[open] = 1
            guard let rest = result.checkedProduct, rest > 0, let count = shape.checkedProduct, count % rest == 0 else {
                return nil
            }
            result[open] = count / rest
        }
        return result.contains { $0 < 0 } ? nil : result
    }

    private mutating func fold(_ node: DataflowGraph.Node) throws(Fault) {
        guard let first = constant(node, 0), let output = node.outputs.first else { return }
        func axis(_ value: Int) -> Int { value < 0 ? value + first.shape.count : value }
        var result: FoldedConstant?
        switch node.operation {
        case .identity: result = first
        case .cast(let kind):
            guard kind == .float else { break }
            result =
                first.base.dtype.isFloating
                ? first
                : first.tensor.flatMap {
                    FoldedConstant(AffineTensor($0, scale: [1], zeroPoint: [0], axis: 0), from: [first])
                }
        case .reshape:
            if let shape = whole(node, 1).flatMap({ ConstantFolding.resolve($0, from: first.shape) }) {
                result = first.reshaped(shape)
            }
        case .transpose(let permutation):
            result = first.transposed(permutation ?? (node.inputs.count > 1 ? whole(node, 1) ?? [] : nil))
        case .squeeze(let axes):
            let dropped =
                (axes ?? (node.inputs.count > 1 ? whole(node, 1) : nil)
                    ?? first.shape.indices.filter { first.shape[$0] == 1 })
                .map(axis)
            result = first
            for axis in Set(dropped).sorted(by: >) { result = result?.dropping(axis: axis) }
        case .unsqueeze(let axes):
            guard let axes = axes ?? whole(node, 1), axes.count <= 16 else { break }
            var shape = first.shape
            let rank = shape.count + axes.count
            for axis in axes.map({ $0 < 0 ? $0 + rank : $0 }).sorted() where axis >= 0 && axis <= shape.count {
                shape.insert(1, at: axis)
            }
            result = first.reshaped(shape)
        case .split(let along, let sizes):
            let axis = axis(along)
            guard first.shape.indices.contains(axis) else { break }
            let parts =
                sizes ?? whole(node, 1)
                ?? Array(repeating: first.shape[axis] / max(1, node.outputs.count), count: node.outputs.count)
            guard parts.count == node.outputs.count, parts.allSatisfy({ $0 >= 0 && $0 <= first.shape[axis] }) else {
                break
            }
            var start = 0
            for (output, size) in zip(node.outputs, parts) {
                constants[output] = first.slice(axis: axis, start..<(start + size))
                start += size
            }
            return
        case .slice, .sliceOfSize, .stridedSlice:
            guard let ranges = sliceRanges(node) else { break }
            result = first
            for range in ranges.ranges where range.step == 1 {
                let axis = axis(range.axis)
                guard first.shape.indices.contains(axis) else { return }
                let extent = first.shape[axis]
                let start = max(0, min(extent, range.start < 0 ? range.start + extent : range.start))
                let end = max(start, min(extent, range.end.map { $0 < 0 ? $0 + extent : $0 } ?? extent))
                result = result?.slice(axis: axis, start..<end)
            }
            if ranges.ranges.contains(where: { $0.step != 1 }) { return }
            for axis in ranges.dropped.sorted(by: >) { result = result?.dropping(axis: axis) }
        case .gather(let along):
            // One index; a run of them is a slice that no exporter writes this way.
            guard let index = whole(node, 1), index.count == 1, let indices = node.inputs[1] else { break }
            let axis = axis(along)
            guard first.shape.indices.contains(axis) else { break }
            let position = index[0] < 0 ? index[0] + first.shape[axis] : index[0]
            guard position >= 0, position < first.shape[axis] else { break }
            result = first.slice(axis: axis, position..<(position + 1))
            if constants[indices]?.shape.isEmpty ?? false { result = result?.dropping(axis: axis) }
        case .concatenate(let along):
            result = concatenate(node, axis(along))
        case .dequantize(let along):
            result = try dequantized(first, scale: constant(node, 1), zeroPoint: constant(node, 2), axis: axis(along))
        default:
            guard Pointwise.isPointwise(node.operation) else { return }
            result = try computed(node, first)
        }
        if let result { constants[output] = result }
    }

    private func concatenate(_ node: DataflowGraph.Node, _ axis: Int) -> FoldedConstant? {
        var parts: [JoinedTensor.Part] = []
        var inputs: [FoldedConstant] = []
        var start = 0
        guard node.inputs.count <= 4096 else { return nil }
        for index in node.inputs.indices {
            guard let part = constant(node, index), part.shape.indices.contains(axis), let tensor = part.tensor else {
                return nil
            }
            parts.append(JoinedTensor.Part(start: start, tensor: tensor))
            inputs.append(part)
            start += part.shape[axis]
        }
        guard var shape = parts.first?.tensor.shape else { return nil }
        shape[axis] = start
        return JoinedTensor(shape: shape, axis: axis, parts: parts).flatMap { FoldedConstant($0, from: inputs) }
    }

    /// Nil where the scales do not fit; a zero point may be missing.
    func dequantized(
        _ values: FoldedConstant, scale: FoldedConstant?, zeroPoint: FoldedConstant?, axis: Int
    ) throws(Fault) -> FoldedConstant? {
        let channels = values.shape.indices.contains(axis) ? values.shape[axis] : 1
        guard let scales = try scale?.values(limit: 1 << 20), scales.count == 1 || scales.count == channels,
            let tensor = values.tensor
        else { return nil }
        var zeros: [Float] = [0]
        if let zeroPoint {
            guard let read = try zeroPoint.values(limit: 1 << 20), read.count == 1 || read.count == channels else {
                return nil
            }
            zeros = read
        }
        return FoldedConstant(AffineTensor(tensor, scale: scales, zeroPoint: zeros, axis: axis), from: [values])
    }

    /// Numbers are computed; weights times a number stay lazy.
    private func computed(_ node: DataflowGraph.Node, _ first: FoldedConstant) throws(Fault) -> FoldedConstant? {
        var inputs: [FoldedConstant] = []
        for index in node.inputs.indices {
            guard let constant = constant(node, index) else { return nil }
            inputs.append(constant)
        }
        if inputs.allSatisfy({ $0.count == 1 }) {
            var numbers: [[Double]] = []
            for input in inputs { numbers.append(try input.values()?.map(Double.init) ?? []) }
            guard let value = Pointwise.apply(node.operation, numbers)?.first, first.base.dtype.isFloating else {
                return nil
            }
            let shape = inputs.map(\.shape).max { $0.count < $1.count } ?? []
            return FoldedConstant(UniformTensor(Float(value), shape: shape), roots: [])
        }
        guard inputs.count == 2 else { return nil }
        for (weight, number) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])]
        where number.count == 1 && weight.base.dtype.isFloating {
            guard let value = try number.values()?.first else { return nil }
            switch node.operation {
            case .multiply: return weight.scaled(by: value)
            case .divide where number.count == 1 && weight.count == inputs[0].count: return weight.scaled(by: 1 / value)
            default: return nil
            }
        }
        return nil
    }
}

/// One number that a graph computes from others.
final class UniformTensor: LazyTensor {
    let shape: [Int]
    let dtype = TensorType.float32
    let isSequential = false
    var origin: TensorOrigin? { nil }
    private let value: Float

    init(_ value: Float, shape: [Int]) {
        self.value = value
        self.shape = shape
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        for i in 0..<range.count { buffer[i] = value }
    }
}

extension ConstantFolding {
    /// What a slice takes of its axes, where that is known.
    struct SliceRanges {
        struct Taken {
            var axis: Int
            var start: Int
            /// Nil: to the end.
            var end: Int?
            var step: Int
        }
        var ranges: [Taken] = []
        /// Axes that are left out of the result, in positions of the input.
        var dropped: [Int] = []
    }

    func sliceRanges(_ node: DataflowGraph.Node) -> SliceRanges? {
        var result = SliceRanges()
        switch node.operation {
        case .slice:
            guard let starts = whole(node, 1), let ends = whole(node, 2), starts.count == ends.count else { return nil }
            let axes = node.inputs.count > 3 && node.inputs[3] != nil ? whole(node, 3) : Array(starts.indices)
            let steps =
                node.inputs.count > 4 && node.inputs[4] != nil
                ? whole(node, 4) : Array(repeating: 1, count: starts.count)
            guard let axes, let steps, axes.count == starts.count, steps.count == starts.count else { return nil }
            for i in starts.indices {
                result.ranges.append(
                    .init(
                        axis: axes[i], start: starts[i], end: ends[i] >= Int(Int32.max) ? nil : ends[i], step: steps[i])
                )
            }
        case .sliceOfSize:
            guard let starts = whole(node, 1), let sizes = whole(node, 2), starts.count == sizes.count else {
                return nil
            }
            for i in starts.indices {
                result.ranges.append(
                    .init(axis: i, start: starts[i], end: sizes[i] < 0 ? nil : starts[i] &+ sizes[i], step: 1))
            }
        case .stridedSlice(let beginMask, let endMask, let ellipsisMask, let newAxisMask, let shrinkMask):
            guard ellipsisMask == 0, newAxisMask == 0, let starts = whole(node, 1), let ends = whole(node, 2),
                starts.count == ends.count,
                let steps = whole(node, 3), steps.count == starts.count, starts.count <= 16
            else { return nil }
            for i in starts.indices {
                let start = beginMask >> i & 1 == 1 ? 0 : starts[i]
                if shrinkMask >> i & 1 == 1 {
                    result.ranges.append(.init(axis: i, start: start, end: start == -1 ? nil : start &+ 1, step: 1))
                    result.dropped.append(i)
                } else {
                    result.ranges.append(
                        .init(axis: i, start: start, end: endMask >> i & 1 == 1 ? nil : ends[i], step: steps[i]))
                }
            }
        default: return nil
        }
        return result
    }

    /// Shape arithmetic, as far as it is known without running the graph.
    private mutating func foldIntegers(_ node: DataflowGraph.Node) throws(Fault) {
        guard let output = node.outputs.first, integers[output] == nil else { return }
        var result: [Int?]?
        switch node.operation {
        case .shape: if let shape = constant(node, 0)?.shape { result = shape.map { $0 } }
        case .identity, .cast, .squeeze, .unsqueeze, .reshape: result = partial(node, 0)
        case .concatenate, .stack:
            var joined: [Int?] = []
            for index in node.inputs.indices {
                guard let part = partial(node, index) else { return }
                joined += part
                guard joined.count <= ConstantFolding.maxIntegers else { return }
            }
            result = joined
        case .gather:
            guard let indices = whole(node, 1), indices.count <= ConstantFolding.maxIntegers else { return }
            guard let values = partial(node, 0) else {
                // Dimensions of something unknown.
                if let value = node.inputs[0], case .shape? = graph.producer(value)?.node.operation {
                    result = indices.map { _ in nil }
                }
                break
            }
            result = indices.map { index in
                let at = index < 0 ? index + values.count : index
                return values.indices.contains(at) ? values[at] : nil
            }
        case .slice, .stridedSlice, .sliceOfSize:
            guard let range = sliceRanges(node)?.ranges.first, range.axis == 0, range.step == 1 else { return }
            if let values = partial(node, 0) {
                let start = max(0, min(values.count, range.start < 0 ? range.start + values.count : range.start))
                let end = max(
                    start, min(values.count, range.end.map { $0 < 0 ? $0 + values.count : $0 } ?? values.count))
                result = Array(values[start..<end])
            } else if let end = range.end, (range.start >= 0) == (end >= 0), end > range.start,
                end - range.start <= ConstantFolding.maxIntegers
            {
                result = Array(repeating: nil, count: end - range.start)
            } else if range.end == nil, range.start < 0, range.start >= -ConstantFolding.maxIntegers {
                result = Array(repeating: nil, count: -range.start)
            }
        case .reduceSum: break
        case .add, .subtract, .multiply, .divide:
            guard let a = partial(node, 0), let b = partial(node, 1), a.count == b.count || a.count == 1 || b.count == 1
            else { return }
            result = (0..<max(a.count, b.count)).map { i in
                guard let x = a[a.count == 1 ? 0 : i], let y = b[b.count == 1 ? 0 : i] else { return nil }
                switch node.operation {
                case .add: return x &+ y
                case .subtract: return x &- y
                case .multiply: return x &* y
                default: return y == 0 || y == -1 ? nil : x / y
                }
            }
        case .reduce(.product, _, _):
            guard let values = whole(node, 0) else { return }
            result = [values.reduce(1, &*)]
        default: return
        }
        integers[output] = result
    }
}
