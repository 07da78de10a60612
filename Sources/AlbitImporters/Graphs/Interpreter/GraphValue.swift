import AlbitText

/// A value while a graph is executed: computed, or still in its file.
enum GraphValue {
    case computed(NumberArray)
    /// A weight, possibly in another arrangement; read where it is used, and not kept.
    case stored(any LazyTensor)

    /// Elements of a constant that is read as soon as it is met.
    static let smallElements = 1 << 12

    init(_ tensor: any LazyTensor) throws(Fault) {
        self = .stored(tensor)
        if tensor.shape.checkedProduct ?? Int.max <= GraphValue.smallElements, let array = try array() {
            self = .computed(array)
        }
    }

    var shape: [Int] {
        switch self {
        case .computed(let array): array.shape
        case .stored(let tensor): tensor.shape
        }
    }

    var byteCount: Int { if case .computed(let array) = self { array.byteCount } else { 0 } }

    /// All elements; nil where there are more than are computed with.
    func array() throws(Fault) -> NumberArray? {
        switch self {
        case .computed(let array): return array
        case .stored(let tensor):
            guard let count = NumberArray.count(tensor.shape) else { return nil }
            return try GraphValue.read(tensor, 0..<count, shape: tensor.shape)
        }
    }

    static func read(_ tensor: any LazyTensor, _ range: Range<Int>, shape: [Int]) throws(Fault) -> NumberArray? {
        let values = try tensor.values(range)
        if tensor.dtype.isFloating { return NumberArray(shape: shape, floats: values) }
        return NumberArray(shape: shape, integers: values.map(NumberArray.whole))
    }

    /// The weight in another arrangement without reading it; nil where the operation is none, or the value is computed.
    func arranged(_ operation: Operation, _ second: [Int]?) -> GraphValue? {
        guard case .stored(let tensor) = self else { return nil }
        switch operation {
        case .identity: return self
        case .cast(to: .float): return tensor.dtype.isFloating ? self : nil
        case .transpose(let permutation):
            let axes = permutation ?? second ?? Array(tensor.shape.indices.reversed())
            guard axes.count == tensor.shape.count, Set(axes) == Set(tensor.shape.indices) else { return nil }
            let strides = tensor.shape.rowMajorStrides
            return TensorView(tensor, shape: axes.map { tensor.shape[$0] }, strides: axes.map { strides[$0] }).map {
                .stored($0)
            }
        case .reshape:
            guard let shape = second.flatMap({ ConstantFolding.resolve($0, from: tensor.shape) }) else { return nil }
            return TensorView.reshaped(tensor, to: shape).map { .stored($0) }
        default: return nil
        }
    }

    /// Rows of a table in a file, by index; nil where the value is computed or an index lies outside.
    func rows(_ indices: NumberArray) throws(Fault) -> NumberArray? {
        guard case .stored(let tensor) = self, let extent = tensor.shape.first,
            let width = Array(tensor.shape.dropFirst()).checkedProduct
        else { return nil }
        let shape = indices.shape + tensor.shape.dropFirst()
        guard NumberArray.count(shape) != nil else { return nil }
        var values: [Float] = []
        values.reserveCapacity(indices.count * width)
        for index in indices.integers {
            let row = index < 0 ? index &+ extent : index
            guard row >= 0, row < extent else { return nil }
            guard let part = try GraphValue.read(tensor, (row * width)..<((row + 1) * width), shape: [width]) else {
                return nil
            }
            values += part.floats
        }
        guard tensor.dtype.isFloating else { return NumberArray(shape: shape, integers: values.map(NumberArray.whole)) }
        return NumberArray(shape: shape, floats: values)
    }
}
