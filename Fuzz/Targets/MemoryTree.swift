import AlbitImporters
import AlbitText

/// Files in memory, by name: what lies beside the file under attack.
final class MemoryTree: FileTree {
    let path = "memory"
    private let files: [String: [UInt8]]

    init(_ files: [String: [UInt8]]) { self.files = files }

    var names: [String] { files.keys.sorted() }
    func open(_ name: String) throws(Fault) -> (any ByteSource)? { files[name].map { MemoryBytes($0, path: name) } }
}
