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
            let anchors = family.leaves.embeddings[ParameterName.wordEmbeddings] ?? []
            for name in names {
                for anchor in anchors where name.hasSuffix(anchor) {
                    let prefix = String(name.dropLast(anchor.count))
                    guard prefix.isEmpty || prefix.hasSuffix(".") else { continue }
                    let parent = prefix == family.backbone || prefix.hasSuffix("." + family.backbone)
                        ? String(prefix.dropLast(family.backbone.count)) : prefix
                    let root = Root(family: family, prefix: prefix, parent: parent)
                    if names.contains(layerName(root, .queryWeight, group: 0, inner: 0)[0]), !found.contains(root) {
                        found.append(root)
                    }
                }
            }
        }
        return found.sorted { $0.prefix < $1.prefix }
    }

    /// Groups and inner layers that are there.
    func layerCounts(_ root: Root) -> (groups: Int, inner: Int) {
        func has(_ group: Int, _ inner: Int) -> Bool {
            names.contains(layerName(root, .queryWeight, group: group, inner: inner)[0])
        }
        var groups = 1
        while root.family.layer.contains("{g}") && has(groups, 0) { groups += 1 }
        var inner = 1
        while root.family.layer.contains("{i}") && has(0, inner) { inner += 1 }
        return (groups, inner)
    }

    /// The names that a family could give a canonical parameter, most usual first.
    func candidates(_ root: Root, parameter: String) -> [Match] {
        let family = root.family
        if let names = family.leaves.embeddings[parameter] {
            return names.map { Match(normalised: root.prefix + $0, isTransposed: false) }
        }
        if let heads = family.heads[parameter] {
            // Fine-tuning of a TensorFlow Hub module leaves the head outside the module.
            let places = root.parent == "module." ? [root.parent, ""] : [root.parent]
            return places.flatMap { place in heads.map { Match(normalised: place + $0.path, isTransposed: $0.isTransposed) } }
        }
        guard let dot = parameter.lastIndex(of: ".") else { return [] }
        let module = String(parameter[..<dot])
        let isWeight = parameter.hasSuffix(".weight")
        return (family.modules[module] ?? []).flatMap { path in
            leaves(family, module: module, isWeight: isWeight).map {
                Match(normalised: root.prefix + path + $0, isTransposed: isTransposed(family, module: module, isWeight: isWeight))
            }
        }
    }

    /// The same for a layer's parameter.
    func candidates(_ root: Root, layer part: ParameterName.Layer, group: Int, inner: Int) -> [Match] {
        let (module, isWeight) = NameResolver.module(of: part)
        let flipped = isTransposed(root.family, module: module, isWeight: isWeight)
        return layerName(root, part, group: group, inner: inner).map { Match(normalised: $0, isTransposed: flipped) }
    }

    private func layerName(_ root: Root, _ part: ParameterName.Layer, group: Int, inner: Int) -> [String] {
        let (module, isWeight) = NameResolver.module(of: part)
        let path = root.prefix
            + root.family.layer.replacing("{g}", with: String(group)).replacing("{i}", with: String(inner))
            + (root.family.layerModules[module] ?? module)
        return leaves(root.family, module: module, isWeight: isWeight).map { path + $0 }
    }

    private static func module(of part: ParameterName.Layer) -> (String, isWeight: Bool) {
        let isWeight = part.rawValue.hasSuffix(".weight")
        return (String(part.rawValue.dropLast(isWeight ? 7 : 5)), isWeight)
    }

    private func isNorm(_ module: String) -> Bool { module.hasSuffix("LayerNorm") || module.hasSuffix("layer_norm") }

    private func isTransposed(_ family: NamingFamily, module: String, isWeight: Bool) -> Bool {
        isWeight && !isNorm(module) && family.leaves.isTransposed
    }

    private func leaves(_ family: NamingFamily, module: String, isWeight: Bool) -> [String] {
        if isNorm(module) { return isWeight ? family.leaves.normWeight : family.leaves.normBias }
        return isWeight ? [family.leaves.denseWeight] : [".bias"]
    }
}

extension String {
    /// The text with every occurrence of a placeholder replaced; plain bytes, no Foundation.
    func replacing(_ placeholder: String, with text: String) -> String {
        guard let range = firstRange(of: placeholder) else { return self }
        return String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }

    func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
