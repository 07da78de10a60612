import AlbitImporters
import AlbitText

/// SSTables with right checksums, so that damage reaches the parser behind them.
package enum TableForm {
    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var result: [UInt8] = []
        var rest = value
        while rest > 127 {
            result.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return result + [UInt8(rest)]
    }

    /// The block, its type and the masked checksum over both.
    private static func sealed(_ block: [UInt8]) -> [UInt8] {
        let typed = block + [0]
        var crc = CRC32(.castagnoli)
        typed.withUnsafeBytes { crc.update($0) }
        return typed + little(crc.masked)
    }

    /// A table whose one data block is `block`.
    package static func table(around block: [UInt8]) -> [UInt8] {
        let data = sealed(block)
        let handle = varint(0) + varint(block.count)
        let index = varint(0) + varint(3) + varint(handle.count) + Array("zzz".utf8) + handle + little(0) + little(1)
        let footer = varint(0) + varint(0) + varint(data.count) + varint(index.count)
        let magic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
        return data + sealed(index) + footer + [UInt8](repeating: 0, count: 40 - footer.count) + magic
    }

    /// The data block of a table of one, to begin with.
    package static func block(of table: [UInt8]) throws -> [UInt8]? {
        let entries = try SortedTable(MemoryBytes(table, path: "seed")).entries
        return try entries.first?.source.allBytes(what: "the block", limit: 1 << 20)
    }

    /// The same bytes with the checksums of the index block and of the first data block made right.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 48 else { return bytes }
        var result = bytes
        func number(_ position: inout Int, _ end: Int) -> Int? {
            var value = 0
            for shift in stride(from: 0, to: 28, by: 7) {
                guard position < end else { return nil }
                let byte = Int(result[position])
                position += 1
                value |= (byte & 127) << shift
                if byte < 128 { return value }
            }
            return nil
        }
        func mend(_ start: Int, _ count: Int) {
            guard start + count + 5 <= result.count else { return }
            var crc = CRC32(.castagnoli)
            result.withUnsafeBytes { crc.update(UnsafeRawBufferPointer(rebasing: $0[start...(start + count)])) }
            result.replaceSubrange((start + count + 1)..<(start + count + 5), with: little(crc.masked))
        }
        var position = bytes.count - 48
        let end = position + 40
        guard number(&position, end) != nil, number(&position, end) != nil, let start = number(&position, end),
            let count = number(&position, end)
        else { return result }
        // The first entry of the index: its key's lengths, the key, and where the data block lies.
        var entry = start
        let limit = min(result.count, start + count)
        if entry < limit, number(&entry, limit) != nil, let key = number(&entry, limit), number(&entry, limit) != nil {
            entry += key
            if entry < limit, let block = number(&entry, limit), let size = number(&entry, limit) { mend(block, size) }
        }
        mend(start, count)
        return result
    }
}
