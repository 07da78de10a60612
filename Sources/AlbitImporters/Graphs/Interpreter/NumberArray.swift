/// An array that flows through a graph while it is executed: float32 numbers, or whole numbers and truth values.
package struct NumberArray: Sendable {
    package enum Numbers: Sendable {
        case floats([Float])
        /// Truth values are 0 and 1.
        case integers([Int])
    }

    package let shape: [Int]
    package let numbers: Numbers

    /// Elements of one array: 64 MB of float32.
    static let maxElements = 1 << 24
    static let maxRank = 16

    /// The number of elements; nil where the shape is impossible or too large to be computed here. Where an axis has no
    /// elements, the others are bounded all the same: loops run over them.
    static func count(_ shape: [Int]) -> Int? {
        guard shape.count <= maxRank, let size = shape.map({ $0 == 0 ? 1 : $0 }).checkedProduct, size <= maxElements
        else { return nil }
        return shape.contains(0) ? 0 : size
    }

    /// Nil where the numbers do not fill the shape.
    package init?(shape: [Int], floats: [Float]) {
        guard NumberArray.count(shape) == floats.count else { return nil }
        self.shape = shape
        numbers = .floats(floats)
    }

    package init?(shape: [Int], integers: [Int]) {
        guard NumberArray.count(shape) == integers.count else { return nil }
        self.shape = shape
        numbers = .integers(integers)
    }

    /// A vector.
    init(_ integers: [Int]) {
        shape = [integers.count]
        numbers = .integers(integers)
    }

    /// A single number.
    init(number: Float) {
        shape = []
        numbers = .floats([number])
    }

    private init(unchecked shape: [Int], _ numbers: Numbers) {
        self.shape = shape
        self.numbers = numbers
    }

    package var count: Int {
        switch numbers {
        case .floats(let values): values.count
        case .integers(let values): values.count
        }
    }

    var byteCount: Int {
        switch numbers {
        case .floats(let values): 4 &* values.count
        case .integers(let values): 8 &* values.count
        }
    }

    var isFloating: Bool { if case .floats = numbers { true } else { false } }

    /// All elements as float32; whole numbers are rounded to the nearest.
    package var floats: [Float] {
        switch numbers {
        case .floats(let values): values
        case .integers(let values): values.map { Float($0) }
        }
    }

    /// All elements as whole numbers; fractions are cut off, what does not fit becomes the nearest that does, and NaN
    /// 0.
    var integers: [Int] {
        switch numbers {
        case .floats(let values): values.map(NumberArray.whole)
        case .integers(let values): values
        }
    }

    static func whole(_ value: Float) -> Int {
        if value.isNaN { return 0 }
        return value >= 9.2e18 ? Int.max : value <= -9.2e18 ? Int.min : Int(value)
    }

    /// The only element, as a whole number.
    var integer: Int? { count == 1 ? integers.first : nil }
    var float: Float? { count == 1 ? floats.first : nil }

    /// The same elements under other dimensions; nil where their number differs.
    func reshaped(_ shape: [Int]) -> NumberArray? {
        guard NumberArray.count(shape) == count else { return nil }
        return NumberArray(unchecked: shape, numbers)
    }

    /// The axis that a number means, which may count from the end; nil where there is none.
    func axis(_ axis: Int) -> Int? { NumberArray.axis(axis, rank: shape.count) }

    static func axis(_ axis: Int, rank: Int) -> Int? {
        let result = axis < 0 ? axis &+ rank : axis
        return result >= 0 && result < rank ? result : nil
    }

    /// The elements that begin at `offset` and lie `strides` apart: transpositions, slices and broadcasts. Nil where
    /// one would lie outside.
    func arranged(shape target: [Int], strides: [Int], offset: Int = 0) -> NumberArray? {
        guard target.count == strides.count, let wanted = NumberArray.count(target) else { return nil }
        guard wanted > 0 else { return empty(target) }
        var (first, last) = (offset, offset)
        for (extent, stride) in zip(target, strides) {
            let (reach, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
            guard !overflow, abs(reach) <= NumberArray.maxElements else { return nil }
            if reach < 0 { first += reach } else { last += reach }
        }
        guard first >= 0, last < count else { return nil }
        switch numbers {
        case .floats(let values):
            return NumberArray(unchecked: target, .floats(NumberArray.copy(values, target, strides, offset, wanted)))
        case .integers(let values):
            return NumberArray(unchecked: target, .integers(NumberArray.copy(values, target, strides, offset, wanted)))
        }
    }

    /// No elements, of the same kind.
    func empty(_ shape: [Int]) -> NumberArray? {
        isFloating ? NumberArray(shape: shape, floats: []) : NumberArray(shape: shape, integers: [])
    }

    private static func copy<T>(_ values: [T], _ shape: [Int], _ strides: [Int], _ offset: Int, _ count: Int) -> [T] {
        let inner = shape.last ?? 1
        let step = strides.last ?? 0
        return values.withUnsafeBufferPointer { source in
            [T](unsafeUninitializedCapacity: count) { buffer, filled in
                guard let base = buffer.baseAddress else { return }
                var index = [Int](repeating: 0, count: max(0, shape.count - 1))
                var start = offset
                var written = 0
                while written < count {
                    for i in 0..<inner { (base + written + i).initialize(to: source[start + i * step]) }
                    written += inner
                    var axis = index.count - 1
                    while axis >= 0 {
                        index[axis] += 1
                        start += strides[axis]
                        if index[axis] < shape[axis] { break }
                        start -= strides[axis] * shape[axis]
                        index[axis] = 0
                        axis -= 1
                    }
                }
                filled = count
            }
        }
    }

    /// Repeated along axes of extent 1, as NumPy does; nil where the shapes do not go together.
    func broadcast(to target: [Int]) -> NumberArray? {
        if target == shape { return self }
        guard let strides = NumberArray.broadcastStrides(shape, to: target) else { return nil }
        return arranged(shape: target, strides: strides)
    }

    /// Steps through an array of `shape` for each axis of `target`: 0 where it is repeated.
    static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int]? {
        guard target.count >= shape.count else { return nil }
        let own = shape.rowMajorStrides
        let missing = target.count - shape.count
        var result = [Int](repeating: 0, count: target.count)
        for axis in shape.indices {
            if shape[axis] == target[axis + missing] {
                result[axis + missing] = own[axis]
            } else if shape[axis] != 1 {
                return nil
            }
        }
        return result
    }

    /// The shape that two arrays are broadcast to.
    static func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
        var result = [Int](repeating: 1, count: max(a.count, b.count))
        for axis in result.indices {
            let x = axis - (result.count - a.count)
            let y = axis - (result.count - b.count)
            let (p, q) = (x < 0 ? 1 : a[x], y < 0 ? 1 : b[y])
            guard p == q || p == 1 || q == 1 else { return nil }
            result[axis] = p == 1 ? q : p
        }
        return result
    }

    /// Joined along an axis; nil where the other axes differ.
    static func joined(_ parts: [NumberArray], axis: Int) -> NumberArray? {
        guard let first = parts.first, let axis = first.axis(axis) else { return nil }
        var shape = first.shape
        var extent = 0
        for part in parts {
            var other = part.shape
            guard other.count == shape.count else { return nil }
            extent &+= other[axis]
            other[axis] = shape[axis]
            guard other == shape else { return nil }
        }
        shape[axis] = extent
        guard count(shape) != nil else { return nil }
        let outer = shape[..<axis].reduce(1, *)
        if parts.contains(where: \.isFloating) {
            return NumberArray(shape: shape, floats: interleaved(parts.map(\.floats), outer))
        }
        return NumberArray(shape: shape, integers: interleaved(parts.map(\.integers), outer))
    }

    private static func interleaved<T>(_ parts: [[T]], _ outer: Int) -> [T] {
        var result: [T] = []
        result.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for i in 0..<outer {
            for part in parts {
                let block = part.count / max(1, outer)
                result += part[(i * block)..<((i + 1) * block)]
            }
        }
        return result
    }
}
