import AlbitModel
import AlbitText

/// A config.json or albert_config.json, read as far as Albit needs it.
struct ConfigurationFile {
    static let maxBytes = 16 << 20

    let path: String
    /// The object that holds the dimensions.
    let json: JSONValue

    /// `root` is the prefix of the transformer that a person chose, nil where there was no choice.
    init(_ file: any ByteSource, root: String? = nil) throws(Fault) {
        path = file.path
        let text = try file.allBytes(what: "the configuration", limit: ConfigurationFile.maxBytes)
        let whole = try JSONValue(parsing: text, file: path)
        guard let members = whole.members else {
            throw .badConfiguration(path: path, problem: "is not a JSON object, expected a config.json")
        }
        // A larger model keeps its text encoder's configuration inside its own.
        let nested = members.filter { $0.value["hidden_size"] != nil && $0.value["num_attention_heads"] != nil }
        let parts = (root ?? "").split { $0 == "." || $0 == "/" }
        let chosen =
            nested.first { member in parts.contains { member.name == $0 } }
            ?? nested.first { $0.name == "text_config" } ?? nested.first
        json = whole["hidden_size"] == nil ? chosen?.value ?? whole : whole
    }

    /// An original file carries nothing of Hugging Face; there, beside original weights, `gelu` means the tanh form.
    private var isOriginal: Bool {
        json["model_type"] == nil && json["transformers_version"] == nil && json["architectures"] == nil
    }

    var modelType: String? { json["model_type"]?.string }
    /// Whether it says what the model is.
    var namesFamily: Bool { modelType != nil || !architectures.isEmpty }
    var architectures: [String] { json["architectures"]?.array?.compactMap(\.string) ?? [] }

