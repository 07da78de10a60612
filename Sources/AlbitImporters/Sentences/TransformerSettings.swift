import AlbitModel
import AlbitText

/// What a Transformer module says of its texts: `sentence_bert_config.json`, and the length that the tokenizer knows.
struct TransformerSettings {
    /// Nil: all positions.
    var maxSequenceLength: Int?
    var lowercases = false
    /// What the transformer gives by itself: the pooled output, without a Pooling module behind it.
    var pooling: SentencePooling?

    private static let fileNames = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]

    /// Arguments of from_pretrained that change no answer.
    private static let harmless: Set<String> = [
        "torch_dtype", "dtype", "attn_implementation", "device_map", "low_cpu_mem_usage", "use_safetensors",
        "trust_remote_code", "revision", "token", "cache_dir", "local_files_only", "add_pooling_layer", "use_fast",
        "use_cache", "output_attentions", "output_hidden_states", "return_dict",
    ]

    init() {}

    /// `positions`: all that the model has.
    init(
        _ tree: any FileTree, positions: Int, _ read: inout [ImportReport.ReadFile]
    ) throws(Fault) {
        var tokenizer = try ModuleConfiguration(tree, file: "tokenizer_config.json")
        // A number too large for any text means that there is no limit.
        var length = tokenizer.value("model_max_length")?.double.flatMap { $0 < 1e9 ? Int($0) : nil }
        if let side = try tokenizer.string("truncation_side"), side != "right" {
            throw tokenizer.unsupported("truncation_side", "is '\(side)'", expected: "'right'")
        }
        for name in TransformerSettings.fileNames {
            var file = try ModuleConfiguration(tree, file: name)
            guard file.isThere else { continue }
            if let own = try file.count("max_seq_length") { length = own }
            lowercases = try file.bool("do_lower_case") ?? false
            try readOutput(&file)
            try readArguments(&file, &length)
            try readProcessing(&file, &length)
            file.pass(
                "query_length", "document_length", "query_expansion",
                why: "of use to encode_query and encode_document alone")
            file.pass("unpad_inputs", why: "speed alone")
            read.append(file.review())
            break
        }
        if let length {
            guard length > 0 else { throw tokenizer.wrong("model_max_length", "a whole number from 1") }
            maxSequenceLength = length < positions ? length : nil
        }
    }

    /// What the modules behind it get.
    private mutating func readOutput(_ file: inout ModuleConfiguration) throws(Fault) {
        let task = try file.string("transformer_task") ?? "feature-extraction"
        guard ["feature-extraction", "sequence-classification"].contains(task) else {
            throw file.unsupported("transformer_task", "is '\(task)'", expected: "'feature-extraction'")
        }
        let name = try file.string("module_output_name")
        guard let ways = file.value("modality_config") else { return }
        guard let text = ways["text"], ways["message"] == nil else {
            throw file.unsupported("modality_config", "has no plain 'text', or has a 'message'", expected: "'text'")
        }
        let output = text["method_output_name"]?.string ?? ""
        let method = text["method"]?.string
        switch (method, output, name) {
        case ("forward", "last_hidden_state", "token_embeddings"), ("forward", "logits", "scores"): break
        case ("forward", "pooler_output", "sentence_embedding"): pooling = .pooler
        default:
            throw file.unsupported(
                "modality_config",
                "takes '\(output)' of '\(method ?? "")' for \(name.map { "'\($0)'" } ?? "nothing that it names")",
                expected: "'last_hidden_state' of 'forward' for 'token_embeddings'")
        }
    }

    /// Arguments that the library passes on.
    private func readArguments(_ file: inout ModuleConfiguration, _ length: inout Int?) throws(Fault) {
        for keys in [
            ("model_args", "model_kwargs"), ("tokenizer_args", "processor_kwargs"), ("config_args", "config_kwargs"),
        ] {
            for key in [keys.0, keys.1] {
                for member in file.value(key)?.members ?? [] where !TransformerSettings.harmless.contains(member.name) {
                    if key == "tokenizer_args" || key == "processor_kwargs", member.name == "model_max_length" {
                        guard let own = member.value.integer, own > 0 else { throw file.wrong(key, "a length from 1") }
                        length = own
                        continue
                    }
                    throw file.unsupported(key, "sets '\(member.name)'")
                }
            }
        }
        if let name = try file.string("tokenizer_name_or_path"), !name.isEmpty {
            throw file.unsupported("tokenizer_name_or_path", "names another tokenizer")
        }
    }

    /// How the tokenizer is called.
    private func readProcessing(_ file: inout ModuleConfiguration, _ length: inout Int?) throws(Fault) {
        for part in file.value("processing_kwargs")?.members ?? [] {
            for member in part.value.members ?? [] where ["common", "text"].contains(part.name) {
                guard part.name == "text", member.name == "max_length", let own = member.value.integer, own > 0 else {
                    throw file.unsupported("processing_kwargs", "sets '\(member.name)'")
                }
                length = own
            }
        }
    }
}
