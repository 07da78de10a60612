import AlbitModel
import AlbitText

/// How a Pooling module joins hidden states.
struct PoolingSettings {
    var poolings: [SentencePooling]
    var includesPrompt: Bool

    /// The flags of versions before 6, in the order in which the library joins.
    private static let flags: [(key: String, pooling: SentencePooling)] = [
        ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max), ("pooling_mode_mean_tokens", .mean),
        ("pooling_mode_mean_sqrt_len_tokens", .meanSqrtLength), ("pooling_mode_weightedmean_tokens", .weightedMean),
        ("pooling_mode_lasttoken", .lastToken),
    ]

    init(_ file: inout ModuleConfiguration) throws(Fault) {
        file.pass("embedding_dimension", "word_embedding_dimension", why: "the model's own width is what there is")
        includesPrompt = try file.bool("include_prompt") ?? true
        var flagged: [SentencePooling] = []
        for (key, pooling) in PoolingSettings.flags where try file.bool(key) ?? false { flagged.append(pooling) }
        guard let mode = file.value("pooling_mode") else {
            // The library's default where no flag is set.
            poolings = flagged.isEmpty ? [.mean] : flagged
            return
        }
        let names = mode.string.map { [$0] } ?? mode.array?.compactMap(\.string) ?? []
        guard !names.isEmpty, names.count == mode.array?.count ?? 1, names.count <= 16 else {
            throw file.wrong("pooling_mode", "the name of a pooling, or a list of 1 to 16")
        }
        var poolings: [SentencePooling] = []
        for name in names {
            guard let pooling = SentencePooling(rawValue: name), pooling != .pooler else {
                throw file.unsupported(
                    "pooling_mode", "is '\(name)'",
                    expected: "cls, max, mean, mean_sqrt_len_tokens, "
                        + "weightedmean or lasttoken")
            }
            poolings.append(pooling)
        }
        self.poolings = poolings
    }
}

extension DenseActivation {
    /// The class of a path in Python; nil for one that Albit does not run.
    init?(path: String) {
        let words = path.split(separator: ".")
        // Classes alone: functions of the same names lie elsewhere, and the library refuses them.
        guard words.count > 2, words[0] == "torch", words[1] == "nn", words[2] != "functional", let name = words.last,
            name.first?.isUppercase == true
        else { return nil }
        self.init(rawValue: name.lowercased())
    }

    /// Names in words.
    static var names: String { "torch.nn's " + allCases.map(\.className).joined(separator: ", ") }

    /// The class in torch.nn.
    package var className: String {
        switch self {
        case .identity: "Identity"
        case .tanh: "Tanh"
        case .relu: "ReLU"
        case .gelu: "GELU"
        case .sigmoid: "Sigmoid"
        case .silu: "SiLU"
        case .relu6: "ReLU6"
        case .leakyReLU: "LeakyReLU"
        case .hardtanh: "Hardtanh"
        case .softsign: "Softsign"
        case .tanhshrink: "Tanhshrink"
        }
    }

    /// Where torch defines it.
    package var classPath: String {
        "torch.nn.modules." + (self == .identity ? "linear" : "activation") + "." + className
    }
}

extension DenseStage {
    /// Of a Dense module's configuration; `width`: the values that come out before it.
    init(_ file: inout ModuleConfiguration, width: Int) throws(Fault) {
        for key in ["module_input_name", "module_output_name"] { try file.require(key, "sentence_embedding") }
        if try file.bool("use_residual") ?? false { throw file.unsupported("use_residual", "is true") }
        var activation = DenseActivation.tanh
        if let path = try file.string("activation_function") {
            guard let found = DenseActivation(path: path) else {
                throw file.unsupported(
                    "activation_function", "is '\(path)'", expected: DenseActivation.names)
            }
            activation = found
        }
        guard let rows = try file.count("out_features"), rows <= 65536 else {
            throw file.wrong("out_features", "a whole number from 1 to 65536")
        }
        guard try file.count("in_features") == width, width <= 65536 else {
            throw file.wrong("in_features", "\(width), the values that come out before it")
        }
        self.init(
            inFeatures: width, outFeatures: rows, hasBias: try file.bool("bias") ?? true, activation: activation)
    }
}
