import AlbitModel

/// How a family of checkpoints names the parameters of a transformer: data that `NameResolver` reads and that the
/// exporters write by. All paths use dots; a source's slashes and `:0` are normalised first. `{g}` is a group (BERT:
/// the layer), `{i}` an inner layer.
package struct NamingFamily: Sendable {
    /// As the report names it.
    package let name: String
    package let architecture: Architecture
    /// What the transformer is called inside a model with heads; heads lie beside it.
    package let backbone: String
    let leaves: Leaves
    let layer: String
    let layerModules: [LayerModule: String]
    /// Modules outside the layers, most usual path first; those of heads relative to the parent of the transformer.
    let modules: [ParameterModule: [String]]
    /// Where heads do not follow `modules` and `leaves`.
    var exceptions: [Parameter: [Place]] = [:]
    /// Original code, whose `gelu` is the tanh form: what Hugging Face calls `gelu_new`.
    var isGeluTanh = false

    /// Suffixes of the two parameters of a module.
    struct Leaves: Sendable {
        var denseWeight: String
        /// Whether dense weights are stored [in][out].
        var isTransposed: Bool
        var normWeight: [String]
        var normBias: [String]
        /// Names of the word, position and token type embeddings, most usual first.
        var embeddings: [Parameter: [String]]
        /// TensorFlow adds `decoder.bias` alone, whatever `predictions.bias` holds; PyTorch and Flax tie the two.
        var isDecoderBiasFirst = false
        /// PyTorch ties the two where one is there; where both are, it adds `decoder.bias`, though it writes the other.
        var isDecoderBiasReadFirst = false
    }

    /// A path that a parameter may have.
    package struct Place: Sendable {
        package var path: String
        /// Whether the tensor is stored [in][out].
        package var isTransposed = false
        /// Whether the path is relative to the parent of the transformer rather than to the transformer.
        package var isBeside = false
    }

    /// The paths that the family could give a parameter, most usual first; `innerGroups` are the layers of a group.
    package func places(of parameter: Parameter, innerGroups: Int) -> [Place] {
        if let places = exceptions[parameter] { return places }
        switch parameter {
        case .wordEmbeddings, .positionEmbeddings, .tokenTypeEmbeddings:
            return (leaves.embeddings[parameter] ?? []).map { Place(path: $0) }
        case .weight(let module): return places(of: module, isWeight: true, innerGroups)
        case .bias(let module): return places(of: module, isWeight: false, innerGroups)
        case .predictionBias: return []
        }
    }

    /// The path of a part of a layer.
    func layerPath(_ module: LayerModule, group: Int, inner: Int) -> String {
        layer.replacing("{g}", with: String(group)).replacing("{i}", with: String(inner)) + (layerModules[module] ?? "")
    }

    private func places(of module: ParameterModule, isWeight: Bool, _ innerGroups: Int) -> [Place] {
        let paths: [String] =
            if case .layer(let index, let part) = module {
                [layerPath(part, group: index / innerGroups, inner: index % innerGroups)]
            } else {
                modules[module] ?? []
            }
        let isDense = isWeight && !module.isNorm
        return paths.flatMap { path in
            suffixes(isNorm: module.isNorm, isWeight: isWeight).map {
                Place(path: path + $0, isTransposed: isDense && leaves.isTransposed, isBeside: module.isHead)
            }
        }
    }

    func suffixes(isNorm: Bool, isWeight: Bool) -> [String] {
        if isNorm { return isWeight ? leaves.normWeight : leaves.normBias }
        return isWeight ? [leaves.denseWeight] : [".bias"]
    }

    /// Names of a head's decoder matrix, relative to the parent: a copy of the word embedding, or refused.
    var decoderNames: [String] {
        (exceptions[.predictionBias] ?? []).map(\.path).filter { $0.hasSuffix(".decoder.bias") }
            .map { String($0.dropLast(5)) + leaves.denseWeight }
    }
}
