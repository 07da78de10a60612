import AlbitModel
import AlbitText

/// Parameters that are being put together from constants of a graph.
struct GraphAssembly {
    let path: String
    let graph: DataflowGraph
    let configuration: Configuration
    var sabotage: GraphSabotage?
    private(set) var parameters: [Parameter: any LazyTensor] = [:]
    /// The constant that each parameter is made of.
    private(set) var names: [Parameter: String] = [:]
    private var constants: [Parameter: FoldedConstant] = [:]
    /// Constants that became a parameter, or are copies of one.
    private var roles: [DataflowGraph.ValueID: Parameter] = [:]
    private var copies: [(kept: DataflowGraph.ValueID, duplicate: DataflowGraph.ValueID)] = []

    init(path: String, graph: DataflowGraph, configuration: Configuration) {
        self.path = path
        self.graph = graph
        self.configuration = configuration
    }

    /// Constants of the graph that became a parameter, or are copies of one.
    var weights: Dictionary<DataflowGraph.ValueID, Parameter>.Keys { roles.keys }

    /// The constant that stands for a parameter so far.
    func constant(_ parameter: Parameter) -> FoldedConstant? { constants[parameter] }

    mutating func set(_ parameter: Parameter, _ constant: FoldedConstant?) throws(Fault) {
        guard let constant, let tensor = constant.tensor else {
            throw Fault(
                .importMissingTensor, in: path, "\(parameter.name(configuration)) is missing",
                expected: "a tensor named "
                    + "\(["a constant of the graph"].map { "'\($0)'" }.joined(separator: " or "))")
        }
        parameters[parameter] = tensor
        constants[parameter] = constant
        names[parameter] = constant.roots.map { graph.values[$0].name }.joined(separator: " + ")
        for root in constant.roots where roles[root] == nil { roles[root] = parameter }
    }

    /// A vector that a graph may leave out where it is zero.
    mutating func set(_ parameter: Parameter, _ constant: FoldedConstant?, orZeros count: Int) throws(Fault) {
        if let constant { return try set(parameter, constant.flat) }
        parameters[parameter] = UniformTensor(0, shape: [count])
        names[parameter] = "zeros"
    }

    mutating func set(_ module: ParameterModule, _ linear: LinearMatch) throws(Fault) {
        let linear = sabotage.map { $0.spoil(linear, of: module) } ?? linear
        try set(.weight(module), linear.finishedWeight)
        try set(.bias(module), linear.finishedBias, orZeros: linear.rows)
    }

    mutating func set(_ module: ParameterModule, _ norm: Normalization) throws(Fault) {
        try set(.weight(module), norm.scale.flat)
        try set(.bias(module), norm.bias, orZeros: norm.scale.count)
    }

    /// Notes that `copy` holds what `parameter` holds.
    mutating func merge(_ copy: FoldedConstant?, into parameter: Parameter) {
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
            report.tensors.append(
                ImportReport.Tensor(
                    name: value.name, dtype: tensor.dtype.rawValue, shape: tensor.shape, bytes: tensor.byteCount,
                    parameter: duplicates.contains(id) ? nil : role))
            if role == nil {
                others += 1
                report.ignored.append(
                    IgnoredTensor(name: value.name, reason: "no part of the encoder or of a head that Albit knows"))
            }
        }
        for (kept, pairs) in Dictionary(grouping: copies, by: \.kept).sorted(by: { $0.key < $1.key }) {
            report.merged.append(
                .init(
                    kept: graph.values[kept].name, duplicates: pairs.map { graph.values[$0.duplicate].name }))
        }
    }
}

