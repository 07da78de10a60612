import AlbitModel
import AlbitRuntime
import AlbitText
import CPlatform

/// What one combination of sequence length, batch and threads took.
package struct BenchRow {
    package let sequence: Int
    package let batch: Int
    package let threads: Int
    package let kernel: String
    package let medianMs: Double
    package let p10Ms: Double
    package let p90Ms: Double
    /// Multiply-accumulates of all matmuls, attention's among them, in true (unpadded) dimensions.
    package let gmacPerSecond: Double
    /// Share of what `threads` cores reach in a register-only loop measured in the same run; nil for float32.
    package let peakFraction: Double?
}

/// Times forward passes of one model.
package struct BenchMeasurement {
    let weights: EncoderWeights
    let kernel: Kernel

    package init(weights: EncoderWeights, kernel: Kernel) {
        self.weights = weights
        self.kernel = kernel
    }

    /// Multiply-accumulates for one sequence of `length` tokens.
    package static func macs(_ configuration: Configuration, length: Int) -> Double {
        let h = Double(configuration.hiddenSize)
        let i = Double(configuration.intermediateSize)
        let s = Double(length)
        let perToken = 4 * h * h + 2 * h * i + 2 * s * h
        let projection = configuration.hasEmbeddingProjection ? Double(configuration.embeddingSize) * h : 0
        return s * (Double(configuration.appliedLayers) * perToken + projection)
    }

    /// Multiply-accumulates a second of one core in a register-only loop: the best of several short runs,
    /// because a busy neighbour only ever makes it slower.
    package func peak() -> Double {
        var best = 0.0
        for _ in 0..<10 {
            let start = platform_now()
            let macs = kernel.table.pointee.peak(200_000)
            let elapsed = platform_now() - start
            if elapsed > 0 { best = max(best, Double(macs) / elapsed) }
        }
        return best
    }

    /// Repeats passes for at least `seconds` and at least five times, after one warm-up.
    package func row(
        sequence: Int, batch: Int, threads: Int, seconds: Double, peak: Double
    ) throws(Fault) -> BenchRow {
        let session = try Session(weights: weights, kernel: kernel, threads: threads)
        let inputs = (0..<batch).map { self.input(length: sequence, seed: UInt32($0 + 1)) }
        try session.encode(inputs)
        var times: [Double] = []
        let begin = platform_now()
        while times.count < 5 || platform_now() - begin < seconds {
            let start = platform_now()
            try session.encode(inputs)
            times.append(platform_now() - start)
        }
        times.sort()
        func percentile(_ p: Double) -> Double { times[min(times.count - 1, Int(p * Double(times.count)))] }
        let median = percentile(0.5)
        let rate = Double(batch) * BenchMeasurement.macs(weights.configuration, length: sequence) / median
        return BenchRow(
            sequence: sequence, batch: batch, threads: threads, kernel: kernel.name, medianMs: median * 1e3,
            p10Ms: percentile(0.1) * 1e3, p90Ms: percentile(0.9) * 1e3, gmacPerSecond: rate / 1e9,
            peakFraction: weights.isInt8 && peak > 0 ? rate / (peak * Double(threads)) : nil)
    }

    /// Token ids that differ from sequence to sequence and are the same on every machine.
    package func input(length: Int, seed: UInt32) -> EncoderInput {
        var state = seed &* 2_654_435_761
        var ids: [Int32] = []
        for _ in 0..<length {
            state = state &* 1_664_525 &+ 1_013_904_223
            ids.append(Int32((state >> 8) % UInt32(weights.configuration.vocabSize)))
        }
        return EncoderInput(ids: ids)
    }
}
