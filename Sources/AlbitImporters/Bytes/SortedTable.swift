import AlbitModel
import AlbitText

/// A LevelDB table (SSTable): sorted keys with values, in checked blocks. Values are found, not read.
/// Sources: google/leveldb doc/table_format.md, tensorflow/core/lib/io/table.cc.
package final class SortedTable {
    package struct Entry {
        var key: [UInt8]
        package var source: any ByteSource
        var offset: Int
        var count: Int

        func value(limit: Int) throws(Fault) -> [UInt8] {
            try source.bytes(at: offset, count: count, what: "a table value", limit: limit)
        }
    }

    static let magic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    static let maxBlocks = 1 << 20
    static let maxEntries = 1 << 20
    static let maxKey = 64 << 10
    static let maxSnappyBlock = 64 << 20

    let path: String
    package let entries: [Entry]

    /// Whether a file ends as a table does.
    static func hasFooter(_ file: any ByteSource) throws(Fault) -> Bool {
        guard file.count >= 8 else { return false }
        return try file.bytes(at: file.count - 8, count: 8, what: "the last bytes", limit: 8) == magic
    }

    package init(_ file: any ByteSource) throws(Fault) {
        path = file.path
        guard file.count >= 48 else {
            throw Fault(
                .tableNoFooter, in: path, "does not end with the footer of a TensorFlow index",
                advice: "it is truncated, download it again")
        }
        let footer = try file.bytes(at: file.count - 48, count: 48, what: "the table footer", limit: 48)
        guard Array(footer.suffix(8)) == SortedTable.magic else {
            throw Fault(
                .tableNoFooter, in: path, "does not end with the footer of a TensorFlow index",
                advice: "it is truncated, download it again")
        }
        var wire = WireReader(footer[..<40], path: path)
        _ = (try wire.varint(), try wire.varint())
        let index = try SortedTable.block(file, offset: try wire.varint(), size: try wire.varint())
        var entries: [Entry] = []
        var last: [UInt8]?
        for handle in try SortedTable.walk(index, limit: SortedTable.maxBlocks) {
            var wire = WireReader(try handle.value(limit: 32)[...], path: path)
            let block = try SortedTable.block(file, offset: try wire.varint(), size: try wire.varint())
            for entry in try SortedTable.walk(block, limit: SortedTable.maxEntries - entries.count) {
                if let last, !last.lexicographicallyPrecedes(entry.key) {
                    throw Fault(
                        .tableUnsorted, in: path, at: "key '\(String(decoding: entry.key, as: UTF8.self))'",
                        "is out of order, which no TensorFlow writer does", advice: "download the file again")
                }
                last = entry.key
                entries.append(entry)
            }
        }
        self.entries = entries
    }

    /// A block's content, its checksum verified; compressed ones are unpacked into memory.
    private static func block(_ file: any ByteSource, offset: UInt64, size: UInt64) throws(Fault) -> any ByteSource {
        let path = file.path
        guard let start = Int(exactly: offset), let count = Int(exactly: size), start <= file.count,
            count <= file.count - start - 5
        else {
            throw Fault(
                .tableBlockOutside, in: path, "a block of \(size) bytes at \(offset) lies outside the file",
                advice: "download it again")
        }
        let trailer = try file.bytes(at: start + count, count: 5, what: "a block trailer", limit: 5)
        let stored = trailer[1...].enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        let found = try CRC32.masked(of: file, at: start, count: count + 1)
        guard stored == found else {
            throw Fault(
                .tableWrongChecksum, in: path, at: "the block at byte \(start)", "has a wrong CRC-32C",
                advice: "download the file again")
        }
        let slice = try SliceBytes(file, at: start, count: count, path: path)
        switch trailer[0] {
        case 0: return slice
        case 1:
            let packed = try slice.allBytes(what: "a snappy block", limit: maxSnappyBlock)
            guard let plain = Snappy.decompress(packed, limit: maxSnappyBlock) else {
                throw Fault(
                    .tableBadSnappy, in: path, at: "the snappy block at byte \(start)", "cannot be unpacked",
                    advice: "download the file again")
            }
            return MemoryBytes(plain, path: path)
        default:
            throw Fault(
                .tableUnknownCompression, in: path, at: "the block at byte \(start)", "has compression \(trailer[0])",
                expected: "0 (none) or 1 (snappy)", advice: "download the file again")
        }
    }

    /// The entries of a block: each key repeats a prefix of the one before.
    private static func walk(_ block: any ByteSource, limit: Int) throws(Fault) -> [Entry] {
        let path = block.path
        guard block.count >= 4 else { throw .badBlock(path: path, offset: 0) }
        let tail = try block.bytes(at: block.count - 4, count: 4, what: "a restart count", limit: 4)
        let restarts = tail.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard restarts <= (block.count - 4) / 4 else { throw .badBlock(path: path, offset: block.count - 4) }
        let end = block.count - 4 - 4 * restarts
        var entries: [Entry] = []
        var key: [UInt8] = []
        var position = 0
        while position < end {
            guard entries.count < limit else {
                throw Fault(
                    .tableTooMany, in: path, "has more than \(maxEntries) entries",
                    advice: "the file is damaged or hostile")
            }
            let head = try block.bytes(at: position, count: min(30, end - position), what: "an entry", limit: 30)
            var wire = WireReader(head[...], path: path)
            guard let shared = Int(exactly: try wire.varint()), let fresh = Int(exactly: try wire.varint()),
                let count = Int(exactly: try wire.varint()), shared <= key.count, fresh <= maxKey
            else { throw .badBlock(path: path, offset: position) }
            position += wire.consumed
            guard fresh <= end - position, count <= end - position - fresh else {
                throw .badBlock(path: path, offset: position)
            }
            key.removeLast(key.count - shared)
            key += try block.bytes(at: position, count: fresh, what: "a key", limit: maxKey)
            guard key.count <= maxKey else { throw .badBlock(path: path, offset: position) }
            position += fresh
            entries.append(Entry(key: key, source: block, offset: position, count: count))
            position += count
        }
        return entries
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badBlock(path: String, offset: Int) -> Fault {
        Fault(
            .tableBadBlock, in: path, "a table block is damaged at its byte \(offset)",
            advice: "download the file again")
    }
}
