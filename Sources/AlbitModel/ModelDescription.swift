/// What every model file says of its model, whatever the arithmetic: the keys of formats/gguf-albert.md.
package struct ModelDescription {
    package var configuration: Configuration
    /// The oldest version that can say what the file holds.
    package var formatVersion = 1
    package var name = ""
    package var license: String?
    package var heads: [Head] = []
    /// Rows of the classifier in order; empty where there is none.
    package var labels: [String] = []
    package var problemType: String?
    package var pooling: String?
    package var sourceFile = ""
    package var sourceFormat = ""
    package var sourceDigest = ""

    package init(configuration: Configuration) { self.configuration = configuration }

    package func write(to header: inout GGUFWriter) {
        let c = configuration
        let architecture = c.architecture.name
        header.set("general.architecture", architecture)
        header.set("general.name", name)
        if let license { header.set("general.license", license) }
        header.set(architecture + ".vocab_size", c.vocabSize)
        header.set(architecture + ".context_length", c.maxPositionEmbeddings)
        header.set(architecture + ".embedding_length", c.hiddenSize)
        header.set(architecture + ".block_count", c.numHiddenLayers)
        header.set(architecture + ".feed_forward_length", c.intermediateSize)
        header.set(architecture + ".attention.head_count", c.numAttentionHeads)
        header.set(architecture + ".attention.layer_norm_epsilon", c.layerNormEps)
        header.set("albit.format_version", formatVersion)
        header.set("albit.embedding_size", c.embeddingSize)
        header.set("albit.group_count", c.numHiddenGroups)
        header.set("albit.inner_group_count", c.innerGroupNum)
        header.set("albit.hidden_act", c.hiddenAct.name)
        header.set("albit.type_vocab_size", c.typeVocabSize)
        header.set("albit.heads", heads.map { $0.name })
        if !labels.isEmpty { header.set("albit.labels", labels) }
        if let problemType { header.set("albit.problem_type", problemType) }
        if let pooling { header.set("albit.pooling", pooling) }
        header.set("albit.source.file", sourceFile)
        header.set("albit.source.format", sourceFormat)
        header.set("albit.source.sha256", sourceDigest)
    }
}
