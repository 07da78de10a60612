import AlbitText

/// One directory of a zip archive. What is opened is read through once before, so that its checksum is verified.
package final class ZipTree: FileTree {
    private let archive: ZipArchive
    private let prefix: String

    init(archive: ZipArchive, directory: String) {
        self.archive = archive
        prefix = directory.isEmpty ? "" : directory + "/"
    }

    package var path: String { "\(archive.file.path)(\(prefix))" }

    package var names: [String] {
        archive.entries.compactMap { entry in
            guard entry.name.hasPrefix(prefix) else { return nil }
            let rest = String(entry.name.dropFirst(prefix.count))
            return rest.isEmpty || rest.contains("/") ? nil : rest
        }.sorted()
    }

    package func open(_ name: String) throws(Fault) -> (any ByteSource)? {
        guard let file = try archive.open(prefix + name) else { return nil }
        try archive.verify(prefix + name)
        return file
    }
}

extension ZipArchive {
    /// All directories with a file in them, without those that macOS adds.
    var directories: [String] {
        var found = Set<String>()
        for entry in entries where !entry.name.hasSuffix("/") && !entry.name.hasPrefix("__MACOSX/") {
            found.insert(entry.name.split(separator: "/").dropLast().joined(separator: "/"))
        }
        return found.sorted()
    }
}
