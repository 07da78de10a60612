import AlbitText

/// The WordPiece model by itself: a word is cut greedily into the longest pieces, or is unknown as a whole.
///
/// Source: tokenizers 0.23, src/models/wordpiece.
final class WordPieceModel {
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

    /// Finds the tokens of a word.
    func segment(_ word: UnsafeRawBufferPointer, _ found: ModelBuffer) {
        found.clear(word.count)
        var start = 0
        var isKnown = word.count <= maxCharacters || UTF8Bytes.characters(in: word, before: word.count) <= maxCharacters
        while isKnown, start < word.count {
            let node = start == 0 ? trie.root : inner
            let longest = node.flatMap {
                trie.longest(word, from: start, node: $0, depth: start == 0 ? 0 : depth)
            }
            isKnown = longest != nil
            guard let longest else { break }
            found.append(Int32(truncatingIfNeeded: longest.id), start, longest.end)
            start = longest.end
        }
        if isKnown { return }
        found.removeAll()
        found.append(unknownID, 0, word.count)
    }
}
