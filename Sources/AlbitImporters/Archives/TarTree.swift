/// One directory of a tar archive.
package final class TarTree: FileTree {
    private let archive: TarArchive
    private let prefix: String

    init(archive: TarArchive, directory: String) {
        self.archive = archive
        prefix = directory.isEmpty ? "" : directory + "/"
    }

    package var path: String { "\(archive.path)(\(prefix))" }

    package var names: [String] {
        archive.members.keys.compactMap { name in
            guard name.hasPrefix(prefix) else { return nil }
            let rest = String(name.dropFirst(prefix.count))
            return rest.contains("/") ? nil : rest
        }.sorted()
    }

    package func open(_ name: String) throws -> (any ByteSource)? {
        switch archive.members[prefix + name] {
        case .file(let offset, let size)?:
            return try SliceBytes(archive.bytes, at: offset, count: size, path: "\(archive.path)(\(prefix)\(name))")
        case .link(let target)?: throw TarError.link(path: archive.path, member: prefix + name, target: target)
        case nil: return nil
        }
    }
}
