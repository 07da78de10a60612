import Testing

@testable import AlbitModel

struct PrecisionMapTests {
    /// The order of the file: layers, and in each the sites.
    @Test func bytesComeBack() throws {
        let bytes: [UInt8] = [3, 2, 3, 1, 2, 1, 1, 2, 3, 1]
        let map = try #require(PrecisionMap(bytes: bytes, layers: 2))
        #expect(map.bytes == bytes)
        #expect(map[0, .attentionQKV] == .twoByTwo && map[0, .attention] == .twoPlanes && map[1, .ffnDown] == .onePlane)
        #expect(map.places.map { map[$0].rawValue } == bytes)
        #expect(
            map.hasSecondWeightPlanes && map.maxActivationPlanes(.ffnUp) == 2
                && map.maxActivationPlanes(.attention) == 2)
    }

    /// Attention multiplies no weights; 0 and 4 mean nothing; every place has a value.
    @Test(arguments: [[1, 3, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 4, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1, 1, 1], []])
    func whatNoSiteTakesIsRefused(_ bytes: [UInt8]) {
        #expect(PrecisionMap(bytes: bytes, layers: 1) == nil)
    }

    @Test func theHighestIsWhatEachSiteTakes() {
        #expect(PrecisionMap(.twoByTwo, layers: 2).bytes == [3, 2, 3, 3, 3, 3, 2, 3, 3, 3])
        #expect(!PrecisionMap(.twoPlanes, layers: 2).hasSecondWeightPlanes)
    }

    /// A shared layer needs its second plane wherever one of its applications does; another does not.
    @Test func weightsAreAskedForByStoredLayer() throws {
        let configuration = Configuration(
            architecture: .albert, vocabSize: 100, embeddingSize: 16, hiddenSize: 32, intermediateSize: 64,
            numAttentionHeads: 2,
            numHiddenLayers: 4, numHiddenGroups: 2, innerGroupNum: 1, hiddenAct: .gelu, maxPositionEmbeddings: 64,
            typeVocabSize: 2,
            layerNormEps: 1e-12)
        var map = PrecisionMap(.onePlane, layers: 4)
        map[3, .ffnUp] = .twoByTwo
        for layer in 0..<2 {
            for site in Site.allCases {
                let isNeeded = layer == configuration.storedLayer(at: 3) && site == .ffnUp
                #expect(map.needsSecondWeightPlane(storedLayer: layer, site: site, configuration) == isNeeded)
            }
        }
        // A file without the key: as many planes as each matmul says.
        let linears = [
            LinearDescription(name: "blk.1.ffn_up", rows: 64, columns: 32, block: 0, planes: 2),
            LinearDescription(name: "blk.0.attn_qkv", rows: 96, columns: 32, block: 0, planes: 1),
        ]
        let own = PrecisionMap(of: linears, configuration)
        for place in own.places {
            let isWide = configuration.storedLayer(at: place.layer) == 1 && place.site == .ffnUp
            #expect(own[place] == (isWide ? .twoPlanes : .onePlane))
        }
    }
}
