import AlbitModel
import AlbitText

/// PEFT's `adapter_config.json`, read key by key: only a plain LoRA is merged.
struct AdapterConfiguration {
    static let fileName = "adapter_config.json"

    let path: String
    /// What the adapter was trained on, as its author called it.
    let base: String?
    /// The head that the task needs.
    let head: Head?
    let review: ImportReport.ReadFile
    private let rank: Int
    private let alpha: Double
    private let isRankStabilized: Bool
    private let ranks: [ModulePattern<Int>]
    private let alphas: [ModulePattern<Double>]

    private static let heads: [String: Head] = [
        "SEQ_CLS": .sequenceClassification, "TOKEN_CLS": .tokenClassification, "QUESTION_ANS": .questionAnswering,
    ]

    /// Kinds of adapters that put tokens before the text: no weights hold what they do.
    private static let prompts: Set<String> = [
        "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "ADAPTION_PROMPT", "CPT",
    ]

    init(_ file: any ByteSource) throws(Fault) {
        path = file.path
        let text = try file.allBytes(what: "the adapter's configuration", limit: ConfigurationFile.maxBytes)
        let json = try JSONValue(parsing: text, file: path)
        guard let members = json.members else {
            throw .badAdapter(path, "is not a JSON object, expected an adapter_config.json of PEFT")
        }
        let kind = json["peft_type"]?.string ?? ""
        guard kind == "LORA" else {
            let isPrompt = Self.prompts.contains(kind)
            throw Fault(
                .importAdapterUnsupported, in: path, "peft_type is '\(kind)'", expected: "LORA",
                advice: isPrompt
                    ? "this kind puts trained tokens before the text, which Albit does not run"
                    : "merge it with PEFT's merge_and_unload() and save the model")
        }
        var review = ImportReport.ReadFile(path: path)
        for member in members {
            guard let key = ConfigurationKey.adapter(member.name) else {
                if !member.value.isNull { review.unknown.append(member.name) }
                continue
            }
            switch key.rule {
            case .honoured: review.used.append(member.name)
            case .inert: review.inert.append((member.name, key.why))
            case .only(let values):
                let text = ConfigurationKey.text(member.value)
                guard member.value.isNull || values.contains(text) else {
                    throw Fault(
                        .importAdapterUnsupported, in: path, "\(member.name) is \(text): \(key.why)",
                        expected: values.joined(separator: " or "),
                        advice: "merge it with PEFT's merge_and_unload() and save the model")
                }
                review.inert.append((member.name, "the value is what Albit computes"))
            }
        }
        self.review = review
        base = json["base_model_name_or_path"]?.string
        head = json["task_type"]?.string.flatMap { Self.heads[$0] }
        guard let rank = json["r"]?.integer, rank > 0, let alpha = json["lora_alpha"]?.double, alpha.isFinite else {
            throw .badAdapter(path, "does not tell r and lora_alpha, which give the scale of the update")
        }
        self.rank = rank
        self.alpha = alpha
        isRankStabilized = json["use_rslora"]?.bool ?? false
        ranks = try ModulePattern.read(json["rank_pattern"], path: path, name: "rank_pattern") { $0.integer }
        alphas = try ModulePattern.read(json["alpha_pattern"], path: path, name: "alpha_pattern") { $0.double }
    }

    /// The rank that a module's update has to have, and its factor: alpha / rank, or alpha / √rank.
    func scale(of module: String) -> (rank: Int, scale: Float) {
        let rank = ranks.first { $0.matches(module) }?.value ?? rank
        let alpha = alphas.first { $0.matches(module) }?.value ?? alpha
        let divisor = isRankStabilized ? Double(rank).squareRoot() : Double(rank)
        return (rank, Float(alpha / divisor))
    }
}

/// An entry of `rank_pattern` or `alpha_pattern`: a regular expression for the end of a module's name.
struct ModulePattern<Value> {
    let value: Value
    private let expression: Regex<AnyRegexOutput>

    /// Longer ones, and ones with nested repetition, could take forever.
    private static var maxLength: Int { 256 }

    static func read(
        _ json: JSONValue?, path: String, name: String, _ convert: (JSONValue) -> Value?
    ) throws(Fault) -> [ModulePattern] {
        guard let json, !json.isNull else { return [] }
        guard let members = json.members, members.count <= 10_000 else {
            throw .badAdapter(path, "\(name) is not an object of numbers")
        }
        var patterns: [ModulePattern] = []
        for member in members {
            guard let value = convert(member.value), let pattern = ModulePattern(member.name, value) else {
                throw .badAdapter(path, "\(name) has the entry '\(member.name)', which Albit does not read")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private init?(_ text: String, _ value: Value) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxLength, bytes.count(where: { $0 == 0x2A || $0 == 0x2B }) <= 3,
            !zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x29 && [0x2A, 0x2B, 0x7B].contains($1) }),
            let expression = try? Regex("(.*\\.)?(\(text))")
        else { return nil }
        self.value = value
        self.expression = expression
    }

    /// PEFT matches from the start to the end, with anything before a dot in front.
    func matches(_ module: String) -> Bool { ((try? expression.wholeMatch(in: module)) ?? nil) != nil }
}

extension Fault {
    static func badAdapter(_ path: String, _ problem: String) -> Fault {
        Fault(.importBadConfiguration, in: path, problem)
    }
}
