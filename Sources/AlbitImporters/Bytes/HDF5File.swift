import AlbitModel
import AlbitText

/// Reads the part of HDF5 that Keras and h5py write by default: superblocks 0 to 3, groups with symbol tables or
/// compact links, contiguous and chunked float datasets. Source: the HDF5 file format specification, version 3.
/// Why not libhdf5, and what is refused: formats/keras.md.
final class HDF5File {
    static let maxObjects = 1 << 17
    static let maxDepth = 32
    static let maxNodes = 1 << 17
    static let maxMessages = 4096
    static let maxHeaderBytes = 16 << 20
    static let maxHeap = 64 << 20
    static let maxRank = 16

    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Where the superblock begins: at the start, or behind a user block of 512 bytes or a power of two more.
    static func base(in file: any ByteSource) throws(Fault) -> Int? {
        var offset = 0
        while offset <= 1 << 20, offset + 8 <= file.count {
            if try file.bytes(at: offset, count: 8, what: "a signature", limit: 8) == signature { return offset }
            offset = offset == 0 ? 512 : offset * 2
        }
        return nil
    }

    let file: any ByteSource
    /// Addresses count from here: a user block may come first.
    let base: Int
    private var offsetSize = 8
    private var lengthSize = 8
    private var root = 0
    /// Objects and tree nodes seen, so that cycles and floods end.
    private var objects = 0
    private var nodes = 0

    struct Message {
        var type: Int
        var data: [UInt8]
    }

    init(_ file: any ByteSource, base: Int) throws(Fault) {
        self.file = file
        self.base = base
        try readSuperblock()
    }

    var path: String { file.path }

    func fail(_ problem: String, at address: Int) -> Fault {
        Fault(
            .hdf5Damaged, in: path, "\(problem) at address \(address), unlike HDF5",
            advice: "the file is damaged, download it again")
    }

    /// Bytes at an address relative to the base.
    func bytes(at address: Int, count: Int, what: String) throws(Fault) -> [UInt8] {
        guard address >= 0, count >= 0, address <= file.count - base, count <= file.count - base - address else {
            throw .outside(path: path, what: what, address: address, size: file.count)
        }
        return try file.bytes(at: base + address, count: count, what: what, limit: HDF5File.maxHeap)
    }

    func address(_ reader: inout ByteReader) throws(Fault) -> Int? {
        let value = try reader.unsigned(bytes: offsetSize)
        if value == UInt64.max >> UInt64(64 - 8 * offsetSize) { return nil }
        guard let exact = Int(exactly: value) else {
            throw .outside(path: path, what: "an address", address: Int.max, size: file.count)
        }
        return exact
    }

    func length(_ reader: inout ByteReader) throws(Fault) -> Int {
        guard let exact = Int(exactly: try reader.unsigned(bytes: lengthSize)) else {
            throw .outside(path: path, what: "a length", address: Int.max, size: file.count)
        }
        return exact
    }

    private func readSuperblock() throws(Fault) {
        let count = min(128, file.count - base)
        var reader = ByteReader(try bytes(at: 0, count: count, what: "the superblock"), path: path)
        try reader.skip(8)
        let version = try reader.uint8()
        guard version <= 3 else { throw .unsupported(path: path, what: "superblock version \(version)") }
        if version <= 1 {
            try reader.skip(4)
            offsetSize = Int(try reader.uint8())
            lengthSize = Int(try reader.uint8())
            try reader.skip(version == 0 ? 9 : 13)
        } else {
            offsetSize = Int(try reader.uint8())
            lengthSize = Int(try reader.uint8())
            try reader.skip(1)
        }
        guard [2, 4, 8].contains(offsetSize), [2, 4, 8].contains(lengthSize) else {
            throw fail("sizes of addresses that are not 2, 4 or 8", at: 0)
        }
        _ = try address(&reader)
        _ = try address(&reader)
        let end = try address(&reader) ?? 0
        // The end of the file counts from the beginning of the file where a user block is, from the base elsewhere.
        guard end <= file.count else {
            throw Fault(
                .hdf5Truncated, in: path, "has \(file.count) bytes, but its superblock tells of \(end)",
                advice: "download it again")
        }
        if version <= 1 {
            _ = try address(&reader)
            try reader.skip(offsetSize)
        }
        guard let root = try address(&reader) else { throw fail("no root group", at: 0) }
        self.root = root
    }

