internal import AlbitModel

/// How the hidden states of a text become one vector.
public enum Pooling: String, Sendable, CaseIterable {
    /// Mean over all tokens, [CLS] and [SEP] among them, as sentence-transformers has it.
    case mean
    /// The hidden state of [CLS].
    case cls
    /// The largest value of each dimension.
    case max
    /// The pooled output, tanh(dense([CLS])).
    case pooler

    /// The same as the model file names it.
    var stored: SentencePooling {
        switch self {
        case .mean: .mean
        case .cls: .cls
        case .max: .max
        case .pooler: .pooler
        }
    }
}

extension Albert {
    /// Turns a text into a vector, so that texts of like meaning have vectors of like direction.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - pooling: nil: what the model was trained with, the mean where it does not say.
    ///   - normalized: Whether the vector is scaled to length 1, so that a dot product of two is their cosine. nil: as
    ///     the model's own pipeline has it, and scaled where it has none.
    ///   - prompt: Name of the model's prompt to put before the text, "" for none; nil: its standard one, if it has
    ///     one.
    /// - Returns: ``hiddenSize`` values.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` for ``Pooling/pooler`` of a model without one,
    ///   ``AlbertError/Code/invalidArgument`` for a prompt that it does not have, ``AlbertError/Code/missingTokenizer``
    ///   or ``AlbertError/Code/textTooLong``.
    ///
    /// Source: Reimers and Gurevych, "Sentence-BERT" (2019).
    public func embed(
        _ text: String, pooling: Pooling? = nil, normalized: Bool? = nil, prompt: String? = nil
    ) throws(AlbertError) -> [Float] {
        try embed([text], pooling: pooling, normalized: normalized, prompt: prompt)[0]
    }

    /// Turns texts into vectors, several in one pass: faster than one by one, with the same values.
    ///
    /// - Parameters:
    ///   - texts: Any number of texts.
    ///   - pooling: nil: what the model was trained with, the mean where it does not say.
    ///   - normalized: Whether vectors are scaled to length 1; nil: as for one text.
    ///   - prompt: Name of the model's prompt; nil: as for one text.
    /// - Returns: ``hiddenSize`` values for each text, in their order.
    /// - Throws: As ``embed(_:pooling:normalized:prompt:)-(String,_,_,_)``.
    public func embed(
        _ texts: [String], pooling: Pooling? = nil, normalized: Bool? = nil, prompt: String? = nil
    ) throws(AlbertError)
        -> [[Float]]
    {
        try ask(texts.map { .embed($0, pooling: pooling, normalized: normalized, prompt: prompt) })
    }
}
