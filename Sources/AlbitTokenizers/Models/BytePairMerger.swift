/// SentencePiece's byte-pair model: neighbours are joined, the pair with the best score first, until none makes a
/// piece.
///
/// Source: google/sentencepiece 0.2.1, src/bpe_model.cc, `Model::SampleEncode` without sampling.
struct BytePairMerger {
    private struct Symbol {
        /// Bytes of the text; empty once it was joined to the symbol before.
        var start: Int
        var end: Int
        var previous: Int
        var next: Int
        /// A user-defined symbol, which is never joined.
        var isFrozen: Bool
    }

    private struct Pair {
        var score: Float
        var left: Int
        var right: Int
        var size: Int

        /// Whether it comes before another one: a better score, or as good and further left.
        func precedes(_ other: Pair) -> Bool { score > other.score || score == other.score && left < other.left }
    }

    let trie: PieceTrie
    let scores: UnsafeRawBufferPointer
    let types: UnsafeRawBufferPointer
    let unknownID: Int32
    private let hasSymbols: [Bool]

    init(_ tables: TokenizerTables) {
        trie = tables.trie
        scores = tables.scores
        types = tables.types
        unknownID = tables.settings.unknownID
        var firsts = [Bool](repeating: false, count: 256)
        for id in 0..<tables.types.count where tables.types[id] == PieceType.userDefined.rawValue {
            if let first = tables.trie.pieces.piece(id).first { firsts[Int(first)] = true }
        }
        hasSymbols = firsts
    }

    /// Calls `visit(id, start, end)` for the pieces of normalized text in order; an unknown character is one piece.
    func segment(_ text: UnsafeRawBufferPointer, _ visit: (_ id: Int, _ start: Int, _ end: Int) -> Void) {
        guard text.count > 0 else { return }
        var symbols = self.symbols(text)
        var agenda: [Pair] = []
        // Pieces that are joined but not to come out, and where their last join was.
        var unused: [(id: Int, left: Int)] = []
        func add(_ left: Int, _ right: Int) {
            guard left >= 0, right >= 0, !symbols[left].isFrozen, !symbols[right].isFrozen,
                let id = mergeable(text, symbols[left].start, symbols[right].end)
            else { return }
            let score = Float(bitPattern: scores.loadUnaligned(fromByteOffset: 4 * id, as: UInt32.self))
            push(Pair(score: score, left: left, right: right, size: symbols[right].end - symbols[left].start), &agenda)
            if types[id] == PieceType.unused.rawValue {
                unused.removeAll { $0.id == id }
                unused.append((id, symbols[left].end - symbols[left].start))
            }
        }
        for i in symbols.indices.dropFirst() { add(i - 1, i) }
        while let top = pop(&agenda) {
            let (left, right) = (symbols[top.left], symbols[top.right])
            // One of the two was joined to something else meanwhile.
            guard left.start < left.end, right.start < right.end, right.end - left.start == top.size,
                left.end == right.start
            else { continue }
            symbols[top.left].end = right.end
            symbols[top.left].next = right.next
            if right.next >= 0 { symbols[right.next].previous = top.left }
            symbols[top.right].end = right.start
            add(symbols[top.left].previous, top.left)
            add(top.left, symbols[top.left].next)
        }
        var place = 0
        while place >= 0 {
            emit(text, symbols[place].start, symbols[place].end, unused, visit)
            place = symbols[place].next
        }
    }

    private func symbols(_ text: UnsafeRawBufferPointer) -> [Symbol] {
        var symbols: [Symbol] = []
        symbols.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let lead = text[position]
            var end = min(position + (lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4), text.count)
            var isFrozen = false
            if hasSymbols[Int(lead)], let root = trie.root,
                let longest = trie.longest(text, from: position, node: root, of: .userDefined, types)
            {
                (end, isFrozen) = (longest.end, true)
            }
            let index = symbols.count
            symbols.append(
                Symbol(
                    start: position, end: end, previous: index - 1, next: end < text.count ? index + 1 : -1,
                    isFrozen: isFrozen))
            position = end
        }
        return symbols
    }

    /// The id of a piece that two symbols make.
    private func mergeable(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int? {
        guard end - start <= TokenizerTables.maxPieceBytes,
            let id = trie.id(of: UnsafeRawBufferPointer(rebasing: text[start..<end])),
            id < types.count, id < scores.count / 4
        else { return nil }
        let type = types[id]
        let isOrdinary =
            type == PieceType.normal.rawValue || type == PieceType.userDefined.rawValue
            || type == PieceType.unused.rawValue
        return isOrdinary ? id : nil
    }

    /// A symbol as a piece; one that is not to come out is taken apart again.
    private func emit(
        _ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ unused: [(id: Int, left: Int)],
        _ visit: (Int, Int, Int) -> Void
    ) {
        var stack = [(start, end)]
        while let (start, end) = stack.popLast() {
            let id = trie.id(of: UnsafeRawBufferPointer(rebasing: text[start..<end])) ?? Int(unknownID)
            if let join = unused.first(where: { $0.id == id }), join.left > 0, join.left < end - start {
                stack.append((start + join.left, end))
                stack.append((start, start + join.left))
            } else {
                visit(id, start, end)
            }
        }
    }

    // The agenda: a binary heap.

    private func push(_ pair: Pair, _ heap: inout [Pair]) {
        heap.append(pair)
        var i = heap.count - 1
        while i > 0, heap[i].precedes(heap[(i - 1) / 2]) {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    private func pop(_ heap: inout [Pair]) -> Pair? {
        guard let top = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var i = 0
        while true {
            var best = i
            if 2 * i + 1 < heap.count, heap[2 * i + 1].precedes(heap[best]) { best = 2 * i + 1 }
            if 2 * i + 2 < heap.count, heap[2 * i + 2].precedes(heap[best]) { best = 2 * i + 2 }
            if best == i { return top }
            heap.swapAt(i, best)
            i = best
        }
    }
}
