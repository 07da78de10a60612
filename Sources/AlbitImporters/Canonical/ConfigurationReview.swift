import AlbitModel
import AlbitText

// The closed world of config.json: every key is read, known to change nothing, or refused; the unknown is told.
extension ConfigurationFile {
    /// Refuses families and values whose arithmetic is not Albit's.
    func review() throws(Fault) -> ImportReport.ReadFile {
        try checkFamily()
        var result = ImportReport.ReadFile(path: path)
        for member in json.members ?? [] {
            let name = member.name
            guard let key = ConfigurationKey.named(name) else {
                // Another library's word for nothing.
                if !member.value.isNull { result.unknown.append(name) }
                continue
            }
            switch key.rule {
            case .honoured: result.used.append(name)
            case .inert: result.inert.append((name, key.why))
            case .only(let values):
                let text = ConfigurationKey.text(member.value)
                guard member.value.isNull || values.contains(text) || isUnread(name) else {
                    throw Fault(
                        .importUnsupportedConfiguration, in: path, "\(name) is \(text): \(key.why)",
                        expected: values.joined(separator: " or "))
                }
                result.inert.append((name, "the value is what Albit computes"))
            }
        }
        return result
    }

    /// The same for a file beside a graph, which says itself what it computes: only what names answers is read.
    func reviewBesideGraph() -> ImportReport.ReadFile {
        let names: Set = [
            "architectures", "id2label", "problem_type", "sentence_transformers",
            "sbert_ce_default_activation_function", "tokenizer_class", "auto_map",
        ]
        var result = ImportReport.ReadFile(path: path)
        for member in json.members ?? [] {
            if names.contains(member.name) {
                result.used.append(member.name)
            } else {
                result.inert.append((member.name, "the graph itself says what it computes"))
            }
        }
        return result
    }

    /// The code of ALBERT in transformers never reads these.
    private func isUnread(_ name: String) -> Bool {
        modelType == "albert" && (name == "is_decoder" || name == "add_cross_attention")
    }

    private func checkFamily() throws(Fault) {
        if let code = json["auto_map"]?.members?.first(where: { $0.name.contains("AutoModel") }) {
            throw Fault(
                .importOtherFamily, in: path,
                "auto_map names code for \(code.name) that lies beside the weights, which Albit does not run",
                advice: ModelFamily.advice)
        }
        if let value = json["model_type"], !value.isNull, value.string == nil {
            throw Fault(.importBadConfiguration, in: path, "model_type is not a string")
        }
        if let type = modelType, ModelFamily.equal[type] == nil {
            throw .otherFamily(path: path, "model_type is '\(type)'", type)
        }
        for name in architectures {
            guard let type = ModelFamily.type(ofClass: name) else { continue }
            if ModelFamily.equal[type] == nil { throw .otherFamily(path: path, "architectures names \(name)", type) }
        }
    }
}

extension Fault {
    /// With `--strict` only.
    static func unknownKey(_ path: String, _ key: String) -> Fault {
        Fault(
            .importUnknownKey, in: path, "has the key '\(key)', which Albit does not know",
            advice: "import without --strict if the model does not compute with it")
    }

    /// `found` says where the family's name stands.
    static func otherFamily(path: String, _ found: String, _ type: String) -> Fault {
        let reason = ModelFamily.different[type].map { "\(type) \($0)" } ?? "Albit does not know what \(type) computes"
        return Fault(.importOtherFamily, in: path, "\(found): \(reason)", advice: ModelFamily.advice)
    }
}
