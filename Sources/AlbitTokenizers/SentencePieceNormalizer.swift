import AlbitText

/// The normalizer that a SentencePiece model carries: its character map, white space as U+2581, a space in front;
/// user-defined symbols stay as they are.
///
/// Source: google/sentencepiece 0.2.1, src/normalizer.cc, `Normalizer::Normalize`.
struct SentencePieceNormalizer {
    private enum First: UInt8 {
        /// The byte stays itself where another ASCII byte or the end follows it.
        case alone = 0
        /// The byte stays itself whatever follows: it is a user-defined symbol, and no longer one begins with it.
        case always = 1
        /// The space, where the map keeps it.
        case space = 2
        case lookUp = 3
    }

    let settings: TokenizerSettings
    private let charsmap: Charsmap
    private let trie: PieceTrie
    private let types: UnsafeRawBufferPointer
    /// What each first byte needs.
    private var firsts = [UInt8](repeating: First.lookUp.rawValue, count: 256)
    private var hasSymbols = [Bool](repeating: false, count: 256)

    init(settings: TokenizerSettings, charsmap: Charsmap, trie: PieceTrie, types: UnsafeRawBufferPointer) {
        self.settings = settings
        self.charsmap = charsmap
        self.trie = trie
        self.types = types
        var longest = [Int](repeating: 0, count: 256)
        for id in 0..<types.count where types[id] == PieceType.userDefined.rawValue {
            let symbol = trie.pieces.piece(id)
            guard let first = symbol.first else { continue }
            hasSymbols[Int(first)] = true
            longest[Int(first)] = max(longest[Int(first)], symbol.count)
        }
        for byte in 0x21..<0x7F {
            if hasSymbols[byte] {
                if longest[byte] == 1 { firsts[byte] = First.always.rawValue }
            } else if charsmap.keeps(UInt8(byte)) {
                firsts[byte] = First.alone.rawValue
            }
        }
        if !hasSymbols[0x20], charsmap.keeps(0x20) { firsts[0x20] = First.space.rawValue }
    }

    /// U+2581.
    private static let mark: (UInt8, UInt8, UInt8) = (0xE2, 0x96, 0x81)

    /// Normalizes `input`; `output` is emptied first. U+2581 for a space has the origin of what follows it, or its own.
    /// Returns where the normalized text ends in the original.
    @discardableResult
    func normalize(_ input: AlignedText, into output: AlignedText) -> UInt32 {
        output.count = 0
        output.reserve(input.count + input.count / 2 + 16)
        let text = input.raw
        let removeExtra = settings.removeExtraWhitespaces
        var position = 0
        if removeExtra {
            while position < text.count {
                let (count, piece) = prefix(text, at: position)
                guard piece.count == 1, piece[0] == 0x20 else { break }
                position += count
            }
        }
        guard position < text.count else {
            if settings.keepsTrailingSpace, position > 0 { appendMark(to: output, input.origins[position - 1]) }
            return 0
        }
        // Marks whose origin is still to come begin here.
        var openMarks = -1
        if settings.addDummyPrefix {
            openMarks = 0
            appendMark(to: output, input.origins[position])
        }
        var afterSpace = removeExtra
        let keepsOrigins = settings.keepsOrigins
        if keepsOrigins { openMarks = -1 }
        firsts.withUnsafeBufferPointer { firsts in
            while position < text.count {
                let byte = text[position]
                let first = firsts[Int(byte)]
                if first == First.always.rawValue
                    || first == First.alone.rawValue && (position + 1 == text.count || text[position + 1] < 0x80)
                {
                    let origin = input.origins[position]
                    if openMarks >= 0 { closeMarks(&openMarks, output, origin) }
                    output.reserve(1)
                    output.append(byte, origin)
                    afterSpace = false
                    position += 1
                    continue
                }
                if first == First.space.rawValue, position + 1 == text.count || text[position + 1] < 0x80 {
                    if !afterSpace {
                        if openMarks < 0, !keepsOrigins { openMarks = output.count }
                        appendMark(to: output, input.origins[position])
                    }
                    afterSpace = removeExtra
                    position += 1
                    continue
                }
                let (count, piece) = prefix(text, at: position)
                let origin = Origin(start: input.origins[position].start, end: input.origins[position + count - 1].end)
                var i = 0
                if afterSpace { while i < piece.count, piece[i] == 0x20 { i += 1 } }
                if i < piece.count {
                    output.reserve(3 * (piece.count - i))
                    while i < piece.count {
                        if piece[i] == 0x20 {
                            if openMarks < 0, !keepsOrigins { openMarks = output.count }
                            appendMark(to: output, origin)
                        } else {
                            if openMarks >= 0 { closeMarks(&openMarks, output, origin) }
                            output.append(piece[i], origin)
                        }
                        i += 1
                    }
                    afterSpace = piece[piece.count - 1] == 0x20
                }
                position += count
                if !removeExtra { afterSpace = false }
            }
        }
        var end = input.origins[text.count - 1].end
        if removeExtra, !settings.keepsTrailingSpace {
            let (a, b, c) = SentencePieceNormalizer.mark
            let bytes = output.bytes
            while output.count >= 3, bytes[output.count - 1] == c, bytes[output.count - 2] == b,
                bytes[output.count - 3] == a
            {
                output.count -= 3
                end = output.origins[output.count].start
            }
        }
        return end
    }

    private func appendMark(to output: AlignedText, _ origin: Origin) {
        output.reserve(3)
        output.append(SentencePieceNormalizer.mark.0, origin)
        output.append(SentencePieceNormalizer.mark.1, origin)
        output.append(SentencePieceNormalizer.mark.2, origin)
    }

    @inline(__always)
    private func closeMarks(_ open: inout Int, _ output: AlignedText, _ origin: Origin) {
        for i in open..<output.count { output.origins[i] = origin }
        open = -1
    }

    /// How many bytes at `position` are replaced at once, and by what.
    private func prefix(_ text: UnsafeRawBufferPointer, at position: Int) -> (count: Int, piece: UnsafeRawBufferPointer)
    {
        if hasSymbols[Int(text[position])], let root = trie.root,
            let longest = trie.longest(text, from: position, node: root, of: .userDefined, types)
        {
            return (longest.end - position, UnsafeRawBufferPointer(rebasing: text[position..<longest.end]))
        }
        if let rule = charsmap.longest(text, at: position) { return (rule.count, rule.replacement) }
        // The prepared text is UTF-8 by construction.
        let count = UTF8Bytes.decode(text, at: position)?.count ?? 1
        return (count, UnsafeRawBufferPointer(rebasing: text[position..<(position + count)]))
    }
}
