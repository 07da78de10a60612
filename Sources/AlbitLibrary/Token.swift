internal import AlbitTasks
internal import AlbitTokenizers

/// A token of a text as the model sees it.
public struct Token: Sendable, Equatable {
    /// Id in the vocabulary.
    public let id: Int
    /// The piece of the vocabulary, such as `▁charming`.
    public let piece: String
    /// The part of the text it stands for; nil for [CLS] and [SEP].
    public let range: Range<String.Index>?
}

/// What the encoder makes of a text.
public struct HiddenStates: Sendable, Equatable {
    /// The tokens, [CLS] and [SEP] among them.
    public let tokens: [Token]
    /// Values of one hidden state.
    public let hiddenSize: Int
    /// The last hidden state, [tokens.count][hiddenSize], row by row.
    public let values: [Float]
    /// SHA-256 of ``values`` as little-endian float32, in hexadecimal: the same on every CPU.
    public let digest: String

    /// Hidden state of a token: ``hiddenSize`` values; empty for a place outside ``tokens``.
    public subscript(token: Int) -> ArraySlice<Float> {
        tokens.indices.contains(token) ? values[(token * hiddenSize)..<((token + 1) * hiddenSize)] : []
    }
}

extension Albert {
    /// Splits a text into the tokens that the model reads.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - whole: Whether all tokens are given, also those that ``maxLength`` leaves out of what the model reads.
    /// - Returns: Tokens with [CLS] and [SEP].
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingTokenizer`` or ``AlbertError/Code/textTooLong``.
    ///
    /// Source: Kudo, "Subword Regularization" (2018) for ALBERT's Unigram; Wu et al. (2016) for BERT's WordPiece.
    public func tokenize(_ text: String, whole: Bool = false) throws(AlbertError) -> [Token] {
        do {
            let plan = try TokenStateReading(
                whole ? context.uncut : context
            ).prepare(TaskText(text))
            if strict, !whole { _ = try prepare(.encode(text)) }
            return plan.encoding.map { tokens($0, text) } ?? []
        } catch {
            throw AlbertError(error)
        }
    }

    /// Runs the encoder and gives what it computed, for whatever has no method here.
    ///
    /// - Parameter text: The text.
    /// - Returns: Tokens and the last hidden state of each.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingTokenizer`` or ``AlbertError/Code/textTooLong``.
    public func encode(_ text: String) throws(AlbertError) -> HiddenStates {
        try ask(.encode(text))
    }

    func tokens(_ encoding: Encoding, _ text: String) -> [Token] {
        let place = TextRange(text)
        return encoding.ids.indices.map { i in
            let isFrame = encoding.segments[i] == Encoding.frame
            let range = Int(encoding.starts[i])..<max(Int(encoding.starts[i]), Int(encoding.ends[i]))
            return Token(
                id: Int(encoding.ids[i]),
                piece: String(decoding: model.tokenizer?.piece(encoding.ids[i]) ?? [], as: UTF8.self),
                range: isFrame ? nil : place.indices(range))
        }
    }
}
