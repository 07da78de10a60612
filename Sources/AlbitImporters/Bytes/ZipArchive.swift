import AlbitModel
import AlbitText
import CZlib

/// A zip archive read in place through its central directory: stored and deflated entries, zip64.
/// Source: PKWARE APPNOTE 6.3.10. Limits: formats/pytorch.md.
package final class ZipArchive {
    package struct Entry {
        package var name: String
        var isDeflated: Bool
        var crc: UInt32
        var compressedSize: Int
        package var size: Int
        var headerOffset: Int
    }

    static let maxEntries = 1 << 17
    static let maxDirectory = 64 << 20

    package let file: any ByteSource
    package let entries: [Entry]
    private let indexOfName: [String: Int]
    /// Entries that were opened, so that tensors of one entry share its decoder and its checksum is run once.
    private var opened: [Int: any ByteSource] = [:]
    private var verified = Set<Int>()

    /// Whether a file begins with an entry, or with the end of an empty archive.
    static func begins(_ start: FileStart) -> Bool {
        start.has([0x50, 0x4B, 0x03, 0x04]) || start.has([0x50, 0x4B, 0x05, 0x06])
    }

    package init(_ file: any ByteSource) throws(Fault) {
        self.file = file
        let end = try ZipArchive.endRecord(file)
        let directory = try file.bytes(
            at: end.offset, count: end.size, what: "the zip directory", limit: ZipArchive.maxDirectory)
        var reader = ByteReader(directory, path: file.path)
        var entries: [Entry] = []
        var indexOfName: [String: Int] = [:]
        for _ in 0..<end.count {
            let entry = try ZipArchive.entry(&reader, path: file.path)
            guard entry.headerOffset <= file.count, entry.compressedSize <= file.count - entry.headerOffset else {
                throw Fault(
                    .zipEntryOutside, in: file.path, at: "entry '\(entry.name)'",
                    "claims \(entry.compressedSize) bytes, but the file has only \(file.count)",
                    advice: "download it again")
            }
            guard indexOfName.updateValue(entries.count, forKey: entry.name) == nil else {
                throw Fault(
                    .zipDuplicateEntry, in: file.path,
                    "holds two entries named '\(entry.name)', so which one counts is open",
                    advice: "save the model again")
            }
            entries.append(entry)
        }
        self.entries = entries
        self.indexOfName = indexOfName
    }

    func contains(_ name: String) -> Bool { indexOfName[name] != nil }

    func size(of name: String) -> Int? { indexOfName[name].map { entries[$0].size } }

    /// The uncompressed bytes of an entry; nil where there is none. Checksums: `verify` or `allBytes`.
    package func open(_ name: String) throws(Fault) -> (any ByteSource)? {
        guard let index = indexOfName[name] else { return nil }
        if let source = opened[index] { return source }
        let entry = entries[index]
        let path = "\(file.path)(\(name))"
        let slice = try SliceBytes(
            file, at: try dataOffset(entry), count: entry.compressedSize, path: path)
        let source: any ByteSource
        if entry.isDeflated {
            source = InflatedBytes(raw: slice, count: entry.size, path: path)
        } else {
            guard entry.size == entry.compressedSize else {
                throw Fault(
                    .zipSizesDiffer, in: file.path, at: "entry '\(name)'",
                    "stores \(entry.compressedSize) bytes, but declares \(entry.size), though it is not "
                        + "compressed", advice: "the file is damaged, download it again")
            }
            source = slice
        }
        opened[index] = source
        return source
    }

    /// A whole small entry, its checksum verified.
    package func allBytes(_ name: String, limit: Int) throws(Fault) -> [UInt8]? {
        guard let source = try open(name), let index = indexOfName[name] else { return nil }
        let bytes = try source.allBytes(what: "the entry", limit: limit)
        let found = bytes.withUnsafeBytes { ZipArchive.checksum(0, $0) }
        guard found == entries[index].crc else {
            throw Fault(
                .zipWrongChecksum, in: file.path, at: "entry '\(name)'", "has CRC-32 \(found)",
                expected: "\(entries[index].crc)", advice: "download the file again")
        }
        return bytes
    }

    /// Reads an entry once and compares its CRC-32.
    package func verify(_ name: String) throws(Fault) {
        guard let index = indexOfName[name], !verified.contains(index), let source = try open(name) else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var crc: UInt32 = 0
        var offset = 0
        while offset < source.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, source.count - offset)])
            try source.read(at: offset, into: part)
            crc = ZipArchive.checksum(crc, UnsafeRawBufferPointer(part))
            offset += part.count
        }
        guard crc == entries[index].crc else {
            throw Fault(
                .zipWrongChecksum, in: file.path, at: "entry '\(name)'", "has CRC-32 \(crc)",
                expected: "\(entries[index].crc)", advice: "download the file again")
        }
        verified.insert(index)
    }

    private static func checksum(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return start }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(start), base, bytes.count))
    }

    private func dataOffset(_ entry: Entry) throws(Fault) -> Int {
        let header = try file.bytes(at: entry.headerOffset, count: 30, what: "a local header", limit: 30)
        var reader = ByteReader(header, path: file.path)
        guard try reader.uint32() == 0x0403_4B50 else {
            throw Fault(
                .zipNoLocalHeader, in: file.path, at: "entry '\(entry.name)'",
                "has no header at byte \(entry.headerOffset)", advice: "the file is damaged, download it again")
        }
        try reader.skip(22)
        let nameLength = Int(try reader.uint16())
        let extraLength = Int(try reader.uint16())
        return entry.headerOffset + 30 + nameLength + extraLength
    }

    private static func endRecord(_ file: any ByteSource) throws(Fault) -> (offset: Int, size: Int, count: Int) {
        let tailSize = min(file.count, 22 + 65535)
        let tail = try file.bytes(
            at: file.count - tailSize, count: tailSize, what: "the end of the archive", limit: 1 << 17)
        guard
            let position = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                tail[$0] == 0x50 && tail[$0 + 1] == 0x4B && tail[$0 + 2] == 0x05 && tail[$0 + 3] == 0x06
            })
        else { throw .noEndRecord(path: file.path) }
        var reader = ByteReader(tail, path: file.path)
        try reader.skip(position + 4)
        let disks = (try reader.uint16(), try reader.uint16())
        _ = try reader.uint16()
        var count = UInt64(try reader.uint16())
        var size = UInt64(try reader.uint32())
        var offset = UInt64(try reader.uint32())
        guard disks == (0, 0) || disks.0 == 0xFFFF else {
            throw Fault(
                .zipSeveralDisks, in: file.path, "is one part of a zip archive in several", expected: "a whole one",
                advice: "join the parts first")
        }
        let endOffset = file.count - tailSize + position
        if endOffset >= 20 {
            let locator = try file.bytes(at: endOffset - 20, count: 20, what: "the zip64 locator", limit: 20)
            var locate = ByteReader(locator, path: file.path)
            if try locate.uint32() == 0x0706_4B50 {
                try locate.skip(4)
                guard let at = Int(exactly: try locate.uint64()) else { throw .noEndRecord(path: file.path) }
                var record = ByteReader(
                    try file.bytes(at: at, count: 56, what: "the zip64 end record", limit: 56), path: file.path)
                guard try record.uint32() == 0x0606_4B50 else { throw .noEndRecord(path: file.path) }
                try record.skip(28)
                count = try record.uint64()
                size = try record.uint64()
                offset = try record.uint64()
            }
        }
        guard count <= UInt64(maxEntries) else {
            throw Fault(
                .zipTooManyEntries, in: file.path, "has \(count) zip entries, more than the limit of \(maxEntries)",
                advice: "the file is damaged or hostile")
        }
        guard let start = Int(exactly: offset), let length = Int(exactly: size), start <= endOffset,
            length <= endOffset - start
        else {
            throw Fault(
                .zipDirectoryOutside, in: file.path,
                "the zip directory (\(size) bytes at \(offset)) lies outside the file", advice: "download it again")
        }
        return (start, length, Int(count))
    }

    private static func entry(_ reader: inout ByteReader, path: String) throws(Fault) -> Entry {
        guard try reader.uint32() == 0x0201_4B50 else {
            throw Fault(
                .zipBadDirectory, in: path, "the zip directory is damaged at its byte \(reader.offset)",
                advice: "download the file again")
        }
        try reader.skip(4)
        let flags = try reader.uint16()
        let method = try reader.uint16()
        try reader.skip(4)
        let crc = try reader.uint32()
        var compressed = UInt64(try reader.uint32())
        var size = UInt64(try reader.uint32())
        let nameLength = Int(try reader.uint16())
        let extraLength = Int(try reader.uint16())
        let commentLength = Int(try reader.uint16())
        try reader.skip(8)
        var offset = UInt64(try reader.uint32())
        guard let name = String(validating: try reader.bytes(nameLength), as: UTF8.self) else {
            throw Fault(
                .zipBadName, in: path,
                "an entry's name near byte \(reader.offset) of the zip directory is not UTF-8, as torch and "
                    + "NumPy write it", advice: "pack it again")
        }
        var extra = ByteReader(Array(try reader.bytes(extraLength)), path: path)
        try reader.skip(commentLength)
        // Extra fields: the zip64 one holds, in this order, what does not fit the fields above.
        while extra.remaining >= 4 {
            let kind = try extra.uint16()
            let length = Int(try extra.uint16())
            guard length <= extra.remaining else { break }
            var field = ByteReader(Array(try extra.bytes(length)), path: path)
            guard kind == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try field.uint64() }
            if compressed == 0xFFFF_FFFF { compressed = try field.uint64() }
            if offset == 0xFFFF_FFFF { offset = try field.uint64() }
        }
        guard flags & 1 == 0 else {
            throw Fault(
                .zipEncrypted, in: path, at: "entry '\(name)'", "is encrypted", expected: "plain entries",
                advice: "unpack it with its password first")
        }
        guard method == 0 || method == 8 else {
            throw Fault(
                .zipUnknownMethod, in: path, at: "entry '\(name)'", "is compressed with method \(Int(method))",
                expected: "0 (stored) or 8 (deflate)", advice: "save or pack it again")
        }
        guard let compressedSize = Int(exactly: compressed), let plainSize = Int(exactly: size),
            let headerOffset = Int(exactly: offset), plainSize <= 1 << 48
        else {
            throw Fault(
                .zipBadDirectory, in: path, "the zip directory is damaged at its byte \(reader.offset)",
                advice: "download the file again")
        }
        return Entry(
            name: name, isDeflated: method == 8, crc: crc, compressedSize: compressedSize, size: plainSize,
            headerOffset: headerOffset)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func noEndRecord(path: String) -> Fault {
        Fault(
            .zipNoEndRecord, in: path, "is a zip archive whose directory is missing at the end",
            advice: "the file is truncated, download it again")
    }
}