    /// How the classifier's logits become scores; nil where the file does not tell. Throws for a name that transformers
    /// refuses too.
    var problemType: ProblemType? {
        get throws(Fault) {
            guard let value = json["problem_type"], !value.isNull else { return nil }
            guard let type = value.string.flatMap({ ProblemType(rawValue: $0) }) else {
                throw .badConfiguration(
                    path: path,
                    problem: "problem_type is '\(value.string ?? "not a string")', expected "
                        + ProblemType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return type
        }
    }

    /// What sentence-transformers' cross-encoders say that a score passes through; nil where the file does not tell.
    var scoreActivation: DenseActivation? {
        get throws(Fault) {
            let old = "sbert_ce_default_activation_function"
            if let value = json["sentence_transformers"]?["activation_fn"]?.string {
                return try DenseActivation.ofScores(value, in: path, at: "sentence_transformers.activation_fn")
            }
            guard let value = json[old]?.string else { return nil }
            return try DenseActivation.ofScores(value, in: path, at: old)
        }
    }

    /// Labels of a classifier of `rows` rows in order of their ids; nil where the file names none. Numbers are taken as
    /// they are spelled, and an id without a name gets the one that transformers gives it.
    func labels(rows: Int) throws(Fault) -> [String]? {
        guard let map = json["id2label"], !map.isNull else { return nil }
        guard let members = map.members, members.count <= 1 << 20, rows <= 1 << 20 else {
            throw .badConfiguration(path: path, problem: "id2label is not an object of names")
        }
        var labels: [Int: String] = [:]
        for member in members {
            guard let id = Int(member.name), id >= 0 else {
                throw .badConfiguration(
                    path: path, problem: "id2label has the key '\(member.name)', expected a number from 0 on")
            }
            guard let text = ConfigurationFile.name(member.value) else {
                throw .badConfiguration(path: path, problem: "id2label gives class \(id) neither a name nor a number")
            }
            guard labels.updateValue(text, forKey: id) == nil else {
                throw .badConfiguration(path: path, problem: "id2label names class \(id) twice")
            }
        }
        // One row and other labels: multiple choice.
        let last = labels.keys.max() ?? -1
        guard last < rows else {
            if rows == 1 { return nil }
            throw Fault(
                .importLabelCount, in: path,
                "id2label names \(labels.count) labels up to class \(last), but the classifier has \(rows) rows",
                advice: "is it the right config.json?")
        }
        return (0..<rows).map { labels[$0] ?? "LABEL_\($0)" }
    }

    /// A label as Python prints it.
    private static func name(_ value: JSONValue) -> String? {
        if let text = value.string { return text }
        if let integer = value.integer { return String(integer) }
        if let number = value.double { return "\(number)" }
        if let truth = value.bool { return truth ? "True" : "False" }
        return nil
    }

    private func integer(_ names: String...) throws(Fault) -> Int? {
        for name in names {
            guard let value = json[name], !value.isNull else { continue }
            guard let integer = value.integer else {
                throw .badConfiguration(path: path, problem: "\(name) is not an integer")
            }
            return integer
        }
        return nil
    }

    /// The configuration; what the file leaves out comes from the tensors' shapes.
    func configuration(_ shapes: InferredShapes) throws(Fault) -> Configuration {
        let found = shapes.architecture
        if let type = modelType, let architecture = ModelFamily.equal[type], architecture != found {
            throw Fault(
                .importOtherArchitecture, in: path,
                "model_type is '\(type)', but the tensors are those of \(found.name)")
        }
        guard let layers = try integer("num_hidden_layers") ?? (found == .bert ? shapes.groups : nil) else {
            throw .badConfiguration(path: path, problem: "num_hidden_layers is missing")
        }
        guard let heads = try integer("num_attention_heads") else {
            throw .badConfiguration(path: path, problem: "num_attention_heads is missing")
        }
        let hidden = try integer("hidden_size") ?? shapes.hiddenSize
        var result = Configuration(
            architecture: found, vocabSize: try integer("vocab_size") ?? shapes.vocabSize,
            embeddingSize: found == .bert ? hidden : try integer("embedding_size") ?? shapes.embeddingSize,
            hiddenSize: hidden, intermediateSize: try integer("intermediate_size") ?? shapes.intermediateSize,
            numAttentionHeads: heads, numHiddenLayers: layers,
            numHiddenGroups: found == .bert
                ? (shapes.isShared ? 1 : layers) : try integer("num_hidden_groups") ?? shapes.groups,
            innerGroupNum: found == .bert ? 1 : try integer("inner_group_num") ?? shapes.innerGroups,
            hiddenAct: try hiddenAct(shapes),
            maxPositionEmbeddings: try integer("max_position_embeddings") ?? shapes.maxPositions,
            typeVocabSize: try integer("type_vocab_size") ?? shapes.typeVocabSize)
        if let value = json["layer_norm_eps"], !value.isNull {
            guard let eps = value.double else {
                throw .badConfiguration(path: path, problem: "layer_norm_eps is not a number")
            }
            result.layerNormEps = Float(eps)
        }
        if let problem = result.problem { throw .badConfiguration(path: path, problem: problem) }
        // groups * inner is bounded by what the file holds, so a lying configuration costs nothing.
        if result.numHiddenGroups > shapes.groups || result.innerGroupNum > shapes.innerGroups {
            throw .badConfiguration(
                path: path,
                problem:
                    """
                    num_hidden_groups \(result.numHiddenGroups) and inner_group_num \(result.innerGroupNum) need layers 
                    """
                        + "that the checkpoint lacks: it holds \(shapes.groups) groups of \(shapes.innerGroups)")
        }
        return result
    }

    private func hiddenAct(_ shapes: InferredShapes) throws(Fault) -> HiddenActivation {
        guard let value = json["hidden_act"], !value.isNull else {
            return shapes.architecture == .albert ? .geluNew : .gelu
        }
        guard let name = value.string, let activation = HiddenActivation(name: name) else {
            throw .badConfiguration(
                path: path,
                problem:
                    "hidden_act is '\(value.string ?? "not a string")', expected gelu_new, gelu, relu or another "
                    + "name of these")
        }
        return isOriginal && shapes.isGeluTanh && activation == .gelu ? .geluNew : activation
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badConfiguration(path: String, problem: String) -> Fault {
        Fault(.importBadConfiguration, in: path, problem)
    }
}
