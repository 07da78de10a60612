import AlbitModel

/// A named way to quantize; formats/int8.md tells what each step does and Benchmarks/README.md what it measures.
package enum Preset: String, CaseIterable, Sendable {
    /// Per-channel rounding, no calibration: for comparison, and to stream models of any size.
    case plain
    /// Shift, rotation and GPTQ; 8-bit activations, 16-bit softmax weights.
    case `default`
    /// 16-bit activations and attention on top of the default's weights: twice the multiplications.
    case accurate

    package var isCalibrated: Bool { self != .plain }
    /// Of every site.
    package var precision: SitePrecision { self == .accurate ? .twoPlanes : .onePlane }
    /// Byte planes of softmax weights. With one, which takes 1 to 3 % less work at 128 tokens, the many small weights
    /// of a long text round to nothing; files of the former preset `fast` have one.
    package static let attentionWeightPlanes = 2
}
