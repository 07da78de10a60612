import AlbitModel
import AlbitText

/// A zip archive, or a wheel, of one folder with a model; what torch writes is none.
enum ZippedFolder: SourceReader {
    static let formatName = ""

    static func matches(_ start: FileStart) throws(Fault) -> FormatMatch {
        guard ZipArchive.begins(start) else { return .no }
        return try model(in: ZipArchive(start.file)) == nil ? .no : .certain
    }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let archive = try ZipArchive(given.file)
        let tree = ZipTree(archive: archive, directory: try model(in: archive) ?? "")
        return try FolderImport.open(tree, container: given.container ?? given.file, options: given.options)
    }

    private static func model(in archive: ZipArchive) throws(Fault) -> String? {
        guard !PyTorch.wrote(archive) else { return nil }
        return try FolderImport.model(in: archive.directories, of: archive.file.path) {
            ZipTree(archive: archive, directory: $0)
        }
    }
}

/// A tar archive: the one folder in it that holds a checkpoint is opened in place.
enum TarredFolder: SourceReader {
    static let formatName = ""

    static func matches(_ start: FileStart) -> FormatMatch { start.has("ustar", at: 257) ? .certain : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let archive = try TarArchive(given.file)
        let folder = try FolderImport.model(in: archive.directories, of: (given.container ?? given.file).path) {
            archive.tree($0)
        }
        return try FolderImport.open(
            archive.tree(folder ?? ""), container: given.container ?? given.file, options: given.options)
    }
}

/// A tar archive, or one file, packed with gzip.
enum GzippedFile: SourceReader {
    static let formatName = ""
    private static let magic: [UInt8] = [0x1F, 0x8B]

    static func matches(_ start: FileStart) -> FormatMatch { start.has(magic) ? .certain : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let stream = InflatedBytes(gzip: given.file)
        var inner = given.beside(stream, name: given.name)
        inner.container = given.container ?? given.file
        do throws(Fault) {
            return try TarredFolder.read(inner)
        } catch  where error.code == .tarNotTar {
            // One file, packed by itself.
            try stream.readToEnd()
            guard !(try FileStart(stream).has(magic)) else { throw error }
            return try Importer.open(inner)
        }
    }
}
