import AlbitText

/// A key of `config.json`, and why it may stand there: one table of all that transformers and the original programs
/// write. What the table lacks is told in the report, since nobody has shown that it changes nothing.
struct ConfigurationKey: Sendable {
    enum Rule: Sendable {
        /// Read, by `ConfigurationFile` or by the tokenizer's and the heads' readers.
        case honoured
        /// No value changes an answer.
        case inert
        /// These values, as JSON writes them, are what Albit computes; any other one is refused.
        case only([String])
    }

    let rule: Rule
    /// Why the key changes nothing, or what a refused value would mean.
    let why: String

    /// The entry of a key; nil where the key is unknown.
    static func named(_ name: String) -> ConfigurationKey? { table[name] }

    /// Rows of names, with spaces between them, by name.
    static func table(_ rows: [(names: String, rule: Rule, why: String)]) -> [String: ConfigurationKey] {
        var table: [String: ConfigurationKey] = [:]
        for (names, rule, why) in rows {
            for name in names.split(separator: " ") { table[String(name)] = ConfigurationKey(rule: rule, why: why) }
        }
        return table
    }

    private static let table = table([
        ("model_type architectures", .honoured, "the family, and the head that it was saved with"),
        (
            "vocab_size embedding_size hidden_size intermediate_size num_attention_heads num_hidden_layers "
                + "num_hidden_groups inner_group_num max_position_embeddings type_vocab_size", .honoured, "dimensions"
        ),
        ("hidden_act", .honoured, "the activation between the two matrices of a feed-forward block"),
        ("layer_norm_eps", .honoured, "added to every variance"),
        ("id2label problem_type", .honoured, "the names of a classifier's rows and how they become scores"),
        ("tokenizer_class", .honoured, "the class that reads the tokenizer's files"),
        ("tie_word_embeddings", .honoured, "the decoder is compared with the word embedding"),
        ("auto_map", .honoured, "code that lies beside the weights is refused"),
        ("position_embedding_type", .only(["absolute"]), "Albit adds a table of absolute positions"),
        ("is_decoder", .only(["false"]), "a decoder's tokens attend to earlier ones only, Albit's to all"),
        ("add_cross_attention", .only(["false"]), "the layers would attend to another model's output"),
        ("is_encoder_decoder", .only(["false"]), "Albit runs an encoder alone"),
        ("projection_dim", .only(["0"]), "the vector of DPR would pass through one more matrix"),
        ("use_task_id", .only(["false"]), "Albit adds no task types to the embeddings"),
        ("pruned_heads", .only(["{}"]), "all layers have the same number of heads in Albit"),
        ("quantization_config compression_config", .only(["{}"]), "Albit reads the weights from before quantization"),
        ("adapters adapter_config", .only(["{}"]), "the layers would have adapters of the library of that name"),
        ("relative_attention", .only(["false"]), "Albit adds a table of absolute positions"),
        ("net_structure_type gap_size num_memory_blocks", .only(["0"]), "other arrangements of layers are unpublished"),
        ("down_scale_factor", .only(["1"]), "other arrangements of layers are unpublished"),
        ("layers_to_keep", .only(["[]"]), "other arrangements of layers are unpublished"),
        ("ln_type", .only(["postln"]), "Albit normalizes after each sum, not before each block"),
        ("directionality", .only(["bidi"]), "Albit's tokens attend to all tokens"),
        ("pooler_type", .only(["first_token_transform"]), "Albit's pooler reads the first token"),
        ("chunk_size_feed_forward", .inert, "the same arithmetic, in pieces"),
        (
            "attention_probs_dropout_prob hidden_dropout_prob classifier_dropout classifier_dropout_prob dropout "
                + "attention_dropout hidden_dropout summary_last_dropout", .inert, "only training drops anything"
        ),
        (
            "initializer_range initializer_factor finetuning_task gradient_checkpointing tf_legacy_loss "
                + "task_specific_params label_smoothing", .inert, "about training"
        ),
        (
            "pad_token_id bos_token_id eos_token_id sep_token_id cls_token_id mask_token_id unk_token_id "
                + "decoder_start_token_id", .inert, "ids come from the tokenizer, padding from the attention mask"
        ),
        ("label2id num_labels _num_labels", .inert, "id2label and the classifier's rows say the same"),
        (
            "pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head summary_activation "
                + "summary_type summary_use_proj summary_proj_to_labels summary_first_dropout", .inert,
            "no published program for these models reads it"
        ),
        (
            "output_hidden_states output_attentions output_past output_scores return_dict use_return_dict "
                + "return_dict_in_generate torchscript torch_dtype dtype use_bfloat16 use_cache xla_device "
                + "attn_implementation _attn_implementation _attn_implementation_autoset _attn_implementation_internal "
                + "use_sdpa", .inert, "about how another library computes or returns the same values"
        ),
        (
            "name_or_path _name_or_path _commit_hash transformers_version transformers.js_config custom_pipelines "
                + "language license", .inert, "about where the model comes from"
        ),
        (
            "cross_attention_hidden_size tie_encoder_decoder max_length min_length do_sample early_stopping num_beams "
                + "num_beam_groups diversity_penalty temperature top_k top_p typical_p repetition_penalty "
                + "length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids prefix "
                + "num_return_sequences forced_bos_token_id forced_eos_token_id remove_invalid_values "
                + "exponential_decay_length_penalty suppress_tokens begin_suppress_tokens", .inert,
            "about generating text, which an encoder does not"
        ),
        (
            "sentence_transformers sbert_ce_default_activation_function", .honoured,
            "how scores of a cross-encoder are made"
        ),
        ("task_type_vocab_size", .inert, "only use_task_id makes use of it"),
    ])

    /// A value as the rules write it: scalars as they are, lists and objects without anything in them as `[]` and `{}`.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
        case .string(let value): value
        case .array(let values): values.isEmpty ? "[]" : "a list of \(values.count)"
        case .object(let members): isEmpty(members) ? "{}" : "an object of \(members.count)"
        }
    }

    /// Some libraries write an object of empty objects where there is nothing.
    private static func isEmpty(_ members: [JSONMember]) -> Bool {
        members.allSatisfy { member in
            switch member.value {
            case .null: true
            case .array(let values): values.isEmpty
            case .object(let inner): isEmpty(inner)
            default: false
            }
        }
    }
}
