import AlbitModel
import AlbitText

/// The index of a TensorFlow checkpoint, whose shards lie beside it.
enum TensorFlowIndex: SourceReader {
    static let suffix = ".index"
    static let formatName = ""
    static let suffixes = [suffix]
    static let isReadByName = true

    static func matches(_ start: FileStart) throws(Fault) -> FormatMatch {
        try SortedTable.hasFooter(start.file) ? .certain : .no
    }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let (bundle, shards) = try TensorFlowBundle.read(given.file, name: given.name, tree: given.tree)
        return try Importer.source(bundle, [given.file] + shards, given)
    }

    /// The index that a person means who names another file of a checkpoint.
    static func meant(by given: ImportedFile) throws(Fault) -> ImportedFile? {
        // A SavedModel keeps its weights in a bundle beside its graph.
        let variables = "variables/variables.index"
        if let index = try given.tree.open(variables), try SortedTable.hasFooter(index) {
            return given.beside(index, name: variables)
        }
        // The elements: the index beside them is what is meant.
        guard let range = given.name.firstRange(of: ".data-") else { return nil }
        let name = String(given.name[..<range.lowerBound]) + suffix
        return try given.tree.open(name).map { given.beside($0, name: name) }
    }

    /// The index of the checkpoint that TensorFlow's state file `checkpoint` calls the latest.
    static func latest(in tree: any FileTree) throws(Fault) -> String? {
        guard let file = try tree.open("checkpoint") else { return nil }
        let text = String(decoding: try file.allBytes(what: "the state file", limit: 1 << 20), as: UTF8.self)
        guard text.hasPrefix("model_checkpoint_path:") else { return nil }
        let parts = text.split(separator: "\"", maxSplits: 2)
        return parts.count > 1 ? FilePath.name(String(parts[1])) + suffix : nil
    }
}
