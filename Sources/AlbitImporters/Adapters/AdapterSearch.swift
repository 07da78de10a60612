import AlbitModel
import AlbitText

// Finds the adapter that belongs to a checkpoint: named by --adapter, beside it, or inside its own state dict.
extension LoRAAdapter {
    private static let weightNames = ["adapter_model.safetensors", "adapter_model.bin"]

    /// Whether a file of this name is an adapter's and no model's.
    static func isAdapterFile(_ name: String) -> Bool { name.hasPrefix("adapter_model.") }

    /// The checkpoint without what PEFT puts around its names, and the adapter to merge into it; nil where there is
    /// none. `read` reads the tensors of one file.
    static func resolve(
        _ checkpoint: Checkpoint, path: String, tree: any FileTree, options: ImportOptions,
        read: (any ByteSource) throws(Fault) -> Checkpoint
    ) throws(Fault) -> (Checkpoint, LoRAAdapter?) {
        let own = try AdapterTensors(checkpoint.tensors, path: path)
        let named = options.adapter.map { AdapterSearch.folder($0) }
        let folder: any FileTree = named ?? tree
        let file = try folder.open(AdapterConfiguration.fileName)
        if named != nil, file == nil {
            throw Fault(
                .importNoAdapter, in: folder.path, "holds no \(AdapterConfiguration.fileName)",
                expected: "the folder of a LoRA adapter that PEFT saved")
        }
        var checkpoint = checkpoint
        if own.isPEFT {
            let configuration: AdapterConfiguration? = if let file { try AdapterConfiguration(file) } else { nil }
            if NameResolver(names: Set(own.rest.map(\.name))).roots().isEmpty {
                throw .adapterAlone(path, configuration)
            }
            checkpoint.tensors = own.rest
            checkpoint.ignored += own.replaced.map {
                IgnoredTensor(name: $0, reason: "from before the adapter's training, which has another in its place")
            }
            guard let module = own.pairs.keys.min() else { return (checkpoint, nil) }
            guard let configuration else {
                throw Fault(
                    .importAdapterUnmerged, in: path, at: "module '\(module)'",
                    "has weights of a LoRA adapter (PEFT) that are not merged, and their scale (lora_alpha / r) is "
                        + "not in a state dict",
                    advice: "put the adapter_config.json beside it, or save the model after merge_and_unload()")
            }
            return (checkpoint, LoRAAdapter(configuration: configuration, path: path, tensors: own, files: []))
        }
        guard let file else { return (checkpoint, nil) }
        for name in weightNames {
            guard let weights = try folder.open(name) else { continue }
            let configuration = try AdapterConfiguration(file)
            return (
                checkpoint,
                LoRAAdapter(
                    configuration: configuration, path: weights.path,
                    tensors: try AdapterTensors(try read(weights).tensors, path: weights.path), files: [weights])
            )
        }
        if named != nil {
            throw Fault(
                .importNoAdapter, in: folder.path, "holds none of \(weightNames.joined(separator: ", "))",
                expected: "the folder of a LoRA adapter that PEFT saved")
        }
        checkpoint.ignored.append(
            IgnoredTensor(name: file.path, reason: "there is no adapter_model.safetensors beside it"))
        return (checkpoint, nil)
    }
}

/// Where `--adapter` points to.
private enum AdapterSearch {
    static func folder(_ path: String) -> DirectoryTree {
        LoRAAdapter.isAdapterFile(FilePath.name(path))
            ? DirectoryTree(path: FilePath.folder(of: path)) : DirectoryTree(path: path)
    }
}

extension Fault {
    fileprivate static func adapterAlone(_ path: String, _ configuration: AdapterConfiguration?) -> Fault {
        let base = configuration?.base.map { "'\($0)'" } ?? "its base"
        return Fault(
            .importAdapterAlone, in: path, "is a LoRA adapter (PEFT), which changes a model and is none",
            advice: "give the folder of \(base), and this one with --adapter")
    }
}
