import AlbitModel

extension ParameterSource {
    /// Every canonical parameter that the source has, with its shape, in the order of the network.
    package var parameters: [(name: String, shape: [Int])] {
        var names = [
            ParameterName.wordEmbeddings, ParameterName.positionEmbeddings, ParameterName.tokenTypeEmbeddings,
            ParameterName.embeddingNormWeight, ParameterName.embeddingNormBias, ParameterName.projectionWeight,
            ParameterName.projectionBias,
        ]
        for layer in 0..<configuration.storedLayers {
            names += ParameterName.Layer.allCases.map {
                ParameterName.layer(layer, $0, innerGroups: configuration.innerGroupNum)
            }
        }
        names += [
            ParameterName.poolerWeight, ParameterName.poolerBias, ParameterName.classifierWeight,
            ParameterName.classifierBias, ParameterName.answerWeight, ParameterName.answerBias,
            ParameterName.orderWeight, ParameterName.orderBias, ParameterName.predictionDenseWeight,
            ParameterName.predictionDenseBias, ParameterName.predictionNormWeight, ParameterName.predictionNormBias,
            ParameterName.predictionBias,
        ]
        return names.compactMap { name in shape(of: name).map { (name, $0) } }
    }
}
