import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitImporters

/// The closed world of `config.json`: what computes otherwise than Albit is refused by name.
@Suite struct ModelFamilyTests {
    private func opening(_ folder: ModelFolder, strict: Bool = false) -> Fault? {
        fault { try Importer.open(path: folder.path, options: ImportOptions(isStrict: strict)) }
    }

    @Test(arguments: ModelFamily.different.keys.sorted() + ["esperberto", "Bert", ""])
    func anotherFamilyIsRefused(type: String) throws {
        let found = opening(try ModelFolder("safetensors/bert-seqcls").configure(["model_type": type]))
        #expect(found.isA(.importOtherFamily, "'\(type)'", "Albit takes"), "\(String(describing: found))")
    }

    @Test(arguments: ["RobertaModel", "TFCamembertForMaskedLM", "FlaxXLMRobertaModel", "ElectraForPreTraining"])
    func aClassOfAnotherFamilyIsRefused(name: String) throws {
        // With and without a model_type that contradicts it.
        for type in ["bert", nil] {
            let folder = try ModelFolder("safetensors/bert-seqcls")
            let found = opening(try folder.configure(["architectures": [name], "model_type": type]))
            #expect(found.isA(.importOtherFamily, name, "Albit takes"), "\(String(describing: found))")
        }
    }

    @Test func theTypeOfBertWithOtherNames() throws {
        let bert = try Importer.open(path: Zoo.directory + "/safetensors/bert-seqcls")
        let folder = try ModelFolder("safetensors/bert-seqcls").configure([
            "model_type": "ernie", "architectures": ["ErnieForSequenceClassification"], "use_task_id": false,
        ])
        try folder.rename { $0.hasPrefix("bert.") ? "ernie." + $0.dropFirst(5) : $0 }
        let ernie = try Importer.open(path: folder.path)
        #expect(ernie.card.heads == [.sequenceClassification] && ernie.parameters == bert.parameters)
        #expect(ernie.configuration == bert.configuration && ernie.report.notes.isEmpty)
        let withTasks = opening(try folder.configure(["use_task_id": true]))
        #expect(withTasks.isA(.importUnsupportedConfiguration, "use_task_id", "true", "task types"))
    }

    /// DPR's encoders are a BERT without pooler, whose first token's state is the vector.
    @Test func theEncodersOfDPR() throws {
        let bert = try Importer.open(path: Zoo.directory + "/safetensors/bert-seqcls")
        let folder = try ModelFolder("safetensors/bert-seqcls").configure([
            "model_type": "dpr", "architectures": ["DPRQuestionEncoder"], "projection_dim": 0,
        ])
        try folder.rename { name in
            name.hasPrefix("bert.") && !name.contains("pooler")
                ? "question_encoder.bert_model." + name.dropFirst(5) : nil
        }
        let dpr = try Importer.open(path: folder.path)
        #expect(dpr.configuration == bert.configuration && dpr.card.heads.isEmpty)
        #expect(dpr.card.sentence == SentencePipeline(.cls))
        let projected = opening(try folder.configure(["projection_dim": 128]))
        #expect(projected.isA(.importUnsupportedConfiguration, "projection_dim", "one more matrix"))
        let reader = opening(try folder.configure(["architectures": ["DPRReader"], "projection_dim": 0]))
        #expect(reader.isA(.importOtherFamily, "DPRReader", "rank passages"), "\(String(describing: reader))")
    }

