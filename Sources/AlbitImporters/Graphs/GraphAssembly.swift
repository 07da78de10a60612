import AlbitModel

/// Canonical parameters that are being put together from constants of a graph.
struct GraphAssembly {
    let path: String
    let graph: DataflowGraph
    private(set) var parameters: [String: any LazyTensor] = [:]
    /// The constant that each parameter is made of.
    private(set) var names: [String: String] = [:]
    private var constants: [String: FoldedConstant] = [:]
    /// Constants that became a parameter, or are copies of one.
    private var roles: [DataflowGraph.ValueID: String] = [:]
    private var copies: [(kept: DataflowGraph.ValueID, duplicate: DataflowGraph.ValueID)] = []

    init(path: String, graph: DataflowGraph) {
        self.path = path
        self.graph = graph
    }

    /// The constant that stands for a parameter so far.
    func constant(_ parameter: String) -> FoldedConstant? { constants[parameter] }

    mutating func set(_ parameter: String, _ constant: FoldedConstant?) throws(ImportError) {
        guard let constant, let tensor = constant.tensor else {
            throw .missingTensor(path: path, parameter: parameter, expected: ["a constant of the graph"])
        }
        parameters[parameter] = tensor
        constants[parameter] = constant
        names[parameter] = constant.roots.map { graph.values[$0].name }.joined(separator: " + ")
        for root in constant.roots where roles[root] == nil { roles[root] = parameter }
    }

    /// A vector that a graph may leave out where it is zero.
    mutating func set(_ parameter: String, _ constant: FoldedConstant?, orZeros count: Int) throws(ImportError) {
        if let constant { return try set(parameter, constant.flat) }
        parameters[parameter] = NumberTensor(0, shape: [count])
        names[parameter] = "zeros"
    }

    mutating func set(_ name: String, _ linear: LinearMatch) throws(ImportError) {
        try set(name + ".weight", linear.finishedWeight)
        try set(name + ".bias", linear.finishedBias, orZeros: linear.rows)
    }

    mutating func set(_ name: String, _ norm: Normalization) throws(ImportError) {
        try set(name + ".weight", norm.scale.flat)
        try set(name + ".bias", norm.bias, orZeros: norm.scale.count)
    }

    /// Notes that `copy` holds what `parameter` holds.
    mutating func merge(_ copy: FoldedConstant?, into parameter: String) {
        guard let kept = constants[parameter]?.roots, let copy, kept.count == copy.roots.count else { return }
        for (first, second) in zip(kept, copy.roots) where first != second {
            if roles[second] == nil { copies.append((first, second)) }
            roles[second] = roles[second] ?? parameter
        }
    }

    /// Tells what became of every constant that could be a weight.
    func list(in report: inout ImportReport) {
        let duplicates = Set(copies.map(\.duplicate))
        var others = 0
        for (id, value) in graph.values.enumerated() {
            guard case .constant(let tensor) = value.definition else { continue }
            let role = roles[id]
            guard role != nil || (tensor.dtype.isFloating && tensor.elementCount > 1) else { continue }
            report.tensors.append(ImportReport.Tensor(
                name: value.name, dtype: tensor.dtype.rawValue, shape: tensor.shape, bytes: tensor.byteCount,
                parameter: duplicates.contains(id) ? nil : role))
            if role == nil {
                others += 1
                report.ignored.append(IgnoredTensor(name: value.name, reason: "no part of the encoder or of a head that Albit knows"))
            }
        }
        for (kept, pairs) in Dictionary(grouping: copies, by: \.kept).sorted(by: { $0.key < $1.key }) {
            report.merged.append(.init(
                kept: graph.values[kept].name, duplicates: pairs.map { graph.values[$0.duplicate].name }))
        }
    }
}

extension LayerMatch {
    /// The layer's parameters by their canonical part; nil for a bias that is left out.
    var parameters: [(part: ParameterName.Layer, constant: FoldedConstant?)] {
        [
            (.queryBias, attention.query.finishedBias), (.keyBias, attention.key.finishedBias), (.valueBias, attention.value.finishedBias),
            (.outputBias, dense.finishedBias), (.attentionNormWeight, attentionNorm.scale.flat),
            (.attentionNormBias, attentionNorm.bias?.flat), (.ffnBias, ffn.finishedBias), (.ffnOutputBias, ffnOutput.finishedBias),
            (.layerNormWeight, norm.scale.flat), (.layerNormBias, norm.bias?.flat), (.queryWeight, attention.query.finishedWeight),
            (.keyWeight, attention.key.finishedWeight), (.valueWeight, attention.value.finishedWeight), (.outputWeight, dense.finishedWeight),
            (.ffnWeight, ffn.finishedWeight), (.ffnOutputWeight, ffnOutput.finishedWeight),
        ]
    }
}

extension FoldedConstant {
    /// Whether two constants hold the same bits; read only where their places differ.
    func isEqual(to other: FoldedConstant) throws(ImportError) -> Bool {
        guard shape == other.shape else { return false }
        if strides == other.strides, offset == other.offset, base.shape == other.base.shape, base.dtype == other.base.dtype {
            if base === other.base { return true }
            if let a = base as? AffineTensor, let b = other.base as? AffineTensor, a.isSameMap(as: b) {
                return try FoldedConstant(a.base, roots: []).isEqual(to: FoldedConstant(b.base, roots: []))
            }
            if let a = base as? StoredTensor, let b = other.base as? StoredTensor {
                if a.origin == b.origin { return true }
                // The same arrangement of equal bytes: nothing needs to be turned round.
                if try FoldedConstant.equalBytes(a, b) { return true }
                return false
            }
        }
        guard let tensor, let second = other.tensor else { return false }
        return try TensorComparison.equal(tensor, second)
    }

    private static func equalBytes(_ a: StoredTensor, _ b: StoredTensor) throws(ImportError) -> Bool {
        let block = 1 << 18
        let count = a.byteCount
        return try wrapping {
            try withUnsafeTemporaryAllocation(byteCount: 2 * min(block, max(8, count)), alignment: 16) { scratch in
                var start = 0
                while start < count {
                    let size = min(block, count - start)
                    let left = UnsafeMutableRawBufferPointer(rebasing: scratch[..<size])
                    let right = UnsafeMutableRawBufferPointer(rebasing: scratch[(scratch.count / 2)..<(scratch.count / 2 + size)])
                    try a.source.read(at: a.offset + start, into: left)
                    try b.source.read(at: b.offset + start, into: right)
                    var difference: UInt64 = 0
                    var i = 0
                    while i + 8 <= size {
                        difference |= left.loadUnaligned(fromByteOffset: i, as: UInt64.self) ^ right.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                        i += 8
                    }
                    while i < size {
                        difference |= UInt64(left[i] ^ right[i])
                        i += 1
                    }
                    if difference != 0 { return false }
                    start += size
                }
                return true
            }
        }
    }
}
