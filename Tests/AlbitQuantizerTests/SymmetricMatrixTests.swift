import AlbitModel
import Testing

@testable import AlbitQuantizer

/// Functions of small matrices, and the balance of heads that is made of them.
struct SymmetricMatrixTests {
    private static func random(_ n: Int, _ random: inout SplitMix, samples: Int) -> SymmetricMatrix {
        var matrix = SymmetricMatrix(size: n, values: [Double](repeating: 0, count: n * n))
        for _ in 0..<samples { matrix.add(random.floats(n).map { Double($0) }, 1) }
        matrix.mirror()
        return matrix
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

    @Test(arguments: [1, 2, 12, 26, 64]) func eigenvectorsComposeTheMatrix(_ n: Int) {
        var random = SplitMix(seed: UInt64(n))
        let matrix = Self.random(n, &random, samples: 2 * n)
        let (values, vectors) = matrix.eigen
        let transposed = SymmetricMatrix.transposed(vectors, n)
        let one = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0 }
        #expect(distance(SymmetricMatrix.product(transposed, vectors, n), one) < 1e-12)
        var scaled = vectors
        for i in 0..<n { for j in 0..<n { scaled[i * n + j] *= values[j] } }
        #expect(distance(SymmetricMatrix.product(scaled, transposed, n), matrix.values) < 1e-12 * matrix.trace)
    }

    @Test func rootsSquareToTheMatrix() {
        var random = SplitMix(seed: 5)
        let n = 20
        let matrix = Self.random(n, &random, samples: 40).damped(0.1)
        let (root, inverse) = matrix.roots
        #expect(distance(SymmetricMatrix.product(root.values, root.values, n), matrix.values) < 1e-11)
        let one = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0 }
        #expect(distance(SymmetricMatrix.product(root.values, inverse.values, n), one) < 1e-10)
    }

    @Test func theGeometricMeanNeedsNoLogarithm() {
        let values = (0..<3072).map { Double(sign: .plus, exponent: $0 % 41 - 30, significand: 1 + Double($0 % 7) / 8) }
        // In halves, whose product fits: the root of the product of the means of both.
        let found = LayerImportance.geometricMean(values)
        let inverse = LayerImportance.geometricMean(values.map { 1 / $0 })
        #expect(abs(found * inverse - 1) < 1e-12)
        #expect(abs(LayerImportance.geometricMean([2, 8]) - 4) < 1e-12)
        #expect(abs(LayerImportance.geometricMean([0.125, 0.125, 0.125]) - 0.125) < 1e-15)
    }

    /// Queries and keys keep their products, and after the transform both have the same energy: what Z S Z = M says.
    @Test func balancedHeadsKeepTheirProducts() throws {
        var random = SplitMix(seed: 9)
        let c = Configuration(
            vocabSize: 10, embeddingSize: 4, hiddenSize: 24, intermediateSize: 8, numAttentionHeads: 2,
            numHiddenLayers: 1)
        let n = c.headSize
        func energy() -> SymmetricMatrix { Self.random(n, &random, samples: 3 * n) }
        let energies = (0..<2).map { _ in
            HeadEnergy(queries: energy(), keys: energy(), contexts: energy(), outputs: energy())
        }
        let balance = HeadBalance(c, energies: energies, parallel: try Parallel(threads: 2))
        let one = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0 }
        for head in 0..<2 {
            for transform in [balance.queries[head], balance.keys[head], balance.values[head]] {
                let product = SymmetricMatrix.product(
                    SymmetricMatrix.transposed(transform.dual, n), transform.matrix, n)
                #expect(distance(product, one) < 1e-9)
            }
            #expect(balance.queries[head].matrix == balance.keys[head].dual)
            func turned(_ s: SymmetricMatrix, _ a: [Double]) -> [Double] {
                SymmetricMatrix.product(
                    SymmetricMatrix.product(a, s.damped(0.1).values, n), SymmetricMatrix.transposed(a, n), n)
            }
            let energy = energies[head]
            for (a, b) in [
                (turned(energy.keys, balance.keys[head].matrix), turned(energy.queries, balance.queries[head].matrix)),
                (
                    turned(energy.contexts, balance.values[head].matrix),
                    turned(energy.outputs, balance.values[head].dual)
                ),
            ] { #expect(distance(a, b) < 1e-9 * (a.max() ?? 0)) }
        }
    }

    @Test func aHeadThatNothingPassesIsRotatedOnly() throws {
        let c = Configuration(
            vocabSize: 10, embeddingSize: 4, hiddenSize: 16, intermediateSize: 8, numAttentionHeads: 2,
            numHiddenLayers: 1)
        let zeros = SymmetricMatrix(size: 8, values: [Double](repeating: 0, count: 64))
        let energy = HeadEnergy(queries: zeros, keys: zeros, contexts: zeros, outputs: zeros)
        let balance = HeadBalance(c, energies: [energy, energy], parallel: try Parallel(threads: 1))
        #expect(balance.keys[1].matrix == HeadRotation(size: 8, seed: 0x51).matrix)
        #expect(balance.values[0].dual == HeadRotation(size: 8, seed: 0x56).matrix)
    }
}
