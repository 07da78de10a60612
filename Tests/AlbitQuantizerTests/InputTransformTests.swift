import Testing

@testable import AlbitQuantizer

/// Weights and inputs are turned by opposite rotations, so that their product stays what it was.
struct InputTransformTests {
    /// Hidden and intermediate sizes of published ALBERTs and BERTs; 312 and 1248 are padded.
    @Test(arguments: [312, 384, 768, 1248, 1536, 2048, 3072, 4096, 16384])
    func productsStay(_ columns: Int) {
        var random = SplitMix(seed: UInt64(columns))
        let x = random.floats(columns)
        let w = random.floats(columns)
        let shift = random.floats(columns)
        let gains = (0..<columns).map { 0.25 + Float($0 % 16) / 4 }
        let transform = InputTransform(columns: columns, rotated: true, shifts: [w, shift], gains: gains)
        #expect(transform.width % transform.block == 0 && transform.width - columns < 64)
        #expect(transform.block & (transform.block - 1) == 0 && (64...1024).contains(transform.block))
        var turned = [Float](repeating: .nan, count: transform.width)
        var weights = turned
        transform.apply(x, into: &turned, application: 1)
        transform.applyToWeights(w, into: &weights)
        // The shift is stored in half precision, and what is stored is what counts.
        let expected = zip(zip(x, transform.shifts[1]), w).reduce(0.0) {
            $0 + (Double($1.0.0) - Double($1.0.1)) * Double($1.1)
        }
        let found = zip(turned, weights).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        // Ten stages of float32 additions round by 10 · 2⁻²⁴ at most, relative to the norms.
        let scale = (x.reduce(0) { $0 + Double($1 * $1) } * w.reduce(0) { $0 + Double($1 * $1) }).squareRoot()
        // Gains of up to 4 here and their inverses there widen the norms by up to 16.
        #expect(abs(found - expected) <= 1e-6 * scale * 16)
    }

    @Test func withoutRotationARowIsPaddedOnly() {
        let transform = InputTransform(columns: 20, rotated: false, shift: [])
        var out = [Float](repeating: .nan, count: transform.width)
        transform.apply((0..<20).map { Float($0) }, into: &out)
        #expect(transform.width == 32 && out == (0..<32).map { $0 < 20 ? Float($0) : 0 })
    }
}

/// SplitMix64 (Steele et al., 2014): the same values on every machine.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in -1 ..< 1.
    mutating func float() -> Float { Float(Int64(bitPattern: next()) >> 40) / 8_388_608 }

    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}
