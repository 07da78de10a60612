import AlbitModel
import AlbitText

/// The tensors of an adapter, taken apart by what PEFT calls them, and what is left as a base.
struct AdapterTensors {
    struct Pair {
        var a: NamedTensor
        var b: NamedTensor
        /// `lora_B.bias`, where there is one.
        var bias: NamedTensor?
        var isEmbedding: Bool
    }

    /// Updates by the module that they are added to, without PEFT's prefix.
    private(set) var pairs: [String: Pair] = [:]
    /// Everything else by its plain name, without what PEFT puts around it.
    private(set) var rest: [NamedTensor] = []
    /// Weights from before the adapter's training, in whose place others stand.
    private(set) var replaced: [String] = []

    /// Whether PEFT wrote the names.
    private(set) var isPEFT = false

    /// Parts of names that other kinds of adapters have, and these kinds.
    private static let others: [(part: String, kind: String)] = [
        (".lora_magnitude_vector", "DoRA"), (".lora_E", "AdaLoRA"), (".ranknum", "AdaLoRA"), (".ia3_l", "IA3"),
        (".hada_w1", "LoHa"), (".lokr_w", "LoKr"), (".vera_lambda", "VeRA"), (".oft_r", "OFT"), (".oft_s", "OFT"),
        (".boft_", "BOFT"), (".hra_u", "HRA"), (".fourierft_spectrum", "FourierFT"), (".vblora_", "VB-LoRA"),
        (".trainable_tokens_delta", "trainable tokens"), (".token_adapter.", "trainable tokens"),
        (".adapters.", "bottleneck (AdapterHub)"), (".loras.", "LoRA of AdapterHub"),
        (".prefix_tunings.", "prefix tuning (AdapterHub)"), (".invertible_adapters.", "bottleneck (AdapterHub)"),
        (".adapter_fusion_layer.", "AdapterFusion (AdapterHub)"), (".ln_tuning_layers", "LN tuning"),
        (".randlora_", "RandLora"), (".c3a_", "C3A"), (".miss_", "MiSS"),
    ]

    init(_ tensors: [NamedTensor], path: String) throws(Fault) {
        var a: [String: NamedTensor] = [:]
        var b: [String: NamedTensor] = [:]
        var bias: [String: NamedTensor] = [:]
        var embedded = Set<String>()
        var adapters = Set<String>()
        var saved: [(module: String, rest: String, tensor: any LazyTensor)] = []
        for named in tensors {
            let whole = NameResolver.normalise(named.name)
            let name = AdapterTensors.plain(whole)
            if name != whole { isPEFT = true }
            if let other = Self.others.first(where: { ("." + name).contains($0.part) }) {
                throw Fault(
                    .importAdapterUnsupported, in: path, at: "tensor '\(named.name)'",
                    "belongs to an adapter of the kind \(other.kind)", expected: "LoRA",
                    advice: other.kind.contains("AdapterHub")
                        ? "save the model without it (delete_adapter() of the adapters library) for the base's answers"
                        : "merge it with PEFT's merge_and_unload() and save the model")
            }
            guard let (module, part, rest) = AdapterTensors.split(name) else {
                self.rest.append(NamedTensor(name: name, tensor: named.tensor))
                continue
            }
            if !part.hasPrefix("lora") { isPEFT = true }
            var pieces = rest.split(separator: ".").map(String.init)
            let isBias = pieces.last == "bias"
            if pieces.last == "weight" || isBias { pieces.removeLast() }
            if part.hasPrefix("lora"), let adapter = pieces.first { adapters.insert(adapter) }
            switch part {
            case "lora_embedding_A", "lora_A":
                a[module] = named
                if part == "lora_embedding_A" { embedded.insert(module) }
            case "lora_embedding_B", "lora_B":
                if isBias { bias[module] = named } else { b[module] = named }
            case "base_layer":
                self.rest.append(NamedTensor(name: module + "." + rest, tensor: named.tensor))
            case "original_module": replaced.append(module + "." + rest)
            default:
                saved.append((module, rest, named.tensor))
            }
        }
        // A state dict has the adapter's name before a saved module's tensor, an adapter's own file has not.
        let adapter = adapters.first ?? "default"
        for (module, name, tensor) in saved {
            let leaf = name.hasPrefix(adapter + ".") ? String(name.dropFirst(adapter.utf8.count + 1)) : name
            rest.append(NamedTensor(name: module + "." + leaf, tensor: tensor))
        }
        for (module, a) in a {
            guard let b = b[module] else {
                rest.append(a)
                continue
            }
            pairs[module] = Pair(a: a, b: b, bias: bias[module], isEmbedding: embedded.contains(module))
        }
        for (module, b) in b where pairs[module] == nil { rest.append(b) }
        if !pairs.isEmpty { isPEFT = true }
        guard adapters.count <= 1 else {
            throw Fault(
                .importAdapterUnsupported, in: path,
                "holds several adapters (\(adapters.sorted().joined(separator: ", ")))", expected: "one",
                advice: "merge the one that is wanted with PEFT's merge_and_unload() and save the model")
        }
    }

    /// PEFT wraps the model twice.
    private static func plain(_ name: String) -> String {
        name.hasPrefix("base_model.model.") ? String(name.dropFirst(17)) : name
    }

    /// A name taken apart at PEFT's component; nil where it has none.
    private static func split(_ name: String) -> (module: String, part: String, rest: String)? {
        let pieces = name.split(separator: ".", omittingEmptySubsequences: false)
        let parts: Set<Substring> = [
            "lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", "base_layer", "original_module",
            "modules_to_save",
        ]
        guard let index = pieces.lastIndex(where: parts.contains), index > 0 else { return nil }
        return (
            pieces[..<index].joined(separator: "."), String(pieces[index]),
            pieces[(index + 1)...].joined(separator: ".")
        )
    }
}
