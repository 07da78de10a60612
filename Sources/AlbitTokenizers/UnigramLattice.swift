/// The best segmentation of normalized text into pieces, found in one pass over its bytes: time grows with the text
/// times the longest piece.
///
/// The arithmetic follows `unigram::Model::EncodeOptimized` of google/sentencepiece 0.2.1 to the bit, as ties and
/// rounding decide some segmentations: scores are summed in double, compared with the float kept, and kept as float.
struct UnigramLattice {
    /// Best path that ends before each byte: its score, the beginning and the id of its last piece.
    private struct Step: LinkedStep {
        var score: Float
        var start: Int32
        var id: Int32
    }

    let trie: PieceTrie
    let scores: UnsafeRawBufferPointer
    let types: UnsafeRawBufferPointer
    let settings: TokenizerSettings

    /// Calls `visit(id, start, end)` for the pieces of the best path in order. `text` is valid UTF-8; an unknown
    /// character is one piece with `settings.unknownID`.
    func segment(_ text: UnsafeRawBufferPointer, _ visit: (_ id: Int, _ start: Int, _ end: Int) -> Void) {
        guard text.count > 0, let root = trie.root else { return }
        let count = text.count
        let steps = UnsafeMutablePointer<Step>.allocate(capacity: count + 1)
        defer { steps.deallocate() }
        steps.initialize(repeating: Step(score: 0, start: -1, id: -1), count: count + 1)
        let unknownScore = Double(settings.minScore - 10)
        let pieceCount = min(scores.count / 4, types.count)
        let hides = settings.hidesControlPieces
        var start = 0
        while start < count {
            let before = Double(steps[start].score)
            let lead = text[start]
            let length = min(lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, count - start)
            var hasSingle = false
            var walk = trie.walk(text, from: start, node: root)
            while let (id, end) = trie.next(&walk, text) {
                guard id < pieceCount else { continue }
                let type = types[id]
                let score: Double
                if type == PieceType.normal.rawValue {
                    score = Double(Float(bitPattern: scores.loadUnaligned(fromByteOffset: 4 * id, as: UInt32.self)))
                } else if type == PieceType.userDefined.rawValue {
                    score = Double(Float(end - start) * settings.maxScore) - 0.1
                } else if hides || type == PieceType.unused.rawValue {
                    continue
                } else {
                    score = Double(Float(bitPattern: scores.loadUnaligned(fromByteOffset: 4 * id, as: UInt32.self)))
                }
                let candidate = score + before
                if steps[end].start < 0 || candidate > Double(steps[end].score) {
                    steps[end] = Step(
                        score: Float(candidate), start: Int32(truncatingIfNeeded: start),
                        id: Int32(truncatingIfNeeded: id))
                }
                if end &- start == length { hasSingle = true }
            }
            if !hasSingle {
                let end = start + length
                let candidate = unknownScore + before
                if steps[end].start < 0 || candidate > Double(steps[end].score) {
                    steps[end] = Step(
                        score: Float(candidate), start: Int32(truncatingIfNeeded: start), id: settings.unknownID)
                }
            }
            start &+= length
        }
        guard let first = steps.turnPath(endingAt: count) else { return }
        var begin = 0
        var place = first
        while place > 0 {
            visit(Int(steps[place].id), begin, place)
            begin = place
            place = Int(steps[place].start)
        }
    }
}
