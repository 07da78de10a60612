import AlbitText

/// A folder of another tree.
final class SubfolderTree: FileTree {
    private let outer: any FileTree
    private let folder: String

    /// `folder`: plain names with slashes between them.
    init(_ outer: any FileTree, folder: String) {
        self.outer = outer
        self.folder = folder
    }

    var path: String { outer.path + (outer.path.hasSuffix("/") ? "" : "/") + folder }

    /// Those of a directory of the file system or of an archive; others are looked up one by one.
    var names: [String] {
        let inner = outer.folder(folder)
        return inner is SubfolderTree ? [] : inner.names
    }

    func open(_ name: String) throws(Fault) -> (any ByteSource)? { try outer.open(folder + "/" + name) }

    /// The tree that a folder was taken from; nil for any other tree.
    static func outer(of tree: (any FileTree)?) -> (tree: any FileTree, folder: String)? {
        (tree as? SubfolderTree).map { ($0.outer, $0.folder) }
    }
}
