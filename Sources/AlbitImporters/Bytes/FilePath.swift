/// The parts of a path of the file system.
package enum FilePath {
    /// What comes behind the last slash.
    package static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// What comes before it: the folder that a file lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
