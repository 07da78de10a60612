/// Lays the vocabulary out as a `PieceTrie`. Where a piece stands twice, the later id wins.
struct PieceTrieBuilder {
    private let pieces: [[UInt8]]
    private let maxUnits: Int
    /// Ids in the order of their bytes, each piece once.
    private var sorted: [Int32] = []
    private var nodes: [Node] = []
    private var units: [UInt32] = []
    private var taken: [Bool] = []
    /// Whether a node uses the slot as its base: two nodes with one base could take each other's children.
    private var bases: [Bool] = []
    /// Free slots as a linked list, so that filling gaps does not look at what is full; taken ones leave it when met.
    private var next: [Int32] = []
    private var firstFree: Int32 = -1
    private var lastFree: Int32 = -1

    private struct Node {
        var children: [(byte: UInt8, target: Target)]
        /// The id of the piece that ends here, -1 where none does.
        var id: Int32
        var base: Int32 = -1
    }

    private enum Target {
        case node(Int)
        case leaf(id: Int32, more: Bool)
    }

    /// `expanded`: a prefix whose last node must exist even where a single piece follows (WordPiece's "##").
    /// Nil where that takes more than `maxUnits`.
    static func build(_ pieces: [[UInt8]], expanded: [UInt8] = [], maxUnits: Int) -> [UInt32]? {
        var builder = PieceTrieBuilder(pieces: pieces, maxUnits: maxUnits)
        builder.sort()
        _ = builder.node(0..<builder.sorted.count, depth: 0, expanded: expanded)
        return builder.place() ? builder.units : nil
    }

    private init(pieces: [[UInt8]], maxUnits: Int) {
        self.pieces = pieces
        self.maxUnits = maxUnits
    }

    private mutating func sort() {
        let pieces = self.pieces
        var ids: [Int32] = []
        for (i, piece) in pieces.enumerated() where !piece.isEmpty && !piece.contains(0) { ids.append(Int32(i)) }
        ids.sort { a, b in
            let (x, y) = (pieces[Int(a)], pieces[Int(b)])
            for i in 0..<min(x.count, y.count) where x[i] != y[i] { return x[i] < y[i] }
            return x.count != y.count ? x.count < y.count : a < b
        }
        for id in ids {
            if let last = sorted.last, pieces[Int(last)] == pieces[Int(id)] { sorted.removeLast() }
            sorted.append(id)
        }
    }

    /// The node of all pieces in `range`, which share their first `depth` bytes. Depth is bounded by the longest piece.
    private mutating func node(_ range: Range<Int>, depth: Int, expanded: [UInt8]) -> Int {
        let number = nodes.count
        nodes.append(Node(children: [], id: -1))
        var start = range.lowerBound
        if start < range.upperBound, pieces[Int(sorted[start])].count == depth {
            nodes[number].id = sorted[start]
            start += 1
        }
        while start < range.upperBound {
            let byte = pieces[Int(sorted[start])][depth]
            var end = start + 1
            while end < range.upperBound, pieces[Int(sorted[end])][depth] == byte { end += 1 }
            let isExpanded = expanded.first == byte
            if end - start == 1 && !isExpanded {
                let id = sorted[start]
                nodes[number].children.append((byte, .leaf(id: id, more: pieces[Int(id)].count > depth + 1)))
            } else {
                let child = node(start..<end, depth: depth + 1, expanded: isExpanded ? Array(expanded.dropFirst()) : [])
                nodes[number].children.append((byte, .node(child)))
            }
            start = end
        }
        return number
    }

    private mutating func grow() {
        let start = units.count
        for slot in start..<(start + 256) {
            units.append(0)
            taken.append(false)
            bases.append(false)
            next.append(-1)
            if lastFree >= 0 { next[Int(lastFree)] = Int32(slot) } else { firstFree = Int32(slot) }
            lastFree = Int32(slot)
        }
    }

    /// Nodes with many children first, so that those with one fill the gaps.
    private mutating func place() -> Bool {
        grow()
        taken[0] = true
        let order = nodes.indices.sorted { a, b in
            let (x, y) = (nodes[a].children.count, nodes[b].children.count)
            return x != y ? x > y : a < b
        }
        for number in order {
            var labels = nodes[number].children.map { $0.byte }
            if nodes[number].id >= 0 { labels.insert(0, at: 0) }
            guard let first = labels.first else { continue }
            var before: Int32 = -1
            var slot = firstFree
            var base = -1
            while base < 0 {
                if slot < 0 {
                    guard units.count + 256 <= maxUnits else { return false }
                    slot = Int32(units.count)
                    before = lastFree
                    grow()
                }
                let following = next[Int(slot)]
                if taken[Int(slot)] {
                    if before >= 0 { next[Int(before)] = following } else { firstFree = following }
                    if following < 0 { lastFree = before }
                } else {
                    let candidate = Int(slot) ^ Int(first)
                    if !bases[candidate], labels.allSatisfy({ !taken[candidate ^ Int($0)] }) { base = candidate }
                    before = slot
                }
                slot = following
            }
            bases[base] = true
            nodes[number].base = Int32(base)
            for label in labels { taken[base ^ Int(label)] = true }
        }
        fill()
        return true
    }

    private mutating func fill() {
        units[0] = UInt32(max(0, nodes[0].base)) << PieceTrie.payloadShift
        for node in nodes where node.base >= 0 {
            let base = Int(node.base)
            if node.id >= 0 { units[base] = UInt32(node.id) << PieceTrie.payloadShift | PieceTrie.leaf }
            for (byte, target) in node.children {
                let slot = base ^ Int(byte)
                switch target {
                case .leaf(let id, let more):
                    units[slot] =
                        UInt32(id) << PieceTrie.payloadShift | PieceTrie.leaf | (more ? PieceTrie.more : 0)
                        | UInt32(byte)
                case .node(let child):
                    let flag = nodes[child].id >= 0 ? PieceTrie.more : 0
                    units[slot] = UInt32(max(0, nodes[child].base)) << PieceTrie.payloadShift | flag | UInt32(byte)
                }
            }
        }
        while let last = units.last, last == 0, units.count > 1 { units.removeLast() }
    }
}
