import AlbitText

/// Faults of tokenizer files that several readers find.
extension Fault {
    static func missingMember(path: String, member: String) -> Fault {
        Fault(
            .tokenizerMissingMember, in: path, at: "member '\(member)'", "is missing or of another type",
            advice: "save the tokenizer again with save_pretrained")
    }

    static func unsupported(path: String, what: String, name: String, expected: String) -> Fault {
        Fault(.tokenizerUnsupported, in: path, "the \(what) '\(name)' is not supported", expected: expected)
    }

    static func badVocabulary(path: String, problem: String) -> Fault {
        Fault(
            .tokenizerBadVocabulary, in: path, "the vocabulary \(problem)",
            advice: "save the tokenizer again with save_pretrained")
    }

    static func missingSpecialToken(path: String, token: String) -> Fault {
        Fault(
            .tokenizerMissingSpecialToken, in: path,
            "the vocabulary has no piece '\(token)', which the model's input needs",
            expected: "the vocabulary of an ALBERT or BERT")
    }

    static func addedTokenMismatch(path: String, token: String, id: Int) -> Fault {
        Fault(
            .tokenizerAddedTokenMismatch, in: path,
            "the added token '\(token)' has id \(id), where the vocabulary has another piece or none",
            advice: "do the files belong together?")
    }
}
