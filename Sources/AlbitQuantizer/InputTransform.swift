import AlbitModel
import AlbitRuntime
import CKernels

/// What happens to the rows of a matmul's input before they become integers: x - shift, gains and signs, Walsh-Hadamard
/// in blocks. Weights go through the inverse, so that the product stays the same.
///
/// Source: QuaRot (Ashkboos et al., 2024) for rotations; formats/int8.md.
package struct InputTransform: Sendable {
    /// True input channels.
    package let columns: Int
    /// Hadamard block, 0: no rotation.
    package let block: Int
    /// Mean per channel, one for each application of a shared layer; empty: no shift.
    package let shifts: [[Float]]
    /// What channels are multiplied by before the rotation, as the file stores it; empty: by one.
    package let gains: [Float]
    /// Of calibration rows only: what the values' weights of each head will have been multiplied by, and the means to
    /// take off before it. The runtime sees contexts that are so already.
    let values: (transforms: [HeadTransform], means: [[Float]])?

    package init(columns: Int, rotated: Bool, shift: [Float]) {
        self.init(columns: columns, rotated: rotated, shifts: shift.isEmpty ? [] : [shift])
    }

    /// The shift as the file stores it: half precision, which moves a mean by less than the noise of its estimate.
    /// What is folded into the bias is this rounded value, so nothing is lost.
    static func stored(_ mean: Float) -> Float16 { Float16(min(max(mean, -65504), 65504)) }

    /// The values of half precision that the file stores of each of several vectors.
    static func stored(_ vectors: [[Float]]) -> [[Float]] { vectors.map { $0.map { Float(stored($0)) } } }

    init(
        columns: Int, rotated: Bool, shifts: [[Float]], gains: [Float] = [],
        values: (transforms: [HeadTransform], means: [[Float]])? = nil
    ) {
        self.columns = columns
        self.values = values
        self.gains = gains.map { Float(InputTransform.stored($0)) }
        block = rotated ? Int(kernel_rotation_block(Int32(columns))) : 0
        self.shifts = InputTransform.stored(shifts)
    }

    /// Width of a transformed row.
    package var width: Int { Panels.width(columns, isRotated: block > 0) }

    /// How a matrix of `rows` output channels lies whose input is transformed so.
    func panels(rows: Int) -> Panels { Panels(rows: rows, columns: columns, isRotated: block > 0) }

    /// Transforms one row of activations [columns] of an application into [width]; float steps as in the kernels'
    /// quantizer.
    func apply(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, application: Int = 0) {
        if let values {
            let mean = values.means[application]
            for i in 0..<columns { out[i] = row[i] - mean[i] }
            for (head, transform) in values.transforms.enumerated() { transform.apply(out + head * transform.size) }
        } else if shifts.isEmpty {
            out.update(from: row, count: columns)
        } else {
            let shift = shifts[shifts.count == 1 ? 0 : application]
            for i in 0..<columns { out[i] = row[i] - shift[i] }
        }
        for i in columns..<width { out[i] = 0 }
        if !gains.isEmpty { for i in 0..<columns { out[i] *= gains[i] } }
        rotate(out)
    }

    /// Transforms one row of weights [columns] into [width]: divided by the gains, rotated and divided by the block,
    /// which makes up for the rotation of the input being unnormalised.
    func applyToWeights(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
        for i in 0..<columns { out[i] = gains.isEmpty ? row[i] : row[i] / gains[i] }
        for i in columns..<width { out[i] = 0 }
        guard block > 0 else { return }
        rotate(out)
        // A power of two: exact.
        let scale = 1 / Float(block)
        for i in 0..<width { out[i] *= scale }
    }

    private func rotate(_ x: UnsafeMutablePointer<Float>) {
        guard block > 0 else { return }
        for i in 0..<width where kernel_sign(Int32(i & 1023)) { x[i] = -x[i] }
        for start in stride(from: 0, to: width, by: block) {
            let y = x + start
            var stride = 1
            while stride < block {
                var i = 0
                while i < block {
                    for j in i..<(i + stride) {
                        let a = y[j]
                        let b = y[j + stride]
                        y[j] = a + b
                        y[j + stride] = a - b
                    }
                    i += 2 * stride
                }
                stride *= 2
            }
        }
    }
}
