import AlbitModel

/// The shape each canonical parameter must have under a configuration.
enum CanonicalShapes {
    /// Parameters outside the layers that a model may lack.
    static let optional: [String] = [
        ParameterName.poolerWeight, ParameterName.poolerBias, ParameterName.classifierWeight, ParameterName.classifierBias,
        ParameterName.answerWeight, ParameterName.answerBias, ParameterName.orderWeight, ParameterName.orderBias,
        ParameterName.predictionDenseWeight, ParameterName.predictionDenseBias, ParameterName.predictionNormWeight,
        ParameterName.predictionNormBias, ParameterName.predictionBias,
    ]

    /// Parameters without which nothing runs.
    static func required(_ c: Configuration) -> [(String, [Int])] {
        typealias Name = ParameterName
        var list: [(String, [Int])] = [
            (Name.wordEmbeddings, [c.vocabSize, c.embeddingSize]),
            (Name.positionEmbeddings, [c.maxPositionEmbeddings, c.embeddingSize]),
        ]
        if c.typeVocabSize > 0 { list.append((Name.tokenTypeEmbeddings, [c.typeVocabSize, c.embeddingSize])) }
        list.append((Name.embeddingNormWeight, [c.embeddingSize]))
        list.append((Name.embeddingNormBias, [c.embeddingSize]))
        if c.hasEmbeddingProjection {
            list.append((Name.projectionWeight, [c.hiddenSize, c.embeddingSize]))
            list.append((Name.projectionBias, [c.hiddenSize]))
        }
        for index in 0..<c.storedLayers {
            for part in Name.Layer.allCases {
                list.append((Name.layer(index, part, innerGroups: c.innerGroupNum), shape(of: part, c)))
            }
        }
        return list
    }

    /// Those, and what heads add. The number of classifier rows is the source's to say.
    static func all(_ c: Configuration) -> [String: [Int]] {
        typealias Name = ParameterName
        var shapes = [String: [Int]](required(c), uniquingKeysWith: { first, _ in first })
        shapes[Name.poolerWeight] = [c.hiddenSize, c.hiddenSize]
        shapes[Name.poolerBias] = [c.hiddenSize]
        shapes[Name.answerWeight] = [2, c.hiddenSize]
        shapes[Name.answerBias] = [2]
        shapes[Name.orderWeight] = [2, c.hiddenSize]
        shapes[Name.orderBias] = [2]
        shapes[Name.predictionDenseWeight] = [c.embeddingSize, c.hiddenSize]
        shapes[Name.predictionDenseBias] = [c.embeddingSize]
        shapes[Name.predictionNormWeight] = [c.embeddingSize]
        shapes[Name.predictionNormBias] = [c.embeddingSize]
        shapes[Name.predictionBias] = [c.vocabSize]
        return shapes
    }

    static func shape(of part: ParameterName.Layer, _ c: Configuration) -> [Int] {
        switch part {
        case .queryWeight, .keyWeight, .valueWeight, .outputWeight: [c.hiddenSize, c.hiddenSize]
        case .ffnWeight: [c.intermediateSize, c.hiddenSize]
        case .ffnOutputWeight: [c.hiddenSize, c.intermediateSize]
        case .ffnBias: [c.intermediateSize]
        default: [c.hiddenSize]
        }
    }
}
