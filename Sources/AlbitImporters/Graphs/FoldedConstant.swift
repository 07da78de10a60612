import AlbitText

/// A constant expression of a graph: an arrangement of stored elements that is read when it is asked for.
struct FoldedConstant {
    let base: any LazyTensor
    let shape: [Int]
    let strides: [Int]
    let offset: Int
    /// The stored constants that it is made of.
    let roots: [DataflowGraph.ValueID]
    /// Tensors that are computed from tensors: bounded, as a read goes through all of them.
    let depth: Int

    static let maxDepth = 16
    static let maxRoots = 4096

    init(_ base: any LazyTensor, roots: [DataflowGraph.ValueID]) {
        self.base = base
        depth = 0
        shape = base.shape
        strides = base.shape.rowMajorStrides
        offset = 0
        self.roots = roots
    }

    /// Computed from others; nil where that goes too deep.
    init?(_ base: any LazyTensor, from inputs: [FoldedConstant]) {
        let depth = (inputs.map(\.depth).max() ?? 0) + 1
        let roots = Set(inputs.flatMap(\.roots))
        guard depth <= FoldedConstant.maxDepth, roots.count <= FoldedConstant.maxRoots, base.shape.checkedProduct != nil
        else { return nil }
        self.base = base
        self.depth = depth
        self.roots = roots.sorted()
        shape = base.shape
        strides = base.shape.rowMajorStrides
        offset = 0
    }

    /// Another arrangement of the same base.
    private init(_ other: FoldedConstant, _ shape: [Int], _ strides: [Int], _ offset: Int) {
        base = other.base
        roots = other.roots
        depth = other.depth
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    var count: Int { shape.reduce(1, &*) }

    private var isRowMajor: Bool {
        zip(shape, zip(strides, shape.rowMajorStrides)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
    }

    /// The elements in this arrangement; nil never happens for arrangements made here, but is not trusted.
    var tensor: (any LazyTensor)? {
        if offset == 0 && isRowMajor && shape == base.shape { return base }
        return TensorView(base, shape: shape, strides: strides, offset: offset)
    }

    /// Output axis i is axis `permutation[i]`; nil reverses.
    func transposed(_ permutation: [Int]? = nil) -> FoldedConstant? {
        let axes = permutation ?? shape.indices.reversed()
        guard axes.count == shape.count, Set(axes) == Set(shape.indices) else { return nil }
        return FoldedConstant(self, axes.map { shape[$0] }, axes.map { strides[$0] }, offset)
    }

    func reshaped(_ to: [Int]) -> FoldedConstant? {
        guard to.checkedProduct == count else { return nil }
        if isRowMajor { return FoldedConstant(self, to, to.rowMajorStrides, offset) }
        // A view needs that each group of new axes lies within old axes that follow each other in memory.
        var old = zip(shape, strides).filter { $0.0 != 1 }.map { (extent: $0.0, stride: $0.1) }
        var merged: [(extent: Int, stride: Int)] = []
        for axis in old {
            if let last = merged.last, last.stride == axis.extent &* axis.stride {
                merged[merged.count - 1] = (last.extent &* axis.extent, axis.stride)
            } else {
                merged.append(axis)
            }
        }
        old = merged
        var strides: [Int] = []
        var block = old.isEmpty ? (extent: 1, stride: 1) : old.removeFirst()
        for extent in to {
            if extent == 1 {
                strides.append(0)
                continue
            }
            if block.extent == 1, !old.isEmpty { block = old.removeFirst() }
            guard extent > 0, block.extent % extent == 0 else {
                return tensor.flatMap { FoldedConstant($0, from: [self])?.reshaped(to) }
            }
            block.extent /= extent
            strides.append(block.extent &* block.stride)
        }
        return FoldedConstant(self, to, strides, offset)
    }

    /// Indices `range` of an axis.
    func slice(axis: Int, _ range: Range<Int>) -> FoldedConstant? {
        guard shape.indices.contains(axis), range.lowerBound >= 0, range.upperBound <= shape[axis] else { return nil }
        var part = shape
        part[axis] = range.count
        return FoldedConstant(self, part, strides, offset &+ range.lowerBound &* strides[axis])
    }

    /// The axis of extent 1 left out.
    func dropping(axis: Int) -> FoldedConstant? {
        guard shape.indices.contains(axis), shape[axis] == 1 else { return nil }
        var shape = shape
        var strides = strides
        shape.remove(at: axis)
        strides.remove(at: axis)
        return FoldedConstant(self, shape, strides, offset)
    }

    /// As a matrix: leading axes of extent 1 are left out.
    var matrix: FoldedConstant? {
        guard shape.count >= 2, shape.dropLast(2).allSatisfy({ $0 == 1 }) else { return nil }
        return FoldedConstant(self, Array(shape.suffix(2)), Array(strides.suffix(2)), offset)
    }

    /// As a vector of all elements.
    var flat: FoldedConstant? { reshaped([count]) }

    /// Every element times a number; itself where that is 1.
    func scaled(by factor: Float) -> FoldedConstant? {
        if factor == 1 { return self }
        guard let tensor else { return nil }
        return FoldedConstant(AffineTensor(tensor, scale: [factor], zeroPoint: [0], axis: 0), from: [self])
    }

    /// All elements, where they are few.
    func values(limit: Int = 4096) throws(Fault) -> [Float]? {
        guard count <= limit, let tensor else { return nil }
        return try tensor.values(0..<count)
    }
}
