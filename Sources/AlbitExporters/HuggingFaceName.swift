import AlbitModel

/// The name that Hugging Face's `transformers` gives a canonical parameter.
struct HuggingFaceName {
    let configuration: Configuration
    /// A model with a head carries its encoder under `albert.` or `bert.`; a bare encoder has no prefix.
    let hasHeads: Bool

    func callAsFunction(_ canonical: String) -> String {
        let isEncoder = ["embeddings.", "encoder.", "pooler."].contains { canonical.hasPrefix($0) }
        let prefix = isEncoder && hasHeads ? configuration.architecture.name + "." : ""
        switch configuration.architecture {
        case .albert:
            return prefix + canonical.replacingPrefix("sop_classifier.", with: "sop_classifier.classifier.")
        case .bert:
            return prefix + bert(canonical)
        }
    }

    /// BERT's layer i is canonical group i; its parts have other names.
    private func bert(_ canonical: String) -> String {
        let layerPrefix = "encoder.albert_layer_groups."
        if canonical.hasPrefix(layerPrefix) {
            let rest = canonical.dropFirst(layerPrefix.count)
            guard let dot = rest.firstIndex(of: ".") else { return canonical }
            let inner = rest[rest.index(after: dot)...]
            guard inner.hasPrefix("albert_layers.0.") else { return canonical }
            let part = String(inner.dropFirst("albert_layers.0.".count))
            return "encoder.layer." + rest[..<dot] + "." + bertPart(part)
        }
        if canonical.hasPrefix("pooler.") { return canonical.replacingPrefix("pooler.", with: "pooler.dense.") }
        if canonical.hasPrefix("sop_classifier.") { return canonical.replacingPrefix("sop_classifier.", with: "cls.seq_relationship.") }
        if canonical == ParameterName.predictionBias { return "cls.predictions.bias" }
        return canonical.replacingPrefix("predictions.", with: "cls.predictions.transform.")
    }

    private func bertPart(_ part: String) -> String {
        let table = [
            ("attention.query.", "attention.self.query."), ("attention.key.", "attention.self.key."),
            ("attention.value.", "attention.self.value."), ("attention.dense.", "attention.output.dense."),
            ("attention.LayerNorm.", "attention.output.LayerNorm."), ("ffn.", "intermediate.dense."),
            ("ffn_output.", "output.dense."), ("full_layer_layer_norm.", "output.LayerNorm."),
        ]
        for (ours, theirs) in table where part.hasPrefix(ours) { return part.replacingPrefix(ours, with: theirs) }
        return part
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
