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

    /// A way through the trie along a text.
    struct Walk {
        fileprivate var payload: UInt32
        fileprivate var position: Int
        fileprivate var limit: Int
        /// What is before the position of the text, less that place: so much more of a piece lies behind.
        fileprivate let shift: Int
    }

    /// The way of the pieces that begin at `start`; `depth` bytes of the pieces lie before `start` already when it
    /// begins at an inner node.
    @inline(__always)
    func walk(_ text: UnsafeRawBufferPointer, from start: Int, node: Node, depth: Int = 0) -> Walk {
        // No piece is longer; a damaged trie that leads back into itself ends here.
        let limit = min(text.count, start + TokenizerTables.maxPieceBytes)
        return Walk(payload: node.payload, position: start, limit: limit, shift: depth - start)
    }

    /// The next piece on a way, shortest first: its id and where it ends; nil where there is none. A damaged trie may
    /// lead to ids of no piece, which are left out.
    @inline(__always)
    func next(_ walk: inout Walk, _ text: UnsafeRawBufferPointer) -> (id: Int, end: Int)? {
        while walk.position < walk.limit {
            let byte = text[walk.position]
            let index = Int(walk.payload ^ UInt32(byte))
            guard byte != 0, index < unitCount else { return nil }
            let unit = unit(index)
            guard UInt8(truncatingIfNeeded: unit) == byte else { return nil }
            walk.position &+= 1
            walk.payload = unit >> PieceTrie.payloadShift
            if unit & PieceTrie.leaf != 0 {
                walk.limit = 0
                guard unit & PieceTrie.more != 0 else {
                    return Int(walk.payload) < pieces.count ? (Int(walk.payload), walk.position) : nil
                }
                return rest(walk, text)
            }
            if unit & PieceTrie.more != 0, Int(walk.payload) < unitCount {
                let id = Int(self.unit(Int(walk.payload)) >> PieceTrie.payloadShift)
                if id < pieces.count { return (id, walk.position) }
            }
        }
        return nil
    }

    /// The only piece that goes on, if the text does so too.
    private func rest(_ walk: Walk, _ text: UnsafeRawBufferPointer) -> (id: Int, end: Int)? {
        let id = Int(walk.payload)
        guard walk.position < text.count, id < pieces.count else { return nil }
        let piece = pieces.piece(id)
        var position = walk.position
        let end = piece.count - walk.shift
        guard end <= text.count, piece.count <= TokenizerTables.maxPieceBytes else { return nil }
        while position < end {
            guard text[position] == piece[position + walk.shift] else { return nil }
            position += 1
        }
        return (id, position)
    }

    /// The longest piece that begins at `start`, of those that `types` says are of a type, if it is there.
    func longest(
        _ text: UnsafeRawBufferPointer, from start: Int, node: Node, depth: Int = 0,
        of type: PieceType? = nil, _ types: UnsafeRawBufferPointer? = nil
    ) -> (id: Int, end: Int)? {
        var walk = walk(text, from: start, node: node, depth: depth)
        var longest: (id: Int, end: Int)?
        while let piece = next(&walk, text) {
            if let type, let types, piece.id >= types.count || types[piece.id] != type.rawValue { continue }
            longest = piece
        }
        return longest
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
        guard let root, let piece = longest(bytes, from: 0, node: root), piece.end == bytes.count else { return nil }
        return piece.id
    }
}
