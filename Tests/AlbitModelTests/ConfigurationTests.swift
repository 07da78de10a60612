import AlbitModel
import Testing

struct ConfigurationTests {
    private func layers(_ count: Int, groups: Int, inner: Int) -> [Int] {
        let configuration = Configuration(
            vocabSize: 10, embeddingSize: 8, hiddenSize: 8, intermediateSize: 8, numAttentionHeads: 1,
            numHiddenLayers: count, numHiddenGroups: groups, innerGroupNum: inner)
        return (0..<configuration.appliedLayers).map { configuration.storedLayer(at: $0) }
    }

    /// What `AlbertTransformer.forward` computes: group_idx = int(i / (num_hidden_layers / num_hidden_groups)).
    @Test func layersTakeTheGroupsOfTransformers() {
        #expect(layers(3, groups: 1, inner: 1) == [0, 0, 0])
        #expect(layers(3, groups: 2, inner: 1) == [0, 0, 1])
        #expect(layers(4, groups: 2, inner: 1) == [0, 0, 1, 1])
        #expect(layers(2, groups: 1, inner: 2) == [0, 1, 0, 1])
        #expect(layers(3, groups: 3, inner: 1) == [0, 1, 2])
    }

    @Test func namesWhatMakesNoSense() {
        var configuration = Configuration(
            vocabSize: 10, embeddingSize: 8, hiddenSize: 12, intermediateSize: 8, numAttentionHeads: 5,
            numHiddenLayers: 2)
        #expect(configuration.problem?.contains("num_attention_heads") == true)
        configuration.numAttentionHeads = 3
        #expect(configuration.problem == nil)
        configuration.hiddenSize = 1 << 40
        #expect(configuration.problem?.contains("hidden_size") == true)
        configuration.hiddenSize = 12
        configuration.numHiddenGroups = 3
        #expect(configuration.problem?.contains("num_hidden_groups") == true)
    }
}
