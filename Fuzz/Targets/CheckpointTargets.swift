import AlbitImporters

extension FuzzTarget {
    static let checkpoints: [FuzzTarget] = [
        FuzzTarget("safetensors", maxLength: 1 << 18) {
            try touch(Safetensors.read(MemoryBytes($0, path: "model.safetensors")))
        },
        FuzzTarget("pickle", maxLength: 1 << 14) { bytes in
            var machine = PickleMachine(bytes, path: "data.pkl")
            _ = try machine.tensors(in: try machine.run())
        },
        FuzzTarget("torch-zip", maxLength: 1 << 18) {
            try touch(PyTorch.read(zip: MemoryBytes($0, path: "pytorch_model.bin")))
        },
        FuzzTarget("torch-legacy", maxLength: 1 << 18) {
            try touch(PyTorch.read(legacy: MemoryBytes($0, path: "pytorch_model.bin")))
        },
        FuzzTarget("msgpack", maxLength: 1 << 18) { try touch(Flax.read(MemoryBytes($0, path: "flax_model.msgpack"))) },
        FuzzTarget("hdf5", maxLength: 1 << 18) { try touch(Keras.read(MemoryBytes($0, path: "tf_model.h5"), base: 0)) },
        FuzzTarget("sstable") { bytes in
            let file = MemoryBytes(TableForm.repaired(bytes), path: "model.ckpt.index")
            let tree = MemoryTree(["model.ckpt.data-00000-of-00001": [UInt8](repeating: 0x3C, count: 4096)])
            try touch(TensorFlowBundle.read(file, name: "model.ckpt.index", tree: tree).0)
        },
        // The entries of a table that is itself in order, so that the damage reaches what they say.
        FuzzTarget("bundle-entries", maxLength: 1 << 14) { bytes in
            let file = MemoryBytes(TableForm.table(around: bytes), path: "model.ckpt.index")
            let tree = MemoryTree(["model.ckpt.data-00000-of-00001": [UInt8](repeating: 0x3C, count: 4096)])
            try touch(TensorFlowBundle.read(file, name: "model.ckpt.index", tree: tree).0)
        },
        FuzzTarget("shard-index", maxLength: 1 << 14) { bytes in
            let tree = MemoryTree(["model.safetensors.index.json": bytes, "config.json": configuration])
            _ = try Importer.open(
                MemoryBytes(bytes, path: "model.safetensors.index.json"), name: "model.safetensors.index.json",
                tree: tree, options: ImportOptions())
        },
        FuzzTarget("configuration", maxLength: 1 << 14) { bytes in
            let tree = MemoryTree(["config.json": bytes])
            try Importer.open(
                MemoryBytes(smallModel, path: "model.safetensors"), name: "model.safetensors", tree: tree,
                options: ImportOptions()
            )
            .verify()
        },
        FuzzTarget("adapter-configuration", maxLength: 1 << 14) { bytes in
            let tree = MemoryTree([
                "config.json": configuration, "adapter_config.json": bytes, "adapter_model.safetensors": smallModel,
            ])
            try Importer.open(
                MemoryBytes(smallModel, path: "model.safetensors"), name: "model.safetensors", tree: tree,
                options: ImportOptions()
            )
            .verify()
        },
        // Each small file of a sentence model in turn, the others being what they should be.
        FuzzTarget("sentence-modules", maxLength: 1 << 14) { bytes in
            for name in sentenceFiles.keys.sorted() {
                var files = sentenceFiles
                files[name] = bytes
                files["config.json"] = SmallModel.configuration
                let source = try? Importer.open(
                    MemoryBytes(smallModel, path: "model.safetensors"), name: "model.safetensors",
                    tree: MemoryTree(files), options: ImportOptions())
                try source?.verify()
            }
        },
        // Any format, told from content, beside a configuration.
        FuzzTarget("import", maxLength: 1 << 18) { bytes in
            try Importer.open(
                MemoryBytes(bytes, path: "model"), name: "model", tree: MemoryTree(["config.json": configuration]),
                options: ImportOptions()
            ).verify()
        },
    ]

    /// Weights of a dense module, two rows of zeros.
    private static var dense: [UInt8] {
        let header =
            Array(
                #"{"linear.weight":{"dtype":"F32","shape":[2,16],"data_offsets":[0,128]},"#.utf8)
            + Array(#""linear.bias":{"dtype":"F32","shape":[2],"data_offsets":[128,136]}}"#.utf8)
        let size = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return size + header + [UInt8](repeating: 0, count: 136)
    }

    /// What sentence-transformers writes beside a transformer.
    private static let sentenceFiles: [String: [UInt8]] = [
        "modules.json": Array(
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}]
            """.utf8),
        "1_Pooling/config.json": Array(#"{"pooling_mode": ["cls", "mean"], "include_prompt": false}"#.utf8),
        "2_Dense/config.json": Array(
            #"{"in_features": 8, "out_features": 2, "activation_function": "torch.nn.modules.activation.Tanh"}"#.utf8),
        "2_Dense/model.safetensors": dense,
        "config_sentence_transformers.json": Array(#"{"prompts": {"q": "q: "}, "default_prompt_name": "q"}"#.utf8),
        "sentence_bert_config.json": Array(#"{"max_seq_length": 4, "do_lower_case": true}"#.utf8),
        "tokenizer_config.json": Array(#"{"model_max_length": 7}"#.utf8),
    ]

    /// The beginning and the end of every tensor.
    private static func touch(_ checkpoint: Checkpoint) throws {
        for entry in checkpoint.tensors.prefix(256) {
            let count = entry.tensor.elementCount
            let part = min(count, 1024)
            guard part > 0 else { continue }
            try withUnsafeTemporaryAllocation(of: Float.self, capacity: part) { buffer in
                try entry.tensor.read(0..<part, into: buffer)
                try entry.tensor.read((count - part)..<count, into: buffer)
            }
        }
    }

    /// A `config.json` of the zoo's base variant.
    static let configuration = Array(
        """
        {"model_type": "albert", "vocab_size": 1000, "embedding_size": 16, "hidden_size": 48, "intermediate_size": 96, \
        "num_attention_heads": 4,
         "num_hidden_layers": 3, "num_hidden_groups": 1, "inner_group_num": 1, "hidden_act": "gelu_new", \
         "max_position_embeddings": 64,
         "type_vocab_size": 2, "layer_norm_eps": 1e-12}
        """.utf8)

    /// A whole model of a few numbers as safetensors, so that a configuration is all that can be wrong.
    static let smallModel = SmallModel.safetensors()
}
