/// Scores of the pieces of a `tokenizer.json`'s model as doubles: floats, and what they lack. That is nothing, or for
/// each piece a signed byte, the steps from the float to the next doubles, or for each piece all eight bytes of the
/// double.
struct UnigramScores {
    private let floats: UnsafeRawBufferPointer
    private let rest: UnsafeRawBufferPointer
    /// Bytes of the rest for each piece: 0, 1 or 8.
    private let width: Int
    let count: Int
    /// What an unknown character weighs.
    private(set) var unknown = 0.0

    init(_ tables: TokenizerTables) {
        floats = tables.scores
        rest = tables.exactScores
        width = rest.isEmpty ? 0 : rest.count == tables.count ? 1 : 8
        count = min(tables.modelCount, width == 8 ? rest.count / 8 : floats.count / 4)
        var least = Double.infinity
        for id in 0..<count { least = min(least, self[id]) }
        unknown = least - 10
    }

    @inline(__always)
    subscript(_ id: Int) -> Double {
        if width == 8 { return Double(bitPattern: rest.loadUnaligned(fromByteOffset: 8 * id, as: UInt64.self)) }
        let score = Double(Float(bitPattern: floats.loadUnaligned(fromByteOffset: 4 * id, as: UInt32.self)))
        guard width == 1 else { return score }
        return Double(bitPattern: score.bitPattern &+ UInt64(bitPattern: Int64(Int8(bitPattern: rest[id]))))
    }

    /// What the floats lack, in the shortest of the three forms.
    static func remainder(_ exact: [Double], _ floats: [Float]) -> [UInt8] {
        var steps: [UInt8] = []
        for (score, float) in zip(exact, floats) {
            let step = Int64(bitPattern: score.bitPattern &- Double(float).bitPattern)
            guard let byte = Int8(exactly: step) else { return doubles(exact) }
            steps.append(UInt8(bitPattern: byte))
        }
        return steps.allSatisfy { $0 == 0 } ? [] : steps
    }

    private static func doubles(_ values: [Double]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * values.count)
        for value in values {
            for shift: UInt64 in [0, 8, 16, 24, 32, 40, 48, 56] {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }
        return bytes
    }
}
