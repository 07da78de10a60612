import AlbitModel
import AlbitRuntime

/// What errors anywhere in a stored layer come to at the last hidden state, all its steps together: sums over gradients
/// of random signs, whose outer products are in the mean those of all of the state.
final class LayerImportance {
    /// Weight of each token's error at a site's outputs, by application, around 1; `attention` has none.
    private(set) var tokens: [Site: [[Float]]] = [:]
    /// Sum of g gᵀ over gradients at a site's outputs, each token as often as its input's energy says.
    private(set) var outputs: [Site: Hessian]
    /// Of each rotated site's input channels: the squared gradient, and the energy around the mean, weighted.
    private var slopes: [Site: [Double]] = [:]
    private var energies: [Site: [Double]] = [:]
    private(set) var heads: [HeadEnergy]

    private let configuration: Configuration
    private let application: [Int]
    private let means: [Site: [[Float]]]
    /// What keys carry that cancels in softmax, by application [AttentionRows].
    private let keyConstants: [[Double]]
    private let parallel: Parallel

    private static let sites: [Site] = [.attentionQKV, .attentionOutput, .ffnUp, .ffnDown]
    private static let rotated: [Site] = [.attentionQKV, .ffnUp, .ffnDown]

    /// Bytes that a layer takes.
    static func bytes(_ c: Configuration) -> Int {
        let (qkv, i, h) = (AttentionRows(c).count, c.intermediateSize, c.hiddenSize)
        return 8 * (qkv * qkv + i * i + 2 * h * h)
    }

    init(_ weights: EncoderWeights, layer: Int, means: [Site: [[Float]]], parallel: Parallel) {
        let c = weights.configuration
        configuration = c
        application = c.applications
        self.means = means
        self.parallel = parallel
        let count = c.applicationCounts[layer]
        let rows = AttentionRows(c)
        func hessian(_ width: Int, unit: Int = 1) -> Hessian {
            Hessian(
                transform: InputTransform(columns: width, rotated: false, shift: []), parallel: parallel, unit: unit)
        }
        outputs = [
            .attentionQKV: hessian(rows.count, unit: rows.headWidth), .attentionOutput: hessian(c.hiddenSize),
            .ffnUp: hessian(c.intermediateSize), .ffnDown: hessian(c.hiddenSize),
        ]
        for site in Self.sites { tokens[site] = Array(repeating: [], count: count) }
        let zeros = SymmetricMatrix(size: c.headSize, values: [Double](repeating: 0, count: c.headSize * c.headSize))
        heads = Array(
            repeating: HeadEnergy(queries: zeros, keys: zeros, contexts: zeros, outputs: zeros),
            count: c.numAttentionHeads)
        keyConstants = (0..<count).map { application in
            Self.keyConstant(
                weights.layers[layer].qkv, rows, InputTransform.stored(means[.attentionQKV] ?? []), application)
        }
    }

    /// b_k + W_k μ, by row of the matmul.
    private static func keyConstant(
        _ linear: Linear, _ rows: AttentionRows, _ means: [[Float]], _ application: Int
    ) -> [Double] {
        guard case .float32(let weight, let bias) = linear.weights, application < means.count else { return [] }
        return (0..<rows.count).map { row in
            var sum = Double(bias?[row] ?? 0)
            for i in 0..<linear.columns {
                sum += Double(weight[row * linear.columns + i]) * Double(means[application][i])
            }
            return sum
        }
    }

    /// Adds what one application of the layer to one sequence has.
    func add(_ gradients: LayerGradients) {
        let application = application[gradients.step]
        for site in Self.sites {
            guard let g = gradients.outputs[site], let pulled = gradients.inputs[site],
                let mean = means[site]?[application]
            else { continue }
            let x = gradients.rows(into: site)
            let length = x.rows
            let seeds = g.rows / length
            // ‖g‖², ‖g W‖² and ‖x - mean‖² of each token.
            var importance = [Double](repeating: 0, count: length)
            var weight = importance
            var energy = importance
            for row in 0..<g.rows {
                importance[row % length] += Self.squares(g[row], g.columns)
                weight[row % length] += Self.squares(pulled[row], pulled.columns)
            }
            for row in 0..<length {
                for i in 0..<x.columns {
                    let difference = Double(x[row][i]) - Double(mean[i])
                    energy[row] += difference * difference
                }
            }
            tokens[site]?[application] += importance.map { Float($0 / Double(seeds)) }
            outputs[site]?.add(
                g.pointer, stride: g.columns, count: g.rows,
                weights: (0..<g.rows).map { Float(energy[$0 % length]) }[...])
            if Self.rotated.contains(site) {
                addChannels(site, x, pulled, mean, weight)
            }
            if site == .attentionOutput {
                addContexts(x, pulled, mean, weight)
            } else if site == .attentionQKV {
                addProducts(gradients.pass.qkv, importance, keyConstants[application])
            }
        }
    }

    private static func squares(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
        var sum = 0.0
        for i in 0..<count { sum += Double(values[i]) * Double(values[i]) }
        return sum
    }

