import AlbitText

// The keys in which a model file keeps its configuration, for writer and reader: GGUF's own where it has one, then
// those that only Albit needs. What they mean: formats/gguf-albert.md.

/// What follows the architecture's name in GGUF's own keys.
private enum StandardKey {
    static let vocabSize = ".vocab_size"
    static let contextLength = ".context_length"
    static let embeddingLength = ".embedding_length"
    static let blockCount = ".block_count"
    static let feedForwardLength = ".feed_forward_length"
    static let headCount = ".attention.head_count"
    static let epsilon = ".attention.layer_norm_epsilon"
}

private enum OwnKey {
    static let embeddingSize = "albit.embedding_size"
    static let groupCount = "albit.group_count"
    static let innerGroupCount = "albit.inner_group_count"
    static let hiddenAct = "albit.hidden_act"
    static let typeVocabSize = "albit.type_vocab_size"
}

extension Configuration {
    func writeStandardKeys(to header: inout GGUFWriter) {
        let family = architecture.name
        header.set(family + StandardKey.vocabSize, vocabSize)
        header.set(family + StandardKey.contextLength, maxPositionEmbeddings)
        header.set(family + StandardKey.embeddingLength, hiddenSize)
        header.set(family + StandardKey.blockCount, numHiddenLayers)
        header.set(family + StandardKey.feedForwardLength, intermediateSize)
        header.set(family + StandardKey.headCount, numAttentionHeads)
        header.set(family + StandardKey.epsilon, layerNormEps)
    }

    func writeOwnKeys(to header: inout GGUFWriter) {
        header.set(OwnKey.embeddingSize, embeddingSize)
        header.set(OwnKey.groupCount, numHiddenGroups)
        header.set(OwnKey.innerGroupCount, innerGroupNum)
        header.set(OwnKey.hiddenAct, hiddenAct.name)
        header.set(OwnKey.typeVocabSize, typeVocabSize)
    }

    /// Reads the configuration of a file. Throws for a key that is missing, of the wrong type or out of its range.
    init(_ gguf: GGUF, _ architecture: Architecture) throws(Fault) {
        func number(_ key: String) throws(Fault) -> Int { try gguf.required(key, gguf.integer(key)) }
        let family = architecture.name
        let path = gguf.file.path
        let act = try gguf.required(OwnKey.hiddenAct, gguf.string(OwnKey.hiddenAct))
        guard let hiddenAct = HiddenActivation(name: act) else {
            throw Fault(
                .modelBadConfiguration, in: path, OwnKey.hiddenAct + " is '" + act + "'",
                expected: "gelu_new, gelu or relu")
        }
        let epsilon = family + StandardKey.epsilon
        self.init(
            architecture: architecture,
            vocabSize: try number(family + StandardKey.vocabSize),
            embeddingSize: try number(OwnKey.embeddingSize),
            hiddenSize: try number(family + StandardKey.embeddingLength),
            intermediateSize: try number(family + StandardKey.feedForwardLength),
            numAttentionHeads: try number(family + StandardKey.headCount),
            numHiddenLayers: try number(family + StandardKey.blockCount),
            numHiddenGroups: try number(OwnKey.groupCount),
            innerGroupNum: try number(OwnKey.innerGroupCount),
            hiddenAct: hiddenAct,
            maxPositionEmbeddings: try number(family + StandardKey.contextLength),
            typeVocabSize: try number(OwnKey.typeVocabSize),
            layerNormEps: Float(try gguf.required(epsilon, gguf.float(epsilon))))
        if let problem { throw Fault(.modelBadConfiguration, in: path, problem) }
    }
}

extension Architecture {
    /// The family that `general.architecture` names. Throws where it is none that Albit runs.
    init(_ gguf: GGUF) throws(Fault) {
        let key = "general.architecture"
        let name = try gguf.required(key, gguf.string(key))
        switch name {
        case Architecture.albert.name: self = .albert
        case Architecture.bert.name: self = .bert
        default:
            throw Fault(
                .modelOtherArchitecture, in: gguf.file.path, "holds a model of architecture '" + name + "'",
                expected: "'albert' or 'bert'")
        }
    }
}
