/// Checkpoints of TensorFlow code that branched off the original ALBERT, brought under the names of the code it came
/// from.
///
/// Later code of google-research/albert lets tf.keras make the LayerNorms: `layer_normalization`, numbered through the
/// network, so that each application of the shared layer has a pair of its own. brightmart/albert_zh factorizes the
/// word embedding as `word_embeddings` times `word_embeddings_2`.
struct OriginalVariant {
    /// By normalised name.
    private(set) var tensors: [String: [NamedTensor]]
    /// Layers in the order in which they are applied, where their LayerNorms differ; nil where each stored one has one
    /// pair.
    private(set) var appliedLayers: Int?
    /// Normalised names of tensors that became part of another one.
    private(set) var joined: Set<String> = []

    private static let maxLayers = 1024

    init(_ tensors: [String: [NamedTensor]]) {
        self.tensors = tensors
        multiplyWords()
        renameNorms()
    }

    private mutating func multiplyWords() {
        for (name, second) in tensors where name.hasSuffix("embeddings.word_embeddings_2") {
            let first = String(name.dropLast(2))
            guard let words = tensors[first]?.first, let product = ProductTensor(words.tensor, second[0].tensor) else {
                continue
            }
            tensors[first] = [NamedTensor(name: words.name, tensor: product)]
            tensors[name] = nil
            joined.insert(name)
        }
    }

    private mutating func renameNorms() {
        let ending = "embeddings.layer_normalization.gamma"
        for root in tensors.keys.filter({ $0.hasSuffix(ending) }).map({ String($0.dropLast(ending.count)) }) {
            for leaf in [".gamma", ".beta"] {
                move(root + "embeddings.layer_normalization" + leaf, to: root + "embeddings.LayerNorm" + leaf)
            }
            renameLayers(root + "encoder.transformer.")
            // The one after the layers' belongs to the masked-word head.
            let head = root.dropLast(root.hasSuffix("bert.") ? 5 : 0) + "cls.predictions.transform."
            for leaf in [".gamma", ".beta"] {
                guard
                    let found = tensors.keys.first(where: {
                        $0.hasPrefix(head + "layer_normalization") && $0.hasSuffix(leaf)
                    })
                else { continue }
                move(found, to: head + "LayerNorm" + leaf)
            }
        }
    }

    private mutating func move(_ name: String, to other: String) {
        guard let found = tensors.removeValue(forKey: name) else { return }
        tensors[other] = found
    }

    private mutating func renameLayers(_ prefix: String) {
        // Number in the network to the name without its leaf.
        var norms: [Int: String] = [:]
        for name in tensors.keys where name.hasPrefix(prefix) && name.hasSuffix(".gamma") {
            let path = name.dropLast(".gamma".count)
            guard let last = path.split(separator: ".").last, last.hasPrefix("layer_normalization_"),
                let number = Int(last.dropFirst("layer_normalization_".count)), number > 0
            else { continue }
            norms[number] = String(path)
        }
        let steps = norms.count / 2
        guard steps > 0, steps <= OriginalVariant.maxLayers, norms.count == 2 * steps, norms.keys.max() == norms.count
        else { return }
        func layer(_ group: Int, _ inner: Int) -> String { prefix + "group_\(group).inner_group_\(inner)." }
        func has(_ group: Int, _ inner: Int) -> Bool {
            tensors[layer(group, inner) + "attention_1.self.query.kernel"] != nil
        }
        var (groups, inner) = (0, 0)
        while has(groups, 0) { groups += 1 }
        while has(0, inner) { inner += 1 }
        guard groups > 0, steps % inner == 0 else { return }
        // Linear layers by the place that they are stored at.
        var stored: [[(rest: String, found: [NamedTensor])]] = []
        for group in 0..<groups {
            for place in 0..<inner {
                let from = layer(group, place)
                stored.append(
                    tensors.filter { $0.key.hasPrefix(from) && !$0.key.contains("layer_normalization_") }.map {
                        (String($0.key.dropFirst(from.count)), $0.value)
                    })
                for (rest, _) in stored[stored.count - 1] { tensors[from + rest] = nil }
            }
        }
        for step in 0..<steps {
            let group = min(step / inner * groups / (steps / inner), groups - 1)
            let target = layer(step, 0)
            for (rest, found) in stored[group * inner + step % inner] { tensors[target + rest] = found }
            for (number, name) in [(2 * step + 1, "LayerNorm"), (2 * step + 2, "LayerNorm_1")] {
                guard let path = norms[number] else { continue }
                for leaf in [".gamma", ".beta"] { move(path + leaf, to: target + name + leaf) }
            }
        }
        appliedLayers = steps
    }
}
