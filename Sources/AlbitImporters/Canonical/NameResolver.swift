import AlbitModel

/// Finds transformers among the names of a checkpoint, and the tensor that holds each canonical parameter.
struct NameResolver {
    /// A transformer: its family, and the prefix that all its tensors share (normalised, ends in a dot or is empty).
    struct Root: Equatable {
        var family: NamingFamily
        var prefix: String
        /// Prefix of the model around it, where the heads lie.
        var parent: String

        static func == (a: Root, b: Root) -> Bool { a.prefix == b.prefix && a.family.name == b.family.name }
    }

    /// Where a canonical parameter was found.
    struct Match {
        var normalised: String
        var isTransposed: Bool
    }

    let names: Set<String>

    /// Dots for slashes, without what TensorFlow appends.
    static func normalise(_ name: String) -> String {
        var text = Substring(name)
        if text.hasSuffix("/.ATTRIBUTES/VARIABLE_VALUE") { text = text.dropLast(27) }
        if text.hasSuffix(":0") { text = text.dropLast(2) }
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            result.append(byte == 0x2F ? 0x2E : byte)
            // Keras numbers the members of a list "name_._0".
            if result.suffix(3) == [0x5F, 0x2E, 0x5F] { result.replaceSubrange((result.count - 3)..., with: [0x2E]) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Every transformer: a word embedding with the query of a first layer under the same prefix.
    func roots() -> [Root] {
        var found: [Root] = []
        for family in NamingFamily.all {
            let anchors = family.places(of: .wordEmbeddings, innerGroups: 1).map(\.path)
            for name in names {
                for anchor in anchors where name.hasSuffix(anchor) {
                    let prefix = String(name.dropLast(anchor.count))
                    guard prefix.isEmpty || prefix.hasSuffix(".") else { continue }
                    let backbone = ([family.backbone] + ModelFamily.otherBackbones).first {
                        prefix == $0 || prefix.hasSuffix("." + $0)
                    }
                    let parent = String(prefix.dropLast(backbone?.count ?? 0))
                    let root = Root(family: family, prefix: prefix, parent: parent)
                    if hasLayer(root, group: 0, inner: 0), !found.contains(root) {
                        found.append(root)
                    }
                }
            }
        }
        return found.sorted { $0.prefix < $1.prefix }
    }

    /// Groups and inner layers that are there.
    func layerCounts(_ root: Root) -> (groups: Int, inner: Int) {
        var groups = 1
        while root.family.layer.contains("{g}") && hasLayer(root, group: groups, inner: 0) { groups += 1 }
        var inner = 1
        while root.family.layer.contains("{i}") && hasLayer(root, group: 0, inner: inner) { inner += 1 }
        return (groups, inner)
    }

    /// The names that a family could give a parameter, most usual first.
    func candidates(_ root: Root, _ parameter: Parameter, innerGroups: Int) -> [Match] {
        var places = root.family.places(of: parameter, innerGroups: innerGroups)
        if parameter == .predictionBias, root.family.leaves.isDecoderBiasReadFirst { places.reverse() }
        return places.flatMap { place in
            // Fine-tuning of a TensorFlow Hub module leaves the head outside the module.
            let prefixes =
                !place.isBeside ? [root.prefix] : root.parent == "module." ? [root.parent, ""] : [root.parent]
            return prefixes.map { Match(normalised: $0 + place.path, isTransposed: place.isTransposed) }
        }
    }

    /// Whether the query of a layer is there, and so the layer.
    private func hasLayer(_ root: Root, group: Int, inner: Int) -> Bool {
        let leaf = root.family.suffixes(isNorm: false, isWeight: true)[0]
        return names.contains(root.prefix + root.family.layerPath(.query, group: group, inner: inner) + leaf)
    }
}
