import AlbitText

/// The WordPiece model by itself: a word is cut greedily into the longest pieces, or is unknown as a whole.
///
/// Source: tokenizers 0.23, src/models/wordpiece.
struct WordPieceModel {
    let trie: PieceTrie
    let unknownID: Int32
    let maxCharacters: Int
    private let inner: PieceTrie.Node?
    private let depth: Int

    init(_ tables: TokenizerTables, continuation: [UInt8]) {
        trie = tables.trie
        unknownID = tables.settings.unknownID
        maxCharacters = tables.settings.maxWordCharacters
        inner = continuation.isEmpty ? trie.root : trie.node(after: continuation)
        depth = continuation.count
    }

    /// Calls `visit(id, start, end)` for the tokens of a word in order.
    func segment(_ word: UnsafeRawBufferPointer, _ visit: (_ id: Int32, _ start: Int, _ end: Int) -> Void) {
        var found: [(id: Int32, end: Int)] = []
        var start = 0
        var isKnown = word.count <= maxCharacters || UTF8Bytes.characters(in: word, before: word.count) <= maxCharacters
        while isKnown, start < word.count {
            var (longest, id) = (start, 0)
            if let node = start == 0 ? trie.root : inner {
                trie.match(word, from: start, node: node, depth: start == 0 ? 0 : depth) { (id, longest) = ($0, $1) }
            }
            isKnown = longest > start
            if isKnown { found.append((Int32(truncatingIfNeeded: id), longest)) }
            start = longest
        }
        guard isKnown else { return visit(unknownID, 0, word.count) }
        start = 0
        for (id, end) in found {
            visit(id, start, end)
            start = end
        }
    }
}
