import AlbitTokenizers

/// A text with a piece written in the place of a [MASK].
package enum FilledText {
    /// SentencePiece's mark of a blank, U+2581.
    private static let blank: [UInt8] = [0xE2, 0x96, 0x81]
    /// WordPiece's mark of a piece that goes on with a word.
    private static let continuation = Array("##".utf8)

    /// `range`: where the mask stands in the text. A piece that begins a word is set off by a blank, one that goes on
    /// with a word is joined to it.
    package static func text(
        _ text: [UInt8], with piece: [UInt8], in range: Range<Int>, isWordPiece: Bool
    ) -> [UInt8] {
        let range = range.clamped(to: 0..<text.count)
        var front = Array(text[..<range.lowerBound])
        let beginsWord = isWordPiece ? !piece.starts(with: continuation) : piece.starts(with: blank)
        if beginsWord {
            if let last = front.last, !isBlank(last) { front.append(0x20) }
        } else {
            while let last = front.last, isBlank(last) { front.removeLast() }
        }
        return front + word(piece, isWordPiece: isWordPiece) + text[range.upperBound...]
    }

    /// A piece for people, without the mark of its tokenizer.
    package static func word(_ piece: [UInt8], isWordPiece: Bool) -> [UInt8] {
        let mark = isWordPiece ? continuation : blank
        return piece.starts(with: mark) && piece.count > mark.count ? Array(piece[mark.count...]) : piece
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 9 && byte <= 13 }
}