    /// Parts that a head was trained with and Albit does not run: the encoder is taken, the head is left out by name.
    @Test(arguments: [
        ("crf.transitions", "a CRF"), ("bilstm.weight_ih_l0", "a recurrent layer"),
        ("prefix_encoder.embedding.weight", "prefix tuning"), ("lstm.weight_hh_l0_reverse", "a recurrent layer"),
    ])
    func headsThatNeedMoreAreLeftOut(name: String, what: String) throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        let plain = try Importer.open(path: folder.path)
        #expect(plain.card.heads == [.sequenceClassification])
        try folder.rename { $0 == "bert.pooler.dense.bias" || $0 == "bert.pooler.dense.weight" ? nil : $0 }
        try folder.configure(["architectures": ["BertForTokenClassification"]])
        try folder.add(name)
        let source = try Importer.open(path: folder.path)
        #expect(source.card.heads.isEmpty && source.shape(of: .weight(.classifier)) == nil)
        #expect(
            source.report.doubts.contains {
                $0.contains("'classifier.weight'") && $0.contains(what) && $0.contains(name)
            })
        #expect(source.report.ignored.contains { $0.name == "classifier.weight" && $0.reason.contains(what) })
        let asked = fault {
            try Importer.open(path: folder.path, options: ImportOptions(head: .tokenClassification))
        }
        #expect(asked.isA(.importNoSuchHead, what, name), "\(String(describing: asked))")
    }

    /// Adapters of AdapterHub inside the layers change what the encoder computes.
    @Test(arguments: [
        "bert.encoder.layer.0.output.adapters.sst.adapter_down.0.weight",
        "bert.encoder.layer.1.attention.self.query.loras.sst.lora_A",
        "bert.encoder.layer.0.attention.self.prefix_tunings.p.prefix", "bert.invertible_adapters.a.F.0.weight",
    ])
    func adaptersOfAdapterHubAreRefused(name: String) throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        try folder.add(name)
        #expect(
            opening(folder).isA(.importAdapterUnsupported, "AdapterHub", name), "\(String(describing: opening(folder)))"
        )
    }

    /// JSON that is given in place of weights is called what it is, and a tokenizer of another name is told.
    @Test func jsonThatIsNoModel() throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        let tokenizer = Zoo.directory + "/tokenizers/hf/tokenizer.json"
        func opened(_ path: String) -> Fault? { fault { try Importer.open(path: path) } }
        #expect(opened(tokenizer).isA(.shardIndexNoWeightMap, "is a tokenizer", "--tokenizer"))
        #expect(opened(folder.path + "/config.json").isA(.shardIndexNoWeightMap, "is a model's configuration"))
        #expect(try Importer.open(path: folder.path).report.doubts.isEmpty)
        try FileManager.default.copyItem(atPath: tokenizer, toPath: folder.path + "/my_tokenizer.json")
        let source = try Importer.open(path: folder.path)
        #expect(source.tokenizerFiles.isEmpty)
        #expect(source.report.doubts.contains { $0.contains("my_tokenizer.json") && $0.contains("--tokenizer") })
    }

    /// Code beside the weights may compute anything.
    @Test func codeOfItsOwnIsRefused() throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        try folder.configure(["auto_map": ["AutoModel": "modeling_bert.JinaBertModel"]])
        #expect(opening(folder).isA(.importOtherFamily, "AutoModel"))
        try folder.configure(["auto_map": ["AutoTokenizer": ["tokenization.T", NSNull()]]])
        #expect(opening(folder) == nil)
    }

    private static let refused: [(key: String, value: String, words: String)] = [
        ("is_decoder", "true", "earlier"), ("add_cross_attention", "true", "another model"),
        ("is_encoder_decoder", "true", "encoder"), ("position_embedding_type", "\"relative_key\"", "absolute"),
        ("position_embedding_type", "\"rotary\"", "absolute"), ("pruned_heads", "{\"0\": [1]}", "heads"),
        ("quantization_config", "{\"load_in_8bit\": true}", "before"), ("use_task_id", "true", "task"),
        ("relative_attention", "true", "absolute"), ("ln_type", "\"preln\"", "normalizes"),
        ("net_structure_type", "1", "0"), ("down_scale_factor", "2", "1"), ("layers_to_keep", "[1]", "[]"),
        ("directionality", "\"left\"", "bidi"), ("pooler_type", "\"mean\"", "first_token_transform"),
        ("adapters", "{\"adapters\": {\"a\": \"b\"}}", "adapters"),
    ]

    @Test(arguments: refused.indices) func valuesThatComputeOtherwise(row: Int) throws {
        let (key, text, words) = Self.refused[row]
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        let found = opening(try ModelFolder("safetensors/bert-seqcls").configure([key: value]))
        #expect(found.isA(.importUnsupportedConfiguration, key, words), "\(String(describing: found))")
    }

    @Test func nothingIsAValueThatChangesNothing() throws {
        for (key, _, _) in Self.refused {
            #expect(opening(try ModelFolder("safetensors/bert-seqcls").configure([key: NSNull()]), strict: true) == nil)
        }
        // The code of ALBERT never reads these two.
        let albert = try ModelFolder("safetensors/base-model")
        #expect(opening(try albert.configure(["is_decoder": true, "add_cross_attention": true]), strict: true) == nil)
    }

    @Test func whatIsUnknownIsToldAndRefusedStrictly() throws {
        let folder = try ModelFolder("safetensors/base-model").configure(["attention_window": 512, "rotary": NSNull()])
        let source = try Importer.open(path: folder.path)
        #expect(source.report.notes.contains { $0.contains("'attention_window'") && !$0.contains("rotary") })
        #expect(source.report.readFiles.map(\.unknown) == [["attention_window"]])
        #expect(opening(folder, strict: true).isA(.importUnknownKey, "'attention_window'", "--strict"))
        #expect(opening(try ModelFolder("safetensors/base-model"), strict: true) == nil)
    }

    @Test(arguments: [
        ("gelu_new", HiddenActivation.geluNew), ("gelu_pytorch_tanh", .geluNew), ("gelu_python_tanh", .geluNew),
        ("gelu_fast", .geluNew), ("gelu_accurate", .geluNew), ("gelu", .gelu), ("gelu_python", .gelu), ("relu", .relu),
    ])
    func activationsHaveSeveralNames(name: String, expected: HiddenActivation) throws {
        let folder = try ModelFolder("safetensors/base-model").configure(["hidden_act": name])
        #expect(try Importer.open(path: folder.path).configuration.hiddenAct == expected)
    }

    @Test(arguments: ["quick_gelu", "gelu_10", "swish", "silu", "tanh", "linear", "mish", "GELU"])
    func otherActivationsAreRefused(name: String) throws {
        let found = opening(try ModelFolder("safetensors/base-model").configure(["hidden_act": name]))
        #expect(found.isA(.importBadConfiguration, "'\(name)'"), "\(String(describing: found))")
    }

    /// Hugging Face's tensor names mean Hugging Face's `gelu`, which is the erf form.
    @Test func geluWithoutAFamilyFollowsTheNames() throws {
        let nothing: [String: Any?] = [
            "model_type": nil, "architectures": nil, "transformers_version": nil, "hidden_act": "gelu",
        ]
        let folder = try ModelFolder("safetensors/base-model").configure(nothing)
        #expect(try Importer.open(path: folder.path).configuration.hiddenAct == .gelu)
        let original = try Importer.open(path: Zoo.directory + "/tf1/finetuned_seqcls")
        #expect(original.configuration.hiddenAct == .geluNew)
    }

    private static let signs: [(from: String, to: String)] = [
        ("bert.", "roberta."), ("bert.", "model.camembert."), ("classifier.weight", "classifier.out_proj.weight"),
        ("classifier.weight", "lm_head.layer_norm.weight"),
        ("bert.encoder.layer.1.output.dense.bias", "bert.encoder.layer.0.attention.self.distance_embedding.weight"),
        ("bert.pooler.dense.bias", "bert.encoder.layer.0.crossattention.self.query.bias"),
        ("bert.pooler.dense.bias", "bert.embeddings.task_type_embeddings.weight"),
        ("bert.pooler.dense.bias", "bert.embeddings.pronunciation_embed.weight"),
        ("bert.pooler.dense.bias", "bert.encoder.layer.0.attention.self.gate.bias"),
    ]

    @Test(arguments: signs.indices) func namesBetrayAFamily(row: Int) throws {
        let (from, to) = Self.signs[row]
        let folder = try ModelFolder("safetensors/bert-seqcls")
        try folder.rename { $0.hasPrefix(from) ? to + $0.dropFirst(from.count) : $0 }
        try folder.configure(["model_type": nil, "architectures": nil])
        #expect(opening(folder).isA(.importOtherFamily), "\(String(describing: opening(folder)))")
    }

    @Test func offsetsBetrayAFamily() throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        try folder.configure(["model_type": nil, "architectures": nil, "pad_token_id": 1])
        #expect(opening(folder).isA(.importOtherFamily, "pad_token_id 1", "RoBERTa"))
        try folder.configure(["model_type": "bert"])
        #expect(opening(folder) == nil)
    }

    /// Without a prefix, a configuration or an offset a RoBERTa looks like a BERT.
    @Test func doubtsAreTold() throws {
        let folder = try ModelFolder("safetensors/bert-seqcls")
        try folder.rename { $0.hasPrefix("bert.") ? String($0.dropFirst(5)) : $0 }
        #expect(try Importer.open(path: folder.path).report.notes.isEmpty)
        try folder.configure(["model_type": nil, "architectures": nil])
        #expect(try Importer.open(path: folder.path).report.notes.contains { $0.contains("RoBERTa") })
        #expect(opening(folder, strict: true).isA(.importOtherFamily, "RoBERTa", "config.json"))
    }
}
