import AlbitModel
import AlbitRuntime
import AlbitText

/// The last hidden states of a reference for some sequences, kept to hold many variants of a model against.
package struct HiddenProbe {
    /// As variants read them.
    private let batches: [[EncoderInput]]
    /// Packed rows of each batch.
    private let reference: [[Float]]
    private let kernel: Kernel
    private let threads: Int
    package let sequences: Int
    package let tokens: Int

    private static let batchTokens = 512
    /// Bytes of hidden states that are kept at most.
    package static let maxBytes = 64 << 20

    /// Runs the reference. `candidateInputs`: the same pieces as variants number them; nil: as the reference does.
    /// `progress` gets sequences done and all of them.
    package init(
        reference weights: EncoderWeights, inputs: [EncoderInput], candidateInputs: [EncoderInput]? = nil,
        kernel: Kernel, threads: Int,
        progress: (Int, Int) throws(Fault) -> Void = { _, _ in }
    ) throws(Fault) {
        var batches: [[EncoderInput]] = []
        var tokens = HiddenProbe.batchTokens
        for input in inputs {
            if tokens >= HiddenProbe.batchTokens {
                batches.append([])
                tokens = 0
            }
            batches[batches.count - 1].append(input)
            tokens += input.ids.count
        }
        let session = try Session(weights: weights, kernel: kernel, threads: threads)
        var reference: [[Float]] = []
        var done = 0
        var rows = 0
        for batch in batches {
            let encoded = try session.encode(batch)
            var values: [Float] = []
            values.reserveCapacity(encoded.rowCount * session.configuration.hiddenSize)
            for row in 0..<encoded.rowCount { encoded.withHidden(row: row) { values.append(contentsOf: $0) } }
            reference.append(values)
            rows += encoded.rowCount
            done += batch.count
            try progress(done, inputs.count)
        }
        if let candidateInputs {
            var rest = candidateInputs[...]
            batches = batches.map { batch in
                defer { rest = rest.dropFirst(batch.count) }
                return Array(rest.prefix(batch.count))
            }
        }
        self.batches = batches
        self.reference = reference
        self.kernel = kernel
        self.threads = threads
        self.tokens = rows
        sequences = inputs.count
    }

    /// How far a variant's last hidden states are from the reference's.
    package func discrepancy(of weights: EncoderWeights) throws(Fault) -> Discrepancy {
        let session = try Session(weights: weights, kernel: kernel, threads: threads)
        let width = session.configuration.hiddenSize
        var result = Discrepancy()
        for (batch, values) in zip(batches, reference) {
            let encoded = try session.encode(batch)
            values.withUnsafeBufferPointer { values in
                for row in 0..<min(encoded.rowCount, values.count / width) {
                    let reference = UnsafeBufferPointer(rebasing: values[(row * width)..<((row + 1) * width)])
                    encoded.withHidden(row: row) { result.add($0, reference: reference) }
                }
            }
        }
        return result
    }

    /// Every n-th sequence, so that about `tokens` tokens are left, in the order of the data.
    package static func sample(_ inputs: [EncoderInput], tokens: Int) -> [EncoderInput] {
        let total = inputs.reduce(0) { $0 + $1.ids.count }
        let step = max(1, (total + tokens - 1) / tokens)
        return stride(from: 0, to: inputs.count, by: step).map { inputs[$0] }
    }
}
