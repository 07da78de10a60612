// The keys of PEFT's adapter_config.json, as in peft 0.21.
extension ConfigurationKey {
    /// The entry of a key; nil where the key is unknown.
    static func adapter(_ name: String) -> ConfigurationKey? { adapters[name] }

    private static let adapters = table([
        ("peft_type r lora_alpha use_rslora rank_pattern alpha_pattern", .honoured, "the scale of each update"),
        ("task_type", .honoured, "the head that the adapter was trained with"),
        ("base_model_name_or_path", .honoured, "named in messages"),
        ("use_dora", .only(["false"]), "DoRA also changes the length of every column"),
        ("use_qalora", .only(["false"]), "QALoRA pools its inputs"),
        ("use_bdlora", .only(["false"]), "BD-LoRA has matrices of blocks"),
        ("alora_invocation_tokens", .only(["[]"]), "the update would depend on the tokens before"),
        ("layer_replication", .only(["[]"]), "the layers would be another model's"),
        ("target_parameters", .only(["[]"]), "Albit merges modules, not parameters"),
        ("trainable_token_indices", .only(["[]", "{}"]), "Albit merges no changed rows of embeddings"),
        (
            "init_lora_weights", .only(["true", "false", "gaussian", "eva", "orthogonal"]),
            "this way to start changes the base's weights as well"
        ),
        ("loftq_config", .only(["{}"]), "LoftQ changes the base's weights as well"),
        (
            "velora_config kasa_config arrow_config monteclora_config lora_ga_config", .only(["{}"]),
            "a variant that computes otherwise than a plain LoRA"
        ),
        ("ensure_weight_tying", .only(["false"]), "the tie would be between copies that the adapter trained"),
        (
            "bias lora_bias modules_to_save target_modules exclude_modules layers_to_transform layers_pattern", .inert,
            "the adapter's tensors say which modules it changes"
        ),
        ("fan_in_fan_out", .inert, "PEFT ignores it for the dense layers that these models have"),
        (
            "auto_mapping inference_mode lora_dropout revision peft_version runtime_config eva_config "
                + "ephemeral_gpu_offload", .inert, "about training, or about where the model comes from"
        ),
        ("corda_config megatron_config megatron_core qalora_group_size", .inert, "other keys switch it on"),
    ])
}
