/// A parameter of an ALBERT or BERT, whatever the source calls it. Matrices are [out][in], row-major.
package enum Parameter: Sendable, Hashable {
    /// [V][E]
    case wordEmbeddings
    /// [P][E]
    case positionEmbeddings
    /// [T][E]; absent where there are no token types.
    case tokenTypeEmbeddings
    case weight(ParameterModule)
    case bias(ParameterModule)
    /// [V]; the decoder's matrix is the word embedding.
    case predictionBias

    /// Part of a stored layer.
    package static func weight(layer: Int, _ module: LayerModule) -> Parameter { .weight(.layer(layer, module)) }
    /// Part of a stored layer.
    package static func bias(layer: Int, _ module: LayerModule) -> Parameter { .bias(.layer(layer, module)) }

    /// The module that the parameter is weight or bias of; nil for tables and the decoder's bias.
    package var module: ParameterModule? {
        switch self {
        case .weight(let module), .bias(let module): module
        case .wordEmbeddings, .positionEmbeddings, .tokenTypeEmbeddings, .predictionBias: nil
        }
    }

    /// Whether it belongs to a stage of a sentence pipeline.
    package var isOfSentences: Bool {
        if case .sentenceStage = module { true } else { false }
    }

    /// Those of which a text needs some rows only.
    package static let tables: [Parameter] = [.wordEmbeddings, .positionEmbeddings, .tokenTypeEmbeddings]

    // Which there are -------------------------------------------------------------------------

    /// Those without which nothing runs, in the order of the network.
    package static func required(_ configuration: Configuration) -> [Parameter] {
        var parameters: [Parameter] = [.wordEmbeddings, .positionEmbeddings]
        if configuration.typeVocabSize > 0 { parameters.append(.tokenTypeEmbeddings) }
        var modules: [ParameterModule] = [.embeddingNorm]
        if configuration.hasEmbeddingProjection { modules.append(.projection) }
        for layer in 0..<configuration.storedLayers { modules += LayerModule.allCases.map { .layer(layer, $0) } }
        return parameters + both(modules)
    }

    /// Those of the pooler and of heads, which a model may lack.
    package static let optional: [Parameter] =
        both([.pooler, .classifier, .answer, .order, .predictionDense, .predictionNorm]) + [.predictionBias]

    /// All that a model of a configuration can have, in the order of the network.
    package static func all(_ configuration: Configuration) -> [Parameter] { required(configuration) + optional }

    private static func both(_ modules: [ParameterModule]) -> [Parameter] {
        var parameters: [Parameter] = []
        for module in modules {
            parameters.append(.weight(module))
            parameters.append(.bias(module))
        }
        return parameters
    }

    // Shapes ----------------------------------------------------------------------------------

    /// The shape that the parameter has under a configuration; nil for the classifier, whose number of rows is the
    /// source's to say, and for stages of a sentence pipeline (`SentencePipeline.parameters`).
    package func shape(_ configuration: Configuration) -> [Int]? {
        let embedding = configuration.embeddingSize
        switch self {
        case .wordEmbeddings: return [configuration.vocabSize, embedding]
        case .positionEmbeddings: return [configuration.maxPositionEmbeddings, embedding]
        case .tokenTypeEmbeddings: return [configuration.typeVocabSize, embedding]
        case .weight(let module):
            guard let rows = module.rows(configuration) else { return nil }
            return module.columns(configuration).map { [rows, $0] } ?? [rows]
        case .bias(let module): return module.rows(configuration).map { [$0] }
        case .predictionBias: return [configuration.vocabSize]
        }
    }

    // Names -----------------------------------------------------------------------------------

    /// The canonical name: Hugging Face's for ALBERT without the prefix `albert.`. BERT's layer i is group i, inner
    /// layer 0. `innerGroups`: layers of a group.
    package func name(innerGroups: Int) -> String {
        switch self {
        case .wordEmbeddings: "embeddings.word_embeddings.weight"
        case .positionEmbeddings: "embeddings.position_embeddings.weight"
        case .tokenTypeEmbeddings: "embeddings.token_type_embeddings.weight"
        case .weight(let module): module.name(innerGroups) + ".weight"
        case .bias(let module): module.name(innerGroups) + ".bias"
        case .predictionBias: "predictions.bias"
        }
    }

    package func name(_ configuration: Configuration) -> String { name(innerGroups: configuration.innerGroupNum) }
}
