import AlbitText

/// Reads the weights that Keras keeps in HDF5: one dataset a variable. Limits and sources: formats/keras.md.
package enum Keras: CheckpointReader {
    package static let formatName = "Keras HDF5"
    package static let fileNames = ["tf_model.h5"]
    package static let suffixes = [".h5"]

    /// HDF5's signature: certain at the start; behind a user block other formats' bytes may look like it.
    package static func matches(_ start: FileStart) throws(Fault) -> FormatMatch {
        if start.has(HDF5File.signature) { return .certain }
        return try HDF5File.base(in: start.file) == nil ? .no : .possible
    }

    package static func read(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        try read(file, base: try HDF5File.base(in: file) ?? 0)
    }

    package static func read(_ file: any ByteSource, base: Int) throws(Fault) -> Checkpoint {
        let container = try HDF5File(file, base: base)
        // Keras puts each variable's own name below the group of its layer; shards have the bare names.
        let hasLayers = try container.rootHasAttribute("keras_version")
        var checkpoint = Checkpoint(format: "Keras HDF5", writer: "Keras", tensors: [])
        var datasets = container.datasets()
        while let (path, messages) = try datasets.next() {
            let dataset = try HDF5Dataset(messages, name: path, file: container)
            guard let tensor = try dataset.tensor() else {
                checkpoint.ignored.append(IgnoredTensor(name: path, reason: "holds no numbers"))
                continue
            }
            var name = Substring(path)
            // A whole saved model has the same below a group of its own, and the optimizer beside it.
            if name.hasPrefix("model_weights/") { name = name.dropFirst(14) }
            if hasLayers, !name.hasPrefix("optimizer_weights/"), let slash = name.firstIndex(of: "/") {
                name = name[name.index(after: slash)...]
            }
            checkpoint.tensors.append(NamedTensor(name: String(name), tensor: tensor))
        }
        return checkpoint
    }
}
