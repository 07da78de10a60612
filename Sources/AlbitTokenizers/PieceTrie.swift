/// A byte trie over all pieces: a double array that stops where only one piece is left, whose remaining bytes are
/// then compared with the piece itself. Lies in the model file; nothing is built at opening. Empty pieces and pieces
/// with a zero byte are not in it.
///
/// A unit is 32 bits: the byte that leads to it (bits 0-7), `leaf` (8), `more` (9), payload (10-31). The child of a
/// unit over byte b lies at payload XOR b, and is one only where its own byte is b. The payload of a leaf is an id;
/// there `more` says that the piece has further bytes. Elsewhere `more` says that a piece ends at this unit: its id is
/// the payload of the unit at (payload XOR 0). Unit 0 is the root.
struct PieceTrie {
    static let leaf: UInt32 = 1 << 8
    static let more: UInt32 = 1 << 9
    static let payloadShift: UInt32 = 10
    static let maxPayload = 1 << 22

    private let units: UnsafeRawBufferPointer
    private let unitCount: Int
    let pieces: PieceList

    init(units: UnsafeRawBufferPointer, pieces: PieceList) {
        self.units = units
        unitCount = units.count / 4
        self.pieces = pieces
    }

    /// A place inside the trie from which matching goes on.
    struct Node {
        fileprivate(set) var payload: UInt32
    }

    var root: Node? { unitCount > 0 ? Node(payload: unit(0) >> PieceTrie.payloadShift) : nil }

    @inline(__always)
    private func unit(_ i: Int) -> UInt32 { units.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self) }

    /// Calls `visit(id, end)` for every piece that begins at `start`, shortest first; `depth` bytes of the pieces lie
    /// before `start` already when matching begins at an inner node. A damaged trie may lead to ids of no piece, which
    /// are left out.
    @inline(__always)
    func match(
        _ text: UnsafeRawBufferPointer, from start: Int, node: Node, depth: Int = 0,
        _ visit: (_ id: Int, _ end: Int) -> Void
    ) {
        var payload = node.payload
        var position = start
        // No piece is longer; a damaged trie that leads back into itself ends here.
        let limit = min(text.count, start + TokenizerTables.maxPieceBytes)
        while position < limit {
            let byte = text[position]
            let index = Int(payload ^ UInt32(byte))
            guard byte != 0, index < unitCount else { return }
            let unit = unit(index)
            guard UInt8(truncatingIfNeeded: unit) == byte else { return }
            position += 1
            payload = unit >> PieceTrie.payloadShift
            if unit & PieceTrie.leaf != 0 {
                guard Int(payload) < pieces.count else { return }
                if unit & PieceTrie.more != 0 {
                    let piece = pieces.piece(Int(payload))
                    var rest = depth + position - start
                    guard piece.count - rest <= text.count - position, piece.count <= TokenizerTables.maxPieceBytes
                    else { return }
                    while rest < piece.count {
                        guard text[position] == piece[rest] else { return }
                        rest += 1
                        position += 1
                    }
                }
                visit(Int(payload), position)
                return
            }
            if unit & PieceTrie.more != 0, Int(payload) < unitCount {
                let id = Int(self.unit(Int(payload)) >> PieceTrie.payloadShift)
                if id < pieces.count { visit(id, position) }
            }
        }
    }

    /// The node that a prefix leads to; nil where no piece goes on from there (or only one, cut off before).
    func node(after prefix: [UInt8]) -> Node? {
        guard var node = root else { return nil }
        for byte in prefix {
            let index = Int(node.payload ^ UInt32(byte))
            guard byte != 0, index < unitCount else { return nil }
            let unit = unit(index)
            guard UInt8(truncatingIfNeeded: unit) == byte, unit & PieceTrie.leaf == 0 else { return nil }
            node = Node(payload: unit >> PieceTrie.payloadShift)
        }
        return node
    }

    /// The id of the piece that is exactly these bytes.
    func id(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let root else { return nil }
        var result: Int?
        match(bytes, from: 0, node: root) { id, end in
            if end == bytes.count { result = id }
        }
        return result
    }
}
