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

    package func folder(_ name: String) -> any FileTree { ZipTree(archive: archive, directory: prefix + name) }

    package func parent(ofFolder name: String) -> (any FileTree)? {
        guard prefix == name + "/" || prefix.hasSuffix("/" + name + "/") else { return nil }
        let around = prefix.dropLast(name.utf8.count + 1)
        return ZipTree(archive: archive, directory: String(around.hasSuffix("/") ? around.dropLast() : around))
    }

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
