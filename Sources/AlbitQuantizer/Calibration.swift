import AlbitModel
import AlbitRuntime
import AlbitText

/// What was learnt from running calibration sequences through the float32 reference.
final class Calibration {
    private let session: Session
    private let sequences: [EncoderInput]
    private let parallel: Parallel
    /// Mean input of the embedding projection [E]; empty for models without one.
    private(set) var embeddedMean: [Float] = []
    /// Mean input of each site's matmul, per stored layer and application of it; `attention` stays empty.
    private(set) var means: [[Site: [[Float]]]]

    init(
        weights: EncoderWeights, sequences: [EncoderInput], kernel: Kernel, threads: Int, parallel: Parallel
    ) throws(Fault) {
        session = try Session(weights: weights, kernel: kernel, threads: threads)
        self.sequences = sequences
        self.parallel = parallel
        means = Array(repeating: [:], count: weights.configuration.storedLayers)
    }

    /// Runs all sequences, one after the other, and shows every observation.
    private func observe(
        _ body: @escaping (Observation) -> Void, progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) {
        session.observer = body
        defer { session.observer = nil }
        for (i, sequence) in sequences.enumerated() {
            try session.encode([sequence])
            try progress(i + 1, sequences.count)
        }
    }

    /// First pass: means per channel, summed in double in the order of the rows.
    func measureMeans(progress: (Int, Int) throws(Fault) -> Void) throws(Fault) {
        let configuration = session.configuration
        let applications = configuration.applications
        let counts = configuration.applicationCounts
        var embedded = Mean()
        var sites = counts.map { count in
            Dictionary(uniqueKeysWithValues: Site.allCases.map { ($0, Array(repeating: Mean(), count: count)) })
        }
        try observe(
            { observation in
                switch observation.point {
                case .embedded: embedded.add(observation)
                case .site(let site):
                    sites[configuration.storedLayer(at: observation.step)][site]?[applications[observation.step]]
                        .add(observation)
                case .hidden: break
                }
            }, progress: progress)
        embeddedMean = embedded.values
        means = sites.map { $0.mapValues { $0.map(\.values) } }
    }

    /// Last pass: Hessians of transformed inputs, each token weighted as `importance` has it.
    func measureHessians(
        layer: Int, transforms: [Site: InputTransform], importance: LayerImportance?, embedded: InputTransform?,
        progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) -> (sites: [Site: Hessian], embedded: Hessian?) {
        let configuration = session.configuration
        let applications = configuration.applications
        let parallel = parallel
        let hessians = transforms.mapValues { Hessian(transform: $0, parallel: parallel) }
        let projection = embedded.map { Hessian(transform: $0, parallel: parallel) }
        var tokens: [Site: [Int]] = [:]
        try observe(
            { observation in
                switch observation.point {
                case .embedded: projection?.add(observation)
                case .site(let site):
                    guard configuration.storedLayer(at: observation.step) == layer, let hessian = hessians[site] else {
                        return
                    }
                    let application = applications[observation.step]
                    let first = tokens[site, default: Array(repeating: 0, count: applications.count)][application]
                    let weights = importance?.tokens[site]?[application][first..<(first + observation.count)]
                    tokens[site]?[application] += observation.count
                    hessian.add(
                        observation.rows, stride: observation.stride, count: observation.count,
                        application: application, weights: weights)
                case .hidden: break
                }
            }, progress: progress)
        for hessian in hessians.values { hessian.finish() }
        projection?.finish()
        return (hessians, projection)
    }
}

/// A running mean per channel.
private struct Mean {
    private var sums: [Double] = []
    private var count = 0

    mutating func add(_ observation: Observation) {
        if sums.isEmpty { sums = [Double](repeating: 0, count: observation.columns) }
        sums.withUnsafeMutableBufferPointer { sums in
            for row in 0..<observation.count {
                let values = observation.rows + row * observation.stride
                for i in 0..<observation.columns { sums[i] += Double(values[i]) }
            }
        }
        count += observation.count
    }

    var values: [Float] { count == 0 ? [] : sums.map { Float($0 / Double(count)) } }
}
