import AlbitModel
import AlbitRuntime
import CKernels

/// A LayerNorm of rows: what it gives, and what its way back needs.
struct NormPass {
    let output: FloatRows
    /// Rows less their mean, over their deviation.
    let normalized: FloatRows
    /// One over the deviation of each row.
    let inverse: FloatRows
}

/// One application of a layer to a sequence, with all that its way back needs.
struct LayerPass {
    let input: FloatRows
    /// Rows as `AttentionRows` has them.
    let qkv: FloatRows
    /// Softmax weights [heads · S][S].
    let attention: FloatRows
    let context: FloatRows
    let attended: NormPass
    /// The activation's values and slopes [S][I].
    let activated: FloatRows
    let slope: FloatRows
    let output: NormPass
}

/// What one application of a layer has of the gradients of several seeds: rows seed by seed, [seeds · S][...].
struct LayerGradients {
    let step: Int
    let pass: LayerPass
    /// At the outputs of each site's matmul.
    var outputs: [Site: FloatRows] = [:]
    /// The same times the weights: at the inputs, from this matmul alone.
    var inputs: [Site: FloatRows] = [:]

    /// What passed into a site's matmul [S][K].
    func rows(into site: Site) -> FloatRows {
        switch site {
        case .attentionQKV: pass.input
        case .attention, .attentionOutput: pass.context
        case .ffnUp: pass.attended.output
        case .ffnDown: pass.activated
        }
    }
}
