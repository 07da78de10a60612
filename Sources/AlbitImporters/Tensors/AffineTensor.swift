import AlbitText

/// (x - zero point) * scale, computed when it is read: a dequantized weight, or one that an exporter's scale goes into.
final class AffineTensor: LazyTensor {
    let shape: [Int]
    var dtype: TensorType { .float32 }
    var isSequential: Bool { base.isSequential }
    var origin: TensorOrigin? { nil }
    let base: any LazyTensor
    /// One for all, or one for each index of the axis.
    private let scale: [Float]
    private let zeroPoint: [Float]
    /// Elements that follow each other with one index of the axis.
    private let inner: Int
    private let extent: Int

    /// Counts that fit neither 1 nor the axis are the caller's to refuse.
    init(_ base: any LazyTensor, scale: [Float], zeroPoint: [Float], axis: Int) {
        self.base = base
        shape = base.shape
        self.scale = scale
        self.zeroPoint = zeroPoint
        extent = shape.indices.contains(axis) ? max(1, shape[axis]) : 1
        inner = shape.indices.contains(axis) ? max(1, shape[(axis + 1)...].reduce(1, &*)) : 1
    }

    /// Whether another one does the same to its elements.
    func isSameMap(as other: AffineTensor) -> Bool {
        shape == other.shape && scale == other.scale && zeroPoint == other.zeroPoint && inner == other.inner
            && extent == other.extent
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        try base.read(range, into: buffer)
        if scale.count <= 1 && zeroPoint.count <= 1 {
            let scale = scale.first ?? 1
            let zero = zeroPoint.first ?? 0
            for i in 0..<range.count { buffer[i] = (buffer[i] - zero) * scale }
            return
        }
        var channel = range.lowerBound / inner % extent
        var rest = inner - range.lowerBound % inner
        for i in 0..<range.count {
            let zero = zeroPoint.count > 1 ? zeroPoint[channel] : zeroPoint.first ?? 0
            let factor = scale.count > 1 ? scale[channel] : scale.first ?? 1
            buffer[i] = (buffer[i] - zero) * factor
            rest -= 1
            if rest == 0 {
                rest = inner
                channel = channel + 1 == extent ? 0 : channel + 1
            }
        }
    }
}
