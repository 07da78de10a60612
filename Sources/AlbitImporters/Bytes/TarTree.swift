import AlbitText

/// One directory of a tar archive.
package final class TarTree: FileTree {
    private let archive: TarArchive
    private let prefix: String

    init(archive: TarArchive, directory: String) {
        self.archive = archive
        prefix = directory.isEmpty ? "" : directory + "/"
    }

    package var path: String { "\(archive.path)(\(prefix))" }

    package func folder(_ name: String) -> any FileTree { TarTree(archive: archive, directory: prefix + name) }

    package func parent(ofFolder name: String) -> (any FileTree)? {
        guard prefix == name + "/" || prefix.hasSuffix("/" + name + "/") else { return nil }
        let around = prefix.dropLast(name.utf8.count + 1)
        return TarTree(archive: archive, directory: String(around.hasSuffix("/") ? around.dropLast() : around))
    }

    package var names: [String] {
        archive.members.keys.compactMap { name in
            guard name.hasPrefix(prefix) else { return nil }
            let rest = String(name.dropFirst(prefix.count))
            return rest.contains("/") ? nil : rest
        }.sorted()
    }

    package func open(_ name: String) throws(Fault) -> (any ByteSource)? {
        switch archive.members[prefix + name] {
        case .file(let offset, let size)?:
            return try SliceBytes(archive.bytes, at: offset, count: size, path: "\(archive.path)(\(prefix)\(name))")
        case .link(let target)?:
            throw Fault(
                .tarLink, in: archive.path, at: "member '\(prefix + name)'",
                "is a link to '\(target)'; links are not followed", expected: "a file",
                advice: "pack it again with tar --dereference")
        case nil: return nil
        }
    }
}