    // Object headers -----------------------------------------------------------------------------------

    func header(at address: Int) throws(Fault) -> [Message] {
        objects += 1
        guard objects <= HDF5File.maxObjects else {
            throw .tooMany(path: path, what: "objects", limit: HDF5File.maxObjects)
        }
        let start = try bytes(at: address, count: 16, what: "an object header")
        return start.starts(with: Array("OHDR".utf8))
            ? try headerVersion2(at: address) : try headerVersion1(at: address)
    }

    private func headerVersion1(at address: Int) throws(Fault) -> [Message] {
        var reader = ByteReader(try bytes(at: address, count: 16, what: "an object header"), path: path)
        guard try reader.uint8() == 1 else { throw fail("no object header", at: address) }
        try reader.skip(7)
        let size = Int(try reader.uint32())
        var messages: [Message] = []
        var blocks = [(address: address + 16, size: size)]
        while let block = blocks.popLast() {
            guard block.size <= HDF5File.maxHeaderBytes, messages.count <= HDF5File.maxMessages else {
                throw fail("an object header of impossible size", at: address)
            }
            var reader = ByteReader(
                try bytes(at: block.address, count: block.size, what: "an object header"), path: path)
            while reader.remaining >= 8 {
                let type = Int(try reader.uint16())
                let size = Int(try reader.uint16())
                try reader.skip(4)
                let data = Array(try reader.bytes(size))
                if type == 0x10 {
                    blocks.append(try continuation(data, messages.count, address))
                } else {
                    messages.append(Message(type: type, data: data))
                }
                guard messages.count + blocks.count <= HDF5File.maxMessages else {
                    throw fail("too many messages", at: address)
                }
            }
        }
        return messages
    }

    private func continuation(_ data: [UInt8], _ count: Int, _ address: Int) throws(Fault) -> (address: Int, size: Int)
    {
        nodes += 1
        guard nodes <= HDF5File.maxNodes else {
            throw .tooMany(path: path, what: "header blocks", limit: HDF5File.maxNodes)
        }
        var reader = ByteReader(data, path: path)
        guard let next = try self.address(&reader) else { throw fail("a continuation to nowhere", at: address) }
        return (next, try length(&reader))
    }

    private func headerVersion2(at address: Int) throws(Fault) -> [Message] {
        let head = try bytes(at: address, count: min(64, file.count - base - address), what: "an object header")
        var reader = ByteReader(head, path: path)
        try reader.skip(4)
        guard try reader.uint8() == 2 else {
            throw .unsupported(path: path, what: "an object header of unknown version")
        }
        let flags = try reader.uint8()
        if flags & 0x20 != 0 { try reader.skip(16) }
        if flags & 0x10 != 0 { try reader.skip(4) }
        guard let size = Int(exactly: try reader.unsigned(bytes: 1 << Int(flags & 3))) else {
            throw fail("a header size", at: address)
        }
        var messages: [Message] = []
        var blocks = [(address: address + reader.offset, size: size)]
        let order = flags & 4 != 0 ? 2 : 0
        while let block = blocks.popLast() {
            guard block.size >= 0, block.size <= HDF5File.maxHeaderBytes else {
                throw fail("an object header of impossible size", at: address)
            }
            var reader = ByteReader(
                try bytes(at: block.address, count: block.size, what: "an object header"), path: path)
            while reader.remaining >= 4 + order {
                let type = Int(try reader.uint8())
                let size = Int(try reader.uint16())
                try reader.skip(1 + order)
                let data = Array(try reader.bytes(size))
                if type == 0x10 {
                    let next = try continuation(data, messages.count, address)
                    // "OCHK" in front, a checksum behind.
                    guard next.size >= 8 else { throw fail("a continuation of impossible size", at: address) }
                    blocks.append((next.address &+ 4, next.size - 8))
                } else {
                    messages.append(Message(type: type, data: data))
                }
                guard messages.count + blocks.count <= HDF5File.maxMessages else {
                    throw fail("too many messages", at: address)
                }
            }
        }
        return messages
    }

