import AlbitModel
import AlbitText

/// A file that is to be imported, with what lies around it.
struct ImportedFile {
    var file: any ByteSource
    /// Its own name, from which those of files beside it may follow.
    var name: String
    /// The folder that it lies in.
    var tree: any FileTree
    /// The folder with configuration and tokenizer, where that is another.
    var neighbours: (any FileTree)?
    /// The archive that it lies in, which then is the source's file.
    var container: (any ByteSource)?
    var options: ImportOptions

    var path: String { file.path }

    /// The files of the source, for its digest: `own`, or the archive around them.
    func files(_ own: [any ByteSource]) -> [any ByteSource] { container.map { [$0] } ?? own }

    /// Another file of the same folder.
    func beside(_ other: any ByteSource, name: String) -> ImportedFile {
        var result = self
        (result.file, result.name) = (other, name)
        return result
    }
}

/// Reads what is neither one container of named tensors nor one graph: archives, indexes, folders of several files.
protocol SourceReader: PublishedFormat {
    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource
}
