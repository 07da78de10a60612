import AlbitModel
import AlbitRuntime
import AlbitText

/// Runs calibration sequences there and back, and sums what errors come to.
struct GradientPass {
    let backpropagation: Backpropagation
    let sequences: [EncoderInput]
    /// Per stored layer, site and application.
    let means: [[Site: [[Float]]]]

    /// Random signs over the last hidden state, each a gradient to follow back.
    private static let seeds = 4
    /// Bytes of matrices at a time: an unshared model's layers are measured in groups.
    private static let budget = 192 << 20

    private var configuration: Configuration { backpropagation.weights.configuration }

    /// How many layers from one on are measured together.
    func layers(from first: Int) -> Range<Int> {
        first..<min(
            configuration.storedLayers, first + max(1, Self.budget / max(1, LayerImportance.bytes(configuration))))
    }

    /// What errors in each of some stored layers come to, and with `embeddings` those of the sums of embedding rows.
    func measure(
        _ layers: Range<Int>, embeddings: Bool, progress: (Int, Int) throws(Fault) -> Void
    ) throws(Fault) -> (layers: [LayerImportance], embeddings: Hessian?) {
        let c = configuration
        let parallel = backpropagation.parallel
        let found = layers.map {
            LayerImportance(backpropagation.weights, layer: $0, means: means[$0], parallel: parallel)
        }
        let sums =
            embeddings
            ? Hessian(
                transform: InputTransform(columns: c.embeddingSize, rotated: false, shift: []), parallel: parallel)
            : nil
        let first = embeddings ? 0 : (0..<c.appliedLayers).first { layers.contains(c.storedLayer(at: $0)) } ?? 0
        for (index, sequence) in sequences.enumerated() {
            let (states, embedded) = backpropagation.forward(sequence)
            var gradient = signs(rows: states[0].rows, index)
            for step in stride(from: c.appliedLayers - 1, through: first, by: -1) {
                let pass = backpropagation.apply(step, states[step])
                let (layer, input) = backpropagation.back(step, pass, gradient)
                let stored = c.storedLayer(at: step)
                if layers.contains(stored) { found[stored - layers.lowerBound].add(layer) }
                gradient = input
            }
            if let sums {
                let rows = backpropagation.backToEmbeddings(embedded, gradient)
                sums.add(rows.pointer, stride: rows.columns, count: rows.rows)
            }
            try progress(index + 1, sequences.count)
        }
        for layer in found { layer.finish() }
        sums?.finish()
        return (found, sums)
    }

    private func signs(rows: Int, _ sequence: Int) -> FloatRows {
        let values = FloatRows(rows: Self.seeds * rows, columns: configuration.hiddenSize)
        var random = SplitMix64(seed: 0x5EED &+ UInt64(sequence))
        for i in 0..<(values.rows * values.columns) { values.pointer[i] = random.next() & 1 == 0 ? 1 : -1 }
        return values
    }
}
