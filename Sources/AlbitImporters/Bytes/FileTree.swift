import AlbitModel
import AlbitText
import CPlatform

/// The files of a directory or of an archive, by their plain names.
package protocol FileTree: AnyObject {
    /// What messages call it.
    var path: String { get }
    /// Names of the regular files on this level, sorted.
    var names: [String] { get }
    /// Opens a file by name; nil where there is none. A name with a directory in it is looked up relative to here.
    func open(_ name: String) throws(Fault) -> (any ByteSource)?
    /// A folder of this one, whether there is one or not.
    func folder(_ name: String) -> any FileTree
    /// The folder around this one, where this one is called `name`; nil else.
    func parent(ofFolder name: String) -> (any FileTree)?
}

extension FileTree {
    package func folder(_ name: String) -> any FileTree { SubfolderTree(self, folder: name) }
    package func parent(ofFolder name: String) -> (any FileTree)? { nil }
}

/// A directory of the file system.
package final class DirectoryTree: FileTree {
    package let path: String

    package init(path: String) { self.path = path }

    static let maxNames = 100_000

    /// Whether a name found in a file may be opened beside it: no path, no way out of the directory.
    package static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0x2F || $0 == 0x5C || $0 == 0 }
    }

    package var names: [String] { entries.filter { kind($0) == PLATFORM_KIND_FILE }.sorted() }

    /// Names of the folders on this level, sorted.
    var folders: [String] { entries.filter { kind($0) == PLATFORM_KIND_DIRECTORY }.sorted() }

    private var entries: [String] {
        final class Found { var names: [String] = [] }
        let found = Found()
        let context = Unmanaged.passUnretained(found).toOpaque()
        _ = path.withCString { text in
            platform_list(
                text,
                { context, name in
                    guard let context, let name else { return false }
                    let found = Unmanaged<Found>.fromOpaque(context).takeUnretainedValue()
                    found.names.append(String(cString: name))
                    return found.names.count < DirectoryTree.maxNames
                }, context)
        }
        return found.names
    }

    package func folder(_ name: String) -> any FileTree { DirectoryTree(path: path + "/" + name) }

    package func parent(ofFolder name: String) -> (any FileTree)? {
        FilePath.name(path) == name ? DirectoryTree(path: FilePath.folder(of: path)) : nil
    }

    private func kind(_ name: String) -> platform_path_kind {
        (path + "/" + name).withCString { platform_kind($0) }
    }

    package func open(_ name: String) throws(Fault) -> (any ByteSource)? {
        guard kind(name) == PLATFORM_KIND_FILE else { return nil }
        return try FileBytes(path: path + "/" + name)
    }

    /// Whether the file of this name, links followed, lies in the directory of another file, links followed, or below:
    /// a download cache may link both, a hostile archive one of them to somewhere else.
    package func holds(_ name: String, besides other: String) -> Bool {
        (path + "/" + name).withCString { file in other.withCString { platform_lies_beside(file, $0) } }
    }
}
