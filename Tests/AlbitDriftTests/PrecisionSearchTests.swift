import AlbitModel
import AlbitQuantizer
import Testing

/// The search on made-up errors, where the best answer is known.
struct PrecisionSearchTests {
    /// Squared errors that sites add; each plane more takes three quarters of what is left.
    private static func error(_ precision: PrecisionMap, _ shares: [Double]) -> Double {
        zip(precision.bytes, shares).reduce(0) { sum, site in sum + site.1 / [1, 4, 16][Int(site.0) - 1] }.squareRoot()
    }

    /// The first places as told, what is missing of a whole number of layers with one plane.
    private static func map(_ values: [UInt8]) throws -> PrecisionMap {
        let layers = (values.count + Site.count - 1) / Site.count
        let rest = [UInt8](repeating: 1, count: layers * Site.count - values.count)
        return try #require(PrecisionMap(bytes: values + rest, layers: layers))
    }

    /// The place that stands at an index of `bytes`.
    private static func place(_ index: Int) throws -> PrecisionMap.Place {
        PrecisionMap.Place(layer: index / Site.count, site: try #require(Site(rawValue: index % Site.count)))
    }

    private func run(
        _ shares: [Double], limit: Double, top: [UInt8], maxSites: Int? = nil, groups: [[Int]] = []
    ) throws -> (choice: PrecisionSearch.Choice?, trials: Int) {
        var trials = 0
        let search = PrecisionSearch(
            maxError: limit, sampleError: { Self.error($0, shares) },
            trial: {
                trials += 1
                let error = Self.error($0, shares)
                return PrecisionSearch.Trial(error: error, holds: error <= limit)
            })
        let top = try Self.map(top)
        let choice = try search.run(
            base: PrecisionMap(.onePlane, layers: top.layers), top: top, maxSites: maxSites ?? shares.count,
            groups: groups.map { try $0.map(Self.place) })
        return (choice, trials)
    }

    @Test func raisesTheFewestSites() throws {
        // 16 in all; the limit asks for 9 less: the sites of 8 and 4 give 9 together, no single one does.
        let shares: [Double] = [1, 8, 1, 4, 1, 1]
        let (choice, _) = try run(shares, limit: 7.0.squareRoot(), top: [2, 2, 2, 2, 2, 2])
        #expect(try choice?.precision == Self.map([1, 2, 1, 2, 1, 1]))
        let gains = try #require(choice?.gains)
        for (index, gain) in [(1, 6.0), (3, 3)] { #expect(abs(try #require(gains[Self.place(index)]) - gain) < 1e-12) }
    }

    @Test func sparesAPlaneOfWeightsWhereItIsNotNeeded() throws {
        // The third plane of site 1 alone holds the limit, the other's is not needed.
        let shares: [Double] = [16, 1, 16]
        let (choice, _) = try run(shares, limit: 10.0.squareRoot(), top: [3, 2, 3], groups: [[0], [2]])
        #expect(try choice?.precision == Self.map([2, 1, 2]))
    }

    @Test func tellsWhereNothingSuffices() throws {
        #expect(try run([4, 4], limit: 1, top: [2, 2]).choice == nil)
        #expect(try run([4, 4], limit: 2, top: [2, 2], maxSites: 0).choice == nil)
        #expect(try run([4, 4], limit: 1, top: [1, 1]).choice == nil)
    }

    /// Sites of equal gain are taken in the order of the layers: the same data give the same choice.
    @Test func isDeterministic() throws {
        let shares = [Double](repeating: 1, count: 20)
        let first = try run(shares, limit: 4, top: [UInt8](repeating: 2, count: 20)).choice?.precision
        #expect(first?.bytes == (0..<20).map { $0 < 6 ? 2 : 1 })
        #expect(try run(shares, limit: 4, top: [UInt8](repeating: 2, count: 20)).choice?.precision == first)
    }

    @Test func countsMultiplications() throws {
        let configuration = Configuration(
            architecture: .albert, vocabSize: 100, embeddingSize: 16, hiddenSize: 32, intermediateSize: 64,
            numAttentionHeads: 2,
            numHiddenLayers: 1, numHiddenGroups: 1, innerGroupNum: 1, hiddenAct: .gelu, maxPositionEmbeddings: 64,
            typeVocabSize: 2,
            layerNormEps: 1e-12)
        let cost = PrecisionCost(configuration)
        // 3·32² + 32² + 2·32·64 matmul products and 3·32 for each of 10 tokens that attention looks at.
        #expect(try cost.multiplications(Self.map([1, 1, 1, 1, 1]), length: 10) == 4 * 1024 + 4096 + 960)
        #expect(
            try cost.multiplications(Self.map([3, 2, 2, 2, 1]), length: 10) == 12 * 1024 + 2 * 1024 + 3 * 2048 + 8 * 320
        )
        #expect(cost.top(hasSecondPlanes: true).bytes == [3, 2, 3, 3, 3])
        #expect(try cost.groups == [[0], [2], [3], [4]].map { try $0.map(Self.place) })
    }
}
