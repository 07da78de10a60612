/// The vocabulary as bytes, laid out like a GGUF array of strings (a 64-bit length before each), with the place of
/// every eighth piece beside it. A view: whoever owns the bytes keeps them.
struct PieceList {
    /// Pieces from one indexed place to the next.
    static let stride = 8

    let count: Int
    private let bytes: UnsafeRawBufferPointer
    /// UInt32 offsets of pieces 0, 8, 16 …
    private let index: UnsafeRawBufferPointer

    init(count: Int, bytes: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer) {
        self.count = count
        self.bytes = bytes
        self.index = index
    }

    /// The bytes of a piece; empty for an id outside the vocabulary. The index comes from a file: every step is
    /// checked.
    func piece(_ id: Int) -> UnsafeRawBufferPointer {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        guard id >= 0, id < count, id / PieceList.stride * 4 + 4 <= index.count else { return empty }
        var offset = Int(
            truncatingIfNeeded: index.loadUnaligned(fromByteOffset: id / PieceList.stride * 4, as: UInt32.self))
        var hops = id % PieceList.stride
        while true {
            guard offset >= 0, bytes.count - offset >= 8 else { return empty }
            let length = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard length <= UInt64(bytes.count - offset - 8) else { return empty }
            if hops == 0 { return UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + Int(length))]) }
            offset += 8 + Int(length)
            hops -= 1
        }
    }

    /// The layout and the index of pieces.
    static func encode(_ pieces: [[UInt8]]) -> (bytes: [UInt8], index: [UInt32]) {
        var bytes: [UInt8] = []
        var index: [UInt32] = []
        for (i, piece) in pieces.enumerated() {
            if i % stride == 0 { index.append(UInt32(truncatingIfNeeded: bytes.count)) }
            var length = UInt64(piece.count)
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: length))
                length >>= 8
            }
            bytes.append(contentsOf: piece)
        }
        return (bytes, index)
    }
}