    // Groups -------------------------------------------------------------------------------------------

    /// Whether the root group has an attribute whose name begins so; its value is not read.
    func rootHasAttribute(_ prefix: String) throws(Fault) -> Bool {
        try header(at: root).contains { message in
            guard message.type == 0x0C, let version = message.data.first else { return false }
            // Versions 1 and 2: sizes, then the name; version 3 has the name's encoding between.
            let name = message.data.dropFirst(version == 3 ? 9 : 8).prefix { $0 != 0 }
            return String(decoding: name, as: UTF8.self).hasPrefix(prefix)
        }
    }

    /// The datasets below the root, in the order of their links: path and messages of each.
    struct Datasets {
        fileprivate let file: HDF5File
        fileprivate var waiting: [(name: String, address: Int, depth: Int)]

        mutating func next() throws(Fault) -> (name: String, messages: [Message])? {
            while let place = waiting.popLast() {
                guard place.depth <= HDF5File.maxDepth, place.name.utf8.count <= 4096 else {
                    throw .tooMany(path: file.path, what: "levels of groups", limit: HDF5File.maxDepth)
                }
                let messages = try file.header(at: place.address)
                if messages.contains(where: { $0.type == 0x08 }) { return (place.name, messages) }
                for link in try file.links(messages, at: place.address).reversed() {
                    let name = place.name.isEmpty ? link.name : place.name + "/" + link.name
                    waiting.append((name, link.address, place.depth + 1))
                }
            }
            return nil
        }
    }

    func datasets() -> Datasets { Datasets(file: self, waiting: [("", root, 0)]) }

    fileprivate func links(_ messages: [Message], at address: Int) throws(Fault) -> [(name: String, address: Int)] {
        var links: [(name: String, address: Int)] = []
        for message in messages {
            var reader = ByteReader(message.data, path: path)
            switch message.type {
            case 0x11:
                guard let tree = try self.address(&reader), let heap = try self.address(&reader) else { continue }
                let names = try localHeap(at: heap)
                try symbols(at: tree, names: names, depth: 0, into: &links)
            case 0x06:
                if let link = try self.link(&reader) { links.append(link) }
            case 0x02:
                _ = try reader.uint8()
                let flags = try reader.uint8()
                if flags & 1 != 0 { try reader.skip(8) }
                if try self.address(&reader) != nil {
                    throw .unsupported(path: path, what: "a group with so many new-style links that they lie in a heap")
                }
            default: break
            }
        }
        return links
    }

    private func localHeap(at address: Int) throws(Fault) -> [UInt8] {
        var reader = ByteReader(
            try bytes(at: address, count: 8 + 2 * lengthSize + offsetSize, what: "a local heap"), path: path)
        guard try Array(reader.bytes(4)) == Array("HEAP".utf8) else { throw fail("no local heap", at: address) }
        try reader.skip(4)
        let size = try length(&reader)
        try reader.skip(lengthSize)
        guard let data = try self.address(&reader) else { throw fail("a local heap without data", at: address) }
        return try bytes(at: data, count: size, what: "a local heap")
    }

    private func symbols(
        at address: Int, names: [UInt8], depth: Int, into links: inout [(name: String, address: Int)]
    ) throws(Fault) {
        nodes += 1
        guard nodes <= HDF5File.maxNodes, depth <= HDF5File.maxDepth else {
            throw .tooMany(path: path, what: "tree nodes", limit: HDF5File.maxNodes)
        }
        let tree = try treeNode(at: address, type: 0, keySize: lengthSize)
        for child in tree.children {
            if tree.level > 0 {
                // A child is one level lower, so a cycle ends at once.
                let below = try treeNode(at: child.address, type: 0, keySize: lengthSize)
                guard below.level == tree.level - 1 else {
                    throw fail("a tree whose levels do not descend", at: child.address)
                }
                try symbols(at: child.address, names: names, depth: depth + 1, into: &links)
            } else {
                try symbolNode(at: child.address, names: names, into: &links)
            }
        }
    }

