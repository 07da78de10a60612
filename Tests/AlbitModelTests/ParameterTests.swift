import Testing

@testable import AlbitModel

struct ParameterTests {
    private static func configuration(_ architecture: Architecture, embedding: Int) -> Configuration {
        Configuration(
            architecture: architecture, vocabSize: 100, embeddingSize: embedding, hiddenSize: 32, intermediateSize: 64,
            numAttentionHeads: 2, numHiddenLayers: 8, numHiddenGroups: 2, innerGroupNum: 2, hiddenAct: .gelu,
            maxPositionEmbeddings: 40, typeVocabSize: 3, layerNormEps: 1e-12)
    }

    /// As `AlbertForPreTraining.state_dict()` of transformers names them, without the prefix `albert.`; and Albit's own
    /// for the heads of one class each.
    @Test func namesAreThoseOfTransformers() {
        let configuration = Self.configuration(.albert, embedding: 16)
        let expected: [(Parameter, String, [Int]?)] = [
            (.wordEmbeddings, "embeddings.word_embeddings.weight", [100, 16]),
            (.positionEmbeddings, "embeddings.position_embeddings.weight", [40, 16]),
            (.tokenTypeEmbeddings, "embeddings.token_type_embeddings.weight", [3, 16]),
            (.weight(.embeddingNorm), "embeddings.LayerNorm.weight", [16]),
            (.weight(.projection), "encoder.embedding_hidden_mapping_in.weight", [32, 16]),
            (.bias(.projection), "encoder.embedding_hidden_mapping_in.bias", [32]),
            (
                .weight(layer: 3, .query), "encoder.albert_layer_groups.1.albert_layers.1.attention.query.weight",
                [32, 32]
            ),
            (
                .bias(layer: 2, .attentionOutput), "encoder.albert_layer_groups.1.albert_layers.0.attention.dense.bias",
                [32]
            ),
            (.weight(layer: 0, .ffnUp), "encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", [64, 32]),
            (.bias(layer: 0, .ffnUp), "encoder.albert_layer_groups.0.albert_layers.0.ffn.bias", [64]),
            (.weight(layer: 1, .ffnDown), "encoder.albert_layer_groups.0.albert_layers.1.ffn_output.weight", [32, 64]),
            (
                .bias(layer: 1, .outputNorm),
                "encoder.albert_layer_groups.0.albert_layers.1.full_layer_layer_norm.bias", [32]
            ),
            (.weight(.pooler), "pooler.weight", [32, 32]), (.weight(.classifier), "classifier.weight", nil),
            (.weight(.answer), "qa_outputs.weight", [2, 32]), (.bias(.order), "sop_classifier.bias", [2]),
            (.weight(.predictionDense), "predictions.dense.weight", [16, 32]),
            (.bias(.predictionNorm), "predictions.LayerNorm.bias", [16]), (.predictionBias, "predictions.bias", [100]),
        ]
        for (parameter, name, shape) in expected {
            #expect(parameter.name(configuration) == name)
            #expect(parameter.shape(configuration) == shape, "\(name)")
        }
    }

    /// Every parameter once, under a name and in a tensor of its own.
    @Test(arguments: [Architecture.albert, .bert]) func noTwoAreOne(_ architecture: Architecture) {
        let configuration = Self.configuration(architecture, embedding: architecture == .albert ? 16 : 32)
        let all = Parameter.all(configuration)
        #expect(all.count == 3 + 2 + (configuration.hasEmbeddingProjection ? 2 : 0) + 4 * 16 + 13)
        #expect(Set(all).count == all.count)
        #expect(Set(all.map { $0.name(configuration) }).count == all.count)
        #expect(Set(all.map { $0.tensorName.text }).count == all.count)
        #expect(all.allSatisfy { $0.tensorName.text.utf8.count <= GGUF.maxTensorName })
        #expect(all.filter { $0.shape(configuration) == nil } == [.weight(.classifier), .bias(.classifier)])
    }

    /// formats/gguf-albert.md.
    @Test func tensorsAreThoseOfTheFormat() {
        #expect(Parameter.wordEmbeddings.tensorName.text == "token_embd.weight")
        #expect(Parameter.bias(layer: 3, .attentionNorm).tensorName.text == "blk.3.attn_output_norm.bias")
        #expect(Parameter.weight(.predictionDense).tensorName.text == "head.prediction.weight")
        #expect(Parameter.predictionBias.tensorName.text == "head.prediction_bias")
        #expect(TensorName(Site.attentionQKV.tensorGroup(layer: 2), .secondWeight).text == "blk.2.attn_qkv.low.weight")
        // The matmuls that int8 and float files share have one name.
        for (site, module) in [
            (Site.attentionOutput, LayerModule.attentionOutput), (.ffnUp, .ffnUp), (.ffnDown, .ffnDown),
        ] {
            #expect(site.tensorGroup(layer: 1) == ParameterModule.layer(1, module).tensorGroup)
        }
    }
}
