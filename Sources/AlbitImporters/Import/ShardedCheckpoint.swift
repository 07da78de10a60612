import AlbitModel
import AlbitText

/// The tensors of all shards, as of one file.
extension ShardIndex: SourceReader {
    /// What its name has behind that of the weights.
    static let suffix = ".index.json"
    static let formatName = ""

    /// A JSON object.
    static func matches(_ start: FileStart) -> FormatMatch {
        start.bytes.first { $0 > 0x20 } == UInt8(ascii: "{") ? .likely : .no
    }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let (joined, shards) = try ShardIndex(given.file).join(in: given.tree, read: Importer.checkpoint)
        return try Importer.source(joined, [given.file] + shards, given)
    }
}