    private func symbolNode(
        at address: Int, names: [UInt8], into links: inout [(name: String, address: Int)]
    ) throws(Fault) {
        var head = ByteReader(try bytes(at: address, count: 8, what: "a symbol node"), path: path)
        guard try Array(head.bytes(4)) == Array("SNOD".utf8) else { throw fail("no symbol node", at: address) }
        try head.skip(2)
        let count = Int(try head.uint16())
        let size = 2 * offsetSize + 24
        var reader = ByteReader(try bytes(at: address + 8, count: count * size, what: "a symbol node"), path: path)
        for _ in 0..<count {
            let name = try self.address(&reader) ?? names.count
            let object = try self.address(&reader)
            let cache = try reader.uint32()
            try reader.skip(20)
            guard name < names.count, let end = names[name...].firstIndex(of: 0) else {
                throw fail("a name outside its heap", at: address)
            }
            guard let object, cache != 2 else { continue }  // 2: a symbolic link.
            guard links.count < HDF5File.maxObjects else {
                throw .tooMany(path: path, what: "links", limit: HDF5File.maxObjects)
            }
            links.append((String(decoding: names[name..<end], as: UTF8.self), object))
        }
    }

    /// A node of a version 1 B-tree: its level, and its children with the key in front of each.
    func treeNode(
        at address: Int, type: Int, keySize: Int
    ) throws(Fault) -> (level: Int, children: [(key: [UInt8], address: Int)]) {
        var head = ByteReader(try bytes(at: address, count: 8 + 2 * offsetSize, what: "a B-tree node"), path: path)
        guard try Array(head.bytes(4)) == Array("TREE".utf8), try Int(head.uint8()) == type else {
            throw fail("no B-tree node", at: address)
        }
        let level = Int(try head.uint8())
        let count = Int(try head.uint16())
        guard level <= HDF5File.maxDepth else { throw fail("a B-tree of \(level) levels", at: address) }
        var reader = ByteReader(
            try bytes(at: address + 8 + 2 * offsetSize, count: count * (keySize + offsetSize), what: "a B-tree node"),
            path: path)
        var children: [(key: [UInt8], address: Int)] = []
        for _ in 0..<count {
            let key = Array(try reader.bytes(keySize))
            guard let child = try self.address(&reader) else {
                throw fail("a B-tree child that is missing", at: address)
            }
            children.append((key, child))
        }
        return (level, children)
    }

    /// Counts a node of a tree that a caller walks itself.
    func countNode() throws(Fault) {
        nodes += 1
        guard nodes <= HDF5File.maxNodes else {
            throw .tooMany(path: path, what: "tree nodes", limit: HDF5File.maxNodes)
        }
    }

    private func link(_ reader: inout ByteReader) throws(Fault) -> (name: String, address: Int)? {
        guard try reader.uint8() == 1 else { throw .unsupported(path: path, what: "a link of unknown version") }
        let flags = try reader.uint8()
        let type = flags & 8 != 0 ? try reader.uint8() : 0
        if flags & 4 != 0 { try reader.skip(8) }
        if flags & 16 != 0 { try reader.skip(1) }
        guard let length = Int(exactly: try reader.unsigned(bytes: 1 << Int(flags & 3))), length <= 4096 else {
            throw fail("a link's name is too long", at: 0)
        }
        let name = String(decoding: try reader.bytes(length), as: UTF8.self)
        guard type == 0, let object = try address(&reader) else { return nil }
        return (name, object)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func outside(path: String, what: String, address: Int, size: Int) -> Fault {
        Fault(
            .hdf5Outside, in: path, "\(what) at address \(address) lies outside the file of \(size) bytes",
            advice: "download it again")
    }

    fileprivate static func unsupported(path: String, what: String) -> Fault {
        Fault(
            .hdf5Unsupported, in: path, "uses \(what), which Keras does not write and Albit does not read",
            advice: "save it again with Keras or h5py's defaults")
    }

    fileprivate static func tooMany(path: String, what: String, limit: Int) -> Fault {
        Fault(
            .hdf5TooMany, in: path, "has more than \(limit) \(what), or a cycle of them",
            advice: "the file is damaged or hostile")
    }
}
