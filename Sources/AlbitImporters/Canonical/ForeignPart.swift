import AlbitText

/// A part of a trained model beside the encoder that a head's answer passes through and Albit does not compute. The
/// encoder is right without it, the head is not.
struct ForeignPart: Equatable {
    /// A tensor of it, as the file calls it.
    let tensor: String
    let what: String

    /// Components of tensor names by which such parts are known.
    private static let signs: [(part: String, what: String)] = [
        (".crf.", "a CRF, which chooses labels by their neighbours"),
        (".start_transitions", "a CRF, which chooses labels by their neighbours"),
        (".prefix_encoder.", "trained keys and values before the text (prefix tuning)"),
        (".prompt_encoder.", "trained tokens before the text (P-tuning)"),
        (".prompt_embeddings.", "trained tokens before the text (prompt tuning)"),
        (".soft_prompt", "trained tokens before the text (prompt tuning)"),
        (".weight_ih_l0", "a recurrent layer (LSTM or GRU)"), (".weight_hh_l0", "a recurrent layer (LSTM or GRU)"),
        (".recurrent_kernel", "a recurrent layer (LSTM or GRU)"),
    ]

    /// Nil where the names have no such part. Parts inside the encoder are another matter.
    static func find(in names: some Sequence<String>, _ root: NameResolver.Root) -> ForeignPart? {
        for sign in signs {
            let found = names.filter { name in
                name.hasPrefix(root.parent) && !(root.prefix != root.parent && name.hasPrefix(root.prefix))
                    && ("." + name).contains(sign.part)
            }
            if let tensor = found.min() { return ForeignPart(tensor: tensor, what: sign.what) }
        }
        return nil
    }

    /// Why a head is left out.
    var reason: String { "its answers would pass through \(what), which Albit does not run: '\(tensor)'" }
}