    private func addChannels(_ site: Site, _ x: FloatRows, _ pulled: FloatRows, _ mean: [Float], _ weight: [Double]) {
        var slopes = self.slopes[site] ?? [Double](repeating: 0, count: x.columns)
        var energies = self.energies[site] ?? slopes
        slopes.withUnsafeMutableBufferPointer { slopes in
            for row in 0..<pulled.rows {
                let values = pulled[row]
                for i in 0..<x.columns { slopes[i] += Double(values[i]) * Double(values[i]) }
            }
        }
        energies.withUnsafeMutableBufferPointer { energies in
            for row in 0..<x.rows {
                let values = x[row]
                for i in 0..<x.columns {
                    let difference = Double(values[i]) - Double(mean[i])
                    energies[i] += weight[row] * difference * difference
                }
            }
        }
        self.slopes[site] = slopes
        self.energies[site] = energies
    }

    private func addContexts(_ context: FloatRows, _ pulled: FloatRows, _ mean: [Float], _ weight: [Double]) {
        let d = configuration.headSize
        forEachHead { head, energy in
            var row = [Double](repeating: 0, count: d)
            for token in 0..<context.rows {
                for i in 0..<d { row[i] = Double(context[token][head * d + i]) - Double(mean[head * d + i]) }
                energy.contexts.add(row, weight[token])
            }
            for token in 0..<pulled.rows {
                for i in 0..<d { row[i] = Double(pulled[token][head * d + i]) }
                energy.outputs.add(row, 1)
            }
        }
    }

    private func addProducts(_ qkv: FloatRows, _ weight: [Double], _ constant: [Double]) {
        let d = configuration.headSize
        let layout = AttentionRows(configuration)
        forEachHead { head, energy in
            let (query, key) = (layout.first(head: head, .query), layout.first(head: head, .key))
            var row = [Double](repeating: 0, count: d)
            for token in 0..<qkv.rows {
                for i in 0..<d { row[i] = Double(qkv[token][query + i]) }
                energy.queries.add(row, weight[token])
                for i in 0..<d { row[i] = Double(qkv[token][key + i]) - constant[key + i] }
                energy.keys.add(row, weight[token])
            }
        }
    }

    private func forEachHead(_ body: @Sendable (Int, inout HeadEnergy) -> Void) {
        heads.withUnsafeMutableBufferPointer { heads in
            guard let base = heads.baseAddress else { return }
            let energies = SharedBuffer(base)
            parallel.forEachPart(of: heads.count) { part in
                for head in part { body(head, &energies.pointer[head]) }
            }
        }
    }

    /// After the last sequence: token weights around 1, whole matrices.
    func finish() {
        for site in Self.sites {
            outputs[site]?.finish()
            let all = (tokens[site] ?? []).joined().reduce((sum: 0.0, count: 0)) { ($0.sum + Double($1), $0.count + 1) }
            let mean = all.sum / Double(max(1, all.count))
            let isKnown = mean > 0 && mean.isFinite
            tokens[site] = tokens[site]?.map { $0.map { isKnown ? Float(Double($0) / mean) : 1 } }
        }
        for head in heads.indices {
            heads[head].queries.mirror()
            heads[head].keys.mirror()
            heads[head].contexts.mirror()
            heads[head].outputs.mirror()
        }
    }

    /// Gives the matrix of a site's outputs away.
    func take(_ site: Site) -> Hessian? { outputs.removeValue(forKey: site) }

    /// What a rotated site's channels are multiplied by: the fourth root of slope over energy, with a geometric mean of
    /// 1, at most 4 and at least ¼.
    func gains(_ site: Site) -> [Float] {
        guard let slopes = slopes[site], let energies = energies[site] else { return [] }
        let n = Double(slopes.count)
        let (slope, energy) = (slopes.reduce(0, +) / n * 1e-6, energies.reduce(0, +) / n * 1e-6)
        guard slope > 0, energy > 0, slope.isFinite, energy.isFinite else { return [] }
        let roots = zip(slopes, energies).map { (($0 + slope) / ($1 + energy)).squareRoot().squareRoot() }
        guard roots.allSatisfy({ $0.isNormal }) else { return [] }
        let mean = Self.geometricMean(roots)
        return roots.map { Float(min(max($0 / mean, 0.25), 4)) }
    }

    /// Without logarithms, which differ between machines: products of significands, and exponents summed apart.
    static func geometricMean(_ values: [Double]) -> Double {
        var significand = 1.0
        var exponent = 0
        for value in values {
            significand *= value.significand
            exponent += Int(value.exponent) + Int(significand.exponent)
            significand = significand.significand
        }
        // The n-th root of significand · 2^exponent.
        let n = values.count
        let whole = Int((Double(exponent) / Double(n)).rounded(.down))
        let rest = exponent - whole * n
        // x^n = significand · 2^rest, below 2^n: x lies between 1 and 2, and is found by halves.
        var (low, high) = (1.0, 2.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            var (power, bits) = (1.0, 0)
            for _ in 0..<n {
                power *= middle
                bits += Int(power.exponent)
                power = power.significand
            }
            if (bits, power) < (rest, significand) { low = middle } else { high = middle }
        }
        return Double(sign: .plus, exponent: whole, significand: low)
    }
}
