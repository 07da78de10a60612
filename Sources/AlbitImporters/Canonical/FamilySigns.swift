import AlbitModel
import AlbitText

/// Finds models of other families by the names and shapes of their tensors, for checkpoints whose configuration does
/// not say what they are.
struct FamilySigns {
    let path: String
    /// Normalised names of all tensors.
    let names: Set<String>
    let root: NameResolver.Root
    let shapes: InferredShapes
    let file: ConfigurationFile?

    /// Throws for another family; returns what a person should read where nothing says which family it is.
    func check() throws(Fault) -> String? {
        for part in root.prefix.split(separator: ".") {
            guard let type = ModelFamily.backbones[String(part)] else { continue }
            throw .otherFamily(path: path, "the transformer is called '\(part)'", type)
        }
        // The class that a configuration names ignores tensors that it does not know; those are told.
        guard !(file?.namesFamily ?? false) else { return nil }
        for sign in ModelFamily.signs {
            let found = names.filter { $0.hasPrefix(root.parent) && ("." + $0).contains(sign.part) }.min()
            guard let found else { continue }
            throw Fault(
                .importOtherFamily, in: path, at: "tensor '\(found)'",
                "belongs to \(sign.what), which neither ALBERT nor BERT has",
                advice: "give a config.json that names the model's family; " + ModelFamily.advice)
        }
        try checkPositions()
        // The original programs' names, and a prefix, name the family.
        guard root.family.architecture == .bert, root.family.name.hasPrefix("Hugging Face"),
            root.prefix == root.parent
        else { return nil }
        return "nothing says that this is a BERT rather than a RoBERTa, whose tensors have the same names and whose "
            + "positions count from pad_token_id + 1: it is taken for a BERT"
    }

    /// Whether a tensor that nobody knows lies among the embeddings or in the layers of Hugging Face's names.
    static func isInside(_ name: String, _ root: NameResolver.Root) -> Bool {
        guard root.family.name.hasPrefix("Hugging Face"), name.hasPrefix(root.prefix) else { return false }
        let rest = name.dropFirst(root.prefix.count)
        return rest.hasPrefix("embeddings.") || rest.hasPrefix("encoder.")
    }

    /// RoBERTa's table has pad_token_id + 1 rows beyond the length of its texts, and one token type.
    private func checkPositions() throws(Fault) {
        guard root.family.architecture == .bert else { return }
        let pad = file?.json["pad_token_id"]?.integer
        let texts = shapes.maxPositions - 2
        let isOffset = texts >= 16 && texts & (texts - 1) == 0 && shapes.typeVocabSize <= 1
        guard (pad ?? 0) > 0 || isOffset else { return }
        let found = isOffset ? "\(shapes.maxPositions) positions and one token type" : "pad_token_id \(pad ?? 0)"
        throw Fault(
            .importOtherFamily, in: path,
            "has \(found) as RoBERTa has, which counts positions from pad_token_id + 1, and nothing says "
                + "that it is BERT",
            advice: "give a config.json that names the model's family; " + ModelFamily.advice)
    }
}
