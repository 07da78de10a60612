import AlbitImporters
import AlbitModel
import AlbitText

/// What sentence-transformers reads beside the transformer's files: the list of modules, a folder for each, prompts.
/// Versions 2 to 6 read it, as far as they know what a model asks for.
package struct SentenceFolder<Source: ParameterSource> {
    private let source: Source
    private let card: ModelCard
    private let pipeline: SentencePipeline

    /// Nil for a model that has no sentence pipeline.
    package init?(_ source: Source, card: ModelCard) {
        guard let pipeline = card.sentence else { return nil }
        self.source = source
        self.card = card
        self.pipeline = pipeline
    }

    /// A module as `modules.json` lists it.
    private struct Module {
        let type: String
        let folder: String
    }

    /// Whether the transformer itself gives the vector, so that there is no Pooling.
    private var isPooler: Bool { pipeline.poolings == [.pooler] }

    private var modules: [Module] {
        var modules = [Module(type: "Transformer", folder: "")]
        func add(_ type: String) { modules.append(Module(type: type, folder: "\(modules.count)_\(type)")) }
        if !isPooler { add("Pooling") }
        for stage in pipeline.stages {
            switch stage {
            case .dense: add("Dense")
            case .layerNorm: add("LayerNorm")
            case .normalize: add("Normalize")
            }
        }
        return modules
    }

    /// Writes into a directory that is there. `makeDirectory` makes one below it. Throws for a pipeline that the
    /// library cannot do.
    package func write(
        to path: String, overwrite: Bool, makeDirectory: (String) throws(Fault) -> Void
    ) throws(Fault) {
        guard isPooler || !pipeline.poolings.contains(.pooler) else {
            throw Fault(
                .exportUnsupportedPipeline, in: path,
                "sentence-transformers cannot join the pooled output to other poolings (\(pipeline.name))")
        }
        func file(_ name: String, _ build: (inout JSONWriter) -> Void) throws(Fault) {
            var json = JSONWriter(indented: true)
            build(&json)
            let file = try OutputFile(path: path + "/" + name, overwrite: overwrite)
            try file.write(Array((json.text + "\n").utf8))
            try file.finish()
        }
        let modules = modules
        for module in modules where !module.folder.isEmpty { try makeDirectory(path + "/" + module.folder) }
        try file("modules.json", list)
        try file("config_sentence_transformers.json", settings)
        try file("sentence_bert_config.json", transformer)
        if !isPooler { try file(modules[1].folder + "/config.json", pooling) }
        for (index, stage) in pipeline.stages.enumerated() {
            let folder = modules[index + (isPooler ? 1 : 2)].folder
            try file(folder + "/config.json") {
                module(stage, pipeline.stageWidths(hiddenSize: hiddenSize)[index], &$0)
            }
            let prefix = if case .dense = stage { "linear" } else { "norm" }
            let all = pipeline.parameters(hiddenSize: hiddenSize).filter {
                $0.parameter.module == .sentenceStage(index)
            }
            guard !all.isEmpty else { continue }
            try SafetensorsExporter.write(
                source,
                all.map { parameter in
                    if case .bias = parameter.parameter {
                        return (prefix + ".bias", parameter.parameter, parameter.shape)
                    }
                    return (prefix + ".weight", parameter.parameter, parameter.shape)
                }, to: path + "/" + folder + "/model.safetensors", overwrite: overwrite)
        }
    }

    private var hiddenSize: Int { source.configuration.hiddenSize }

    private func list(_ json: inout JSONWriter) {
        json.beginArray()
        for (index, module) in modules.enumerated() {
            json.beginObject()
            json.member("idx")
            json.integer(index)
            json.member("name")
            json.string(String(index))
            json.member("path")
            json.string(module.folder)
            json.member("type")
            json.string("sentence_transformers.models." + module.type)
            json.endObject()
        }
        json.endArray()
    }

    private func settings(_ json: inout JSONWriter) {
        json.beginObject()
        json.member("model_type")
        json.string("SentenceTransformer")
        json.member("prompts")
        json.beginObject()
        for prompt in card.prompts.prompts {
            json.member(prompt.name)
            json.string(prompt.text)
        }
        json.endObject()
        json.member("default_prompt_name")
        if let name = card.prompts.defaultName { json.string(name) } else { json.null() }
        json.member("similarity_fn_name")
        json.string((card.similarity ?? .cosine).rawValue)
        if let kept = pipeline.keptWidth {
            json.member("truncate_dim")
            json.integer(kept)
        }
        json.endObject()
    }

    private func transformer(_ json: inout JSONWriter) {
        json.beginObject()
        json.member("max_seq_length")
        json.integer(card.maxSequenceLength ?? source.configuration.maxPositionEmbeddings)
        json.member("do_lower_case")
        json.bool(card.lowercases)
        if isPooler {
            json.member("modality_config")
            json.beginObject()
            json.member("text")
            json.beginObject()
            json.member("method")
            json.string("forward")
            json.member("method_output_name")
            json.string("pooler_output")
            json.endObject()
            json.endObject()
            json.member("module_output_name")
            json.string("sentence_embedding")
        }
        json.endObject()
    }

    /// By the flags of all versions where they can say it, else by the list of version 6.
    private func pooling(_ json: inout JSONWriter) {
        let flags: [(SentencePooling, String)] = [
            (.cls, "cls_token"), (.max, "max_tokens"), (.mean, "mean_tokens"),
            (.meanSqrtLength, "mean_sqrt_len_tokens"), (.weightedMean, "weightedmean_tokens"),
            (.lastToken, "lasttoken"),
        ]
        let width = hiddenSize
        json.beginObject()
        if flags.map(\.0).filter(pipeline.poolings.contains) == pipeline.poolings {
            json.member("word_embedding_dimension")
            json.integer(width)
            for (pooling, name) in flags {
                json.member("pooling_mode_" + name)
                json.bool(pipeline.poolings.contains(pooling))
            }
        } else {
            json.member("embedding_dimension")
            json.integer(width)
            json.member("pooling_mode")
            json.beginArray()
            for pooling in pipeline.poolings { json.string(pooling.rawValue) }
            json.endArray()
        }
        json.member("include_prompt")
        json.bool(pipeline.includesPrompt)
        json.endObject()
    }

    private func module(_ stage: SentenceStage, _ width: Int, _ json: inout JSONWriter) {
        json.beginObject()
        switch stage {
        case .dense(let dense):
            json.member("in_features")
            json.integer(dense.inFeatures)
            json.member("out_features")
            json.integer(dense.outFeatures)
            json.member("bias")
            json.bool(dense.hasBias)
            json.member("activation_function")
            json.string(dense.activation.classPath)
        case .layerNorm:
            json.member("dimension")
            json.integer(width)
        case .normalize: break
        }
        json.endObject()
    }
}
