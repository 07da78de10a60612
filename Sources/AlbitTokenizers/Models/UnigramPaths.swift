/// The best segmentation of a text into pieces in the arithmetic of the `tokenizers` library: scores and sums are
/// doubles, and of equal paths the one found first stays.
///
/// Source: tokenizers 0.23, src/models/unigram/model.rs, `encode_optimized` and `tokenize`.
struct UnigramPaths {
    private struct Step {
        var score = 0.0
        var start: Int32 = -1
        var id: Int32 = 0
    }

    let trie: PieceTrie
    let scores: UnigramScores
    let unknownID: Int32
    /// Ids of the pieces `<0x00>` to `<0xFF>`, -1 where there is none; empty without byte fallback.
    let byteIDs: [Int32]
    private var buffer: [Step] = []

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
    }

    /// Calls `visit(id, start, end)` for the tokens of a text in order. Neighbours that are unknown are one token.
    mutating func segment(_ text: UnsafeRawBufferPointer, _ visit: (_ id: Int32, _ start: Int, _ end: Int) -> Void) {
        guard text.count > 0, let root = trie.root else { return }
        let count = text.count
        // Out of `self` while it changes.
        var steps = buffer
        buffer = []
        steps.removeAll(keepingCapacity: true)
        for _ in 0...count { steps.append(Step()) }
        steps.withUnsafeMutableBufferPointer { steps in
            var start = 0
            while start < count {
                let before = steps[start].score
                let lead = text[start]
                let length = min(lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, count - start)
                var hasSingle = false
                trie.match(text, from: start, node: root) { id, end in
                    guard id < scores.count else { return }
                    let candidate = scores[id] + before
                    if steps[end].start < 0 || candidate > steps[end].score {
                        steps[end] = Step(
                            score: candidate, start: Int32(truncatingIfNeeded: start), id: Int32(truncatingIfNeeded: id)
                        )
                    }
                    if end - start == length { hasSingle = true }
                }
                if !hasSingle {
                    let candidate = scores.unknown + before
                    if steps[start + length].start < 0 || candidate > steps[start + length].score {
                        steps[start + length] = Step(
                            score: candidate, start: Int32(truncatingIfNeeded: start), id: unknownID)
                    }
                }
                start += length
            }
            // Turn the links around, so that the path is walked from its beginning.
            var end = count
            var next = -1
            while end > 0 {
                let previous = Int(steps[end].start)
                guard previous >= 0, previous < end else { return }
                steps[end].start = Int32(truncatingIfNeeded: next)
                next = end
                end = previous
            }
            var (begin, place, unknownStart) = (0, next, -1)
            while place > 0 {
                let id = steps[place].id
                if id == unknownID {
                    if unknownStart < 0 { unknownStart = begin }
                } else {
                    if unknownStart >= 0 { unknown(text, unknownStart, begin, visit) }
                    unknownStart = -1
                    visit(id, begin, place)
                }
                begin = place
                place = Int(steps[place].start)
            }
            if unknownStart >= 0 { unknown(text, unknownStart, begin, visit) }
        }
        buffer = steps
    }

    /// A run of unknown characters: the piece that it is after all, its bytes, or the unknown token.
    private func unknown(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ visit: (Int32, Int, Int) -> Void) {
        let bytes = UnsafeRawBufferPointer(rebasing: text[start..<end])
        if let id = trie.id(of: bytes), id < scores.count { return visit(Int32(truncatingIfNeeded: id), start, end) }
        if !byteIDs.isEmpty, bytes.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
            for byte in bytes { visit(byteIDs[Int(byte)], start, end) }
        } else {
            visit(unknownID, start, end)
        }
    }
}
