/// The best segmentation of a text into pieces in the arithmetic of the `tokenizers` library: scores and sums are
/// doubles, and of equal paths the one found first stays.
///
/// Source: tokenizers 0.23, src/models/unigram/model.rs, `encode_optimized` and `tokenize`.
final class UnigramPaths {
    let trie: PieceTrie
    let scores: UnigramScores
    let unknownID: Int32
    /// Ids of the pieces `<0x00>` to `<0xFF>`, -1 where there is none; empty without byte fallback.
    let byteIDs: [Int32]
    /// Where the trie stands behind "▁", with which most segments begin, and the id of that piece itself; nil where
    /// the mark is no piece or no piece goes on from it.
    private let mark: (node: PieceTrie.Node, id: Int)?
    private static let markBytes: [UInt8] = [0xE2, 0x96, 0x81]

    init(_ tables: TokenizerTables) {
        self.trie = tables.trie
        scores = UnigramScores(tables)
        unknownID = tables.settings.unknownID
        var ids: [Int32] = []
        let trie = tables.trie
        if tables.settings.byteFallback {
            for byte in UInt8.min...UInt8.max {
                let digits: [UInt8] = Array("0123456789ABCDEF".utf8)
                let name: [UInt8] = [0x3C, 0x30, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x3E]
                ids.append(name.withUnsafeBytes { trie.id(of: $0) }.map { Int32(truncatingIfNeeded: $0) } ?? -1)
            }
        }
        byteIDs = ids
        mark = trie.node(after: UnigramPaths.markBytes).flatMap { node in
            UnigramPaths.markBytes.withUnsafeBytes { trie.id(of: $0) }.map { (node, $0) }
        }
    }

    /// Finds the tokens of a text. Neighbours that are unknown are one token.
    func segment(_ text: UnsafeRawBufferPointer, _ found: ModelBuffer) {
        let count = text.count
        found.clear(count)
        guard count > 0, let root = trie.root else { return }
        let steps = found.steps
        steps.initialize(repeating: ModelBuffer.Step(), count: count + 1)
        steps[0].score = 0
        var start = 0
        if let mark, count > 3, text[0] == 0xE2, text[1] == 0x96, text[2] == 0x81, mark.id < scores.count {
            // No piece ends within the mark, so that the way begins behind it.
            let score = scores[mark.id]
            if score > steps[3].score {
                steps[3] = ModelBuffer.Step(score: score, start: 0, id: Int32(truncatingIfNeeded: mark.id))
            }
            var walk = trie.walk(text, from: 3, node: mark.node, depth: 3)
            while let (id, end) = trie.next(&walk, text) {
                guard id < scores.count else { continue }
                let candidate = scores[id]
                if candidate > steps[end].score {
                    steps[end] = ModelBuffer.Step(score: candidate, start: 0, id: Int32(truncatingIfNeeded: id))
                }
            }
            start = 3
        }
        while start < count {
            let before = steps[start].score
            let lead = text[start]
            let length = min(lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, count - start)
            var hasSingle = false
            var walk = trie.walk(text, from: start, node: root)
            while let (id, end) = trie.next(&walk, text) {
                guard id < scores.count else { continue }
                let candidate = scores[id] + before
                // Without a branch, so that nothing waits for scores.
                let old = steps[end]
                let isBetter = candidate > old.score
                steps[end] = ModelBuffer.Step(
                    score: isBetter ? candidate : old.score,
                    start: isBetter ? Int32(truncatingIfNeeded: start) : old.start,
                    id: isBetter ? Int32(truncatingIfNeeded: id) : old.id)
                hasSingle = hasSingle || end &- start == length
            }
            if !hasSingle {
                let candidate = scores.unknown + before
                if candidate > steps[start + length].score {
                    steps[start + length] = ModelBuffer.Step(
                        score: candidate, start: Int32(truncatingIfNeeded: start), id: unknownID)
                }
            }
            start &+= length
        }
        guard let first = steps.turnPath(endingAt: count) else { return }
        var (begin, place, unknownStart) = (0, first, -1)
        while place > 0 {
            let id = steps[place].id
            if id == unknownID {
                if unknownStart < 0 { unknownStart = begin }
            } else {
                if unknownStart >= 0 { unknown(text, unknownStart, begin, found) }
                unknownStart = -1
                found.append(id, begin, place)
            }
            begin = place
            place = Int(steps[place].start)
        }
        if unknownStart >= 0 { unknown(text, unknownStart, begin, found) }
    }

    /// A run of unknown characters: the piece that it is after all, its bytes, or the unknown token.
    private func unknown(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ found: ModelBuffer) {
        let bytes = UnsafeRawBufferPointer(rebasing: text[start..<end])
        if let id = trie.id(of: bytes), id < scores.count {
            found.append(Int32(truncatingIfNeeded: id), start, end)
        } else if !byteIDs.isEmpty, bytes.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
            for byte in bytes { found.append(byteIDs[Int(byte)], start, end) }
        } else {
            found.append(unknownID, start, end)
        }
    }
}
