import AlbitModel
import CKernels

/// What happens to the rows of a matmul's input before they become integers: x - shift, signs, Walsh-Hadamard in
/// blocks. Weights go through the inverse, so that the product stays the same.
///
/// Source: QuaRot (Ashkboos et al., 2024) for rotations; formats/int8.md.
package struct InputTransform: Sendable {
    /// True input channels.
    package let columns: Int
    /// Hadamard block, 0: no rotation.
    package let block: Int
    /// Mean per channel, empty: no shift.
    package let shift: [Float]
    /// Of calibration rows only: the head rotation that the values' weights will have undergone, and the mean to
    /// take off before it. The runtime sees rotated contexts already.
    let values: (rotation: HeadRotation, mean: [Float])?

    package init(columns: Int, rotated: Bool, shift: [Float]) {
        self.init(columns: columns, rotated: rotated, shift: shift, values: nil)
    }

    /// The shift as the file stores it: half precision, which moves a mean by less than the noise of its estimate.
    /// What is folded into the bias is this rounded value, so nothing is lost.
    static func stored(_ mean: Float) -> Float16 { Float16(min(max(mean, -65504), 65504)) }

    init(columns: Int, rotated: Bool, shift: [Float], values: (rotation: HeadRotation, mean: [Float])?) {
        self.columns = columns
        self.values = values
        let shift = shift.map { Float(InputTransform.stored($0)) }
        block = rotated ? Int(kernel_rotation_block(Int32(columns))) : 0
        self.shift = shift
    }

    /// Width of a transformed row.
    package var width: Int { Panels.width(columns, isRotated: block > 0) }

    /// How a matrix of `rows` output channels lies whose input is transformed so.
    func panels(rows: Int) -> Panels { Panels(rows: rows, columns: columns, isRotated: block > 0) }

    /// Transforms one row of activations [columns] into [width]; float steps as in the kernels' quantizer.
    func apply(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
        if let values {
            for i in 0..<columns { out[i] = row[i] - values.mean[i] }
            for head in stride(from: 0, to: columns, by: values.rotation.size) { values.rotation.rotate(out + head) }
        } else {
            for i in 0..<columns { out[i] = shift.isEmpty ? row[i] : row[i] - shift[i] }
        }
        for i in columns..<width { out[i] = 0 }
        rotate(out)
    }

    /// Transforms one row of weights [columns] into [width]: rotated and divided by the block, which makes up for
    /// the rotation of the input being unnormalised.
    func applyToWeights(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
        for i in 0..<columns { out[i] = row[i] }
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