extension LayerMatch {
    /// The layer's parameters as those of stored layer `index`; nil for a bias that is left out.
    func parameters(ofLayer index: Int) -> [(parameter: Parameter, constant: FoldedConstant?)] {
        let linears: [(LayerModule, LinearMatch)] = [
            (.query, attention.query), (.key, attention.key), (.value, attention.value), (.attentionOutput, dense),
            (.ffnUp, ffn),
            (.ffnDown, ffnOutput),
        ]
        let norms: [(LayerModule, Normalization)] = [(.attentionNorm, attentionNorm), (.outputNorm, norm)]
        // Vectors first: where layers differ, they are the quicker to tell it.
        return linears.map { (.bias(layer: index, $0), $1.finishedBias) }
            + norms.flatMap { [(.weight(layer: index, $0), $1.scale.flat), (.bias(layer: index, $0), $1.bias?.flat)] }
            + linears.map { (.weight(layer: index, $0), $1.finishedWeight) }
    }
}

extension FoldedConstant {
    /// Whether two constants hold the same bits; read only where their places differ.
    func isEqual(to other: FoldedConstant) throws(Fault) -> Bool {
        guard shape == other.shape else { return false }
        if strides == other.strides, offset == other.offset, base.shape == other.base.shape,
            base.dtype == other.base.dtype
        {
            if base === other.base { return true }
            if let a = base as? AffineTensor, let b = other.base as? AffineTensor, a.isSameMap(as: b) {
                return try FoldedConstant(a.base, roots: []).isEqual(to: FoldedConstant(b.base, roots: []))
            }
            if let a = base as? StoredTensor, let b = other.base as? StoredTensor {
                if a.origin == b.origin { return true }
                // The same arrangement of equal bytes: nothing needs to be turned round.
                return try FoldedConstant.equalBytes([a, b])
            }
        }
        guard let tensor, let second = other.tensor else { return false }
        return try TensorComparison.equal(tensor, second)
    }

    /// Whether all of these hold the same bits; the first is read once for all. Nil where only pairs can tell.
    static func allEqual(_ constants: [FoldedConstant]) throws(Fault) -> Bool? {
        guard let first = constants.first else { return true }
        var tensors: [StoredTensor] = []
        for constant in constants {
            guard constant.shape == first.shape, constant.strides == first.strides, constant.offset == first.offset,
                constant.base.shape == first.base.shape, constant.base.dtype == first.base.dtype
            else { return nil }
            if let affine = constant.base as? AffineTensor, let other = first.base as? AffineTensor {
                guard affine.isSameMap(as: other), let stored = affine.base as? StoredTensor,
                    stored.dtype == other.base.dtype
                else { return nil }
                tensors.append(stored)
            } else if let stored = constant.base as? StoredTensor {
                tensors.append(stored)
            } else {
                return nil
            }
        }
        var seen = Set<TensorOrigin>()
        return try equalBytes(tensors.filter { $0.origin.map { seen.insert($0).inserted } ?? true })
    }

    /// Tensors of one shape and type, block by block.
    private static func equalBytes(_ tensors: [StoredTensor]) throws(Fault) -> Bool {
        guard let first = tensors.first, tensors.count > 1 else { return true }
        let count = first.byteCount
        let block = min(1 << 18, max(8, count))
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * block, alignment: 16)
        defer { scratch.deallocate() }
        var start = 0
        while start < count {
            let size = min(block, count - start)
            let kept = UnsafeMutableRawBufferPointer(rebasing: scratch[..<size])
            let copy = UnsafeMutableRawBufferPointer(rebasing: scratch[block..<(block + size)])
            try first.source.read(at: first.offset + start, into: kept)
            for tensor in tensors.dropFirst() {
                try tensor.source.read(at: tensor.offset + start, into: copy)
                guard differs(kept, copy) == 0 else { return false }
            }
            start += size
        }
        return true
    }

    /// Bits in which two buffers of one size differ, joined.
    private static func differs(_ a: UnsafeMutableRawBufferPointer, _ b: UnsafeMutableRawBufferPointer) -> UInt64 {
        var difference: UInt64 = 0
        var i = 0
        while i &+ 8 <= a.count {
            difference |=
                a.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                ^ b.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            i &+= 8
        }
        while i < a.count {
            difference |= UInt64(a[i] ^ b[i])
            i &+= 1
        }
        return difference
    }
}
