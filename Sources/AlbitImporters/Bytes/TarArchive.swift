import AlbitModel
import AlbitText

/// A tar archive read in place: ustar, GNU and pax members. Nothing is ever unpacked, and links are not followed.
/// Sources: POSIX.1-2017 pax, the GNU tar manual. Limits: formats/tensorflow-checkpoint.md.
package final class TarArchive {
    enum Content {
        case file(offset: Int, size: Int)
        case link(target: String)
    }

    static let maxMembers = 100_000
    static let maxLongName = 64 << 10
    static let maxPax = 1 << 20

    let path: String
    let bytes: any ByteSource
    private(set) var members: [String: Content] = [:]

    /// Walks all headers; for a compressed archive this is one pass over it, which also verifies its checksum.
    package init(_ bytes: any ByteSource) throws(Fault) {
        path = bytes.path
        self.bytes = bytes
        try scan()
        if let stream = bytes as? InflatedBytes { try stream.readToEnd() }
        for (name, content) in members {
            if case .file(let offset, let size) = content, size > bytes.count - offset {
                throw Fault(
                    .tarMemberOutside, in: path, at: "member '\(name)'",
                    "claims \(size) bytes, but the archive ends before", advice: "download it again")
            }
        }
    }

    /// Whether a block is a tar header, by its magic and checksum.
    static func matches(_ block: [UInt8]) -> Bool {
        block.count >= 512 && Array(block[257..<262]) == Array("ustar".utf8)
    }

    private func block(at offset: Int) throws(Fault) -> [UInt8]? {
        var block = [UInt8](repeating: 0, count: 512)
        func fill(_ buffer: inout UnsafeMutableBufferPointer<UInt8>) throws(Fault) -> Int {
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            if let stream = bytes as? InflatedBytes { return try stream.readUpTo(at: offset, into: buffer) }
            guard offset <= bytes.count - 512 else { return 0 }
            try bytes.read(at: offset, into: buffer)
            return 512
        }
        return try block.withUnsafeMutableBufferPointer(fill) == 512 ? block : nil
    }

    private func scan() throws(Fault) {
        var offset = 0
        var longName: String?
        var paxPath: String?
        var paxSize: Int?
        var count = 0
        while let header = try block(at: offset) {
            if header.allSatisfy({ $0 == 0 }) { return }
            try checkSum(header, at: offset)
            count += 1
            guard count <= TarArchive.maxMembers else {
                throw Fault(
                    .tarTooManyMembers, in: path, "has more than \(TarArchive.maxMembers) members",
                    expected: "a checkpoint", advice: "unpack what is needed first")
            }
            let kind = header[156]
            let declared = try number(header[124..<136], what: "size", at: offset)
            let size = isPax(kind) || isLong(kind) ? declared : paxSize ?? declared
            let content = offset + 512
            let (padded, overflow) = (content &+ 511).addingReportingOverflow(size)
            guard size >= 0, !overflow else { throw .badNumber(path: path, what: "size", offset: offset) }
            let next = padded & ~511
            switch kind {
            case UInt8(ascii: "L"):
                longName = text(
                    try bytes.bytes(at: content, count: size, what: "a long name", limit: TarArchive.maxLongName)[...])
            case UInt8(ascii: "K"), UInt8(ascii: "g"): break
            case UInt8(ascii: "x"):
                let records = try bytes.bytes(at: content, count: size, what: "a pax header", limit: TarArchive.maxPax)
                for (key, value) in try paxRecords(records, at: offset) {
                    if key == "path" { paxPath = value }
                    if key == "size" {
                        guard let size = Int(value), size >= 0 else {
                            throw .badNumber(path: path, what: "pax size", offset: offset)
                        }
                        paxSize = size
                    }
                    if key.hasPrefix("GNU.sparse") {
                        throw Fault(
                            .tarSparse, in: path, at: "the member at byte \(offset)", "is sparse",
                            advice: "pack the archive again without --sparse")
                    }
                }
            default:
                let name = paxPath ?? longName ?? plainName(header)
                try add(name, kind: kind, header: header, offset: content, size: size)
                longName = nil
                paxPath = nil
                paxSize = nil
            }
            offset = next
        }
        guard offset > 0 else { throw .notTar(path: path) }
        // The end was not marked: the last member has to be whole, which `init` checks.
    }

    private func isPax(_ kind: UInt8) -> Bool { kind == UInt8(ascii: "x") || kind == UInt8(ascii: "g") }
    private func isLong(_ kind: UInt8) -> Bool { kind == UInt8(ascii: "L") || kind == UInt8(ascii: "K") }

    private func add(_ raw: String, kind: UInt8, header: [UInt8], offset: Int, size: Int) throws(Fault) {
        var name = raw
        while name.hasPrefix("./") { name.removeFirst(2) }
        let parts = name.split(separator: "/", omittingEmptySubsequences: true)
        guard !name.hasPrefix("/"), !parts.contains("..") else {
            throw Fault(
                .tarUnsafeName, in: path, at: "member '\(raw)'", "points out of the archive",
                advice: "refused, pack it with plain names")
        }
        switch kind {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            guard !name.hasSuffix("/") else { return }
            guard members.updateValue(.file(offset: offset, size: size), forKey: parts.joined(separator: "/")) == nil
            else {
                throw Fault(
                    .tarDuplicateMember, in: path, "holds two members named '\(name)', so which one counts is open",
                    advice: "unpack the right one first")
            }
        case UInt8(ascii: "1"), UInt8(ascii: "2"):
            members[parts.joined(separator: "/")] = .link(target: text(header[157..<257]))
        case UInt8(ascii: "S"):
            throw Fault(
                .tarSparse, in: path, at: "the member at byte \(offset)", "is sparse",
                advice: "pack the archive again without --sparse")
        default: break  // Directories, devices, FIFOs: nothing to read.
        }
    }

    private func checkSum(_ header: [UInt8], at offset: Int) throws(Fault) {
        let stored = try? number(header[148..<156], what: "checksum", at: offset)
        var unsigned = 0
        var signed = 0
        for (i, byte) in header.enumerated() {
            let value = (148..<156).contains(i) ? 0x20 : byte
            unsigned += Int(value)
            signed += Int(Int8(bitPattern: value))
        }
        guard stored == unsigned || stored == signed else {
            throw offset == 0 && !TarArchive.matches(header)
                ? Fault.notTar(path: path)
                : Fault(
                    .tarBadChecksum, in: path, at: "the tar header at byte \(offset)", "has a wrong checksum",
                    advice: "download the archive again")
        }
    }

    /// Octal text, or base 256 where the first bit is set (GNU).
    private func number(_ field: ArraySlice<UInt8>, what: String, at offset: Int) throws(Fault) -> Int {
        guard let first = field.first else { return 0 }
        var value: UInt64 = 0
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else {
                throw .badNumber(path: path, what: what, offset: offset)
            }
            for byte in field.suffix(8) { value = value << 8 | UInt64(byte) }
        } else {
            for byte in field where byte != 0x20 && byte != 0 {
                guard (0x30...0x37).contains(byte) else { throw .badNumber(path: path, what: what, offset: offset) }
                value = value << 3 | UInt64(byte - 0x30)
            }
        }
        guard let exact = Int(exactly: value) else { throw .badNumber(path: path, what: what, offset: offset) }
        return exact
    }

    private func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func plainName(_ header: [UInt8]) -> String {
        let name = text(header[0..<100])
        // The prefix is POSIX; GNU uses these bytes for times ("ustar  ").
        guard TarArchive.matches(header), header[262] == 0, header[345] != 0 else { return name }
        return text(header[345..<500]) + "/" + name
    }

    /// Records "length key=value\n".
    private func paxRecords(_ bytes: [UInt8], at offset: Int) throws(Fault) -> [(String, String)] {
        var records: [(String, String)] = []
        var position = 0
        while position < bytes.count && bytes[position] != 0 {
            guard let space = bytes[position...].firstIndex(of: 0x20),
                let length = Int(String(decoding: bytes[position..<space], as: UTF8.self)),
                length > space - position + 1,
                length <= bytes.count - position, bytes[position + length - 1] == 0x0A,
                let equals = bytes[space..<(position + length)].firstIndex(of: 0x3D)
            else {
                throw Fault(
                    .tarBadPax, in: path, at: "the pax header at byte \(offset)", "is damaged",
                    advice: "download the archive again")
            }
            records.append(
                (
                    String(decoding: bytes[(space + 1)..<equals], as: UTF8.self),
                    String(decoding: bytes[(equals + 1)..<(position + length - 1)], as: UTF8.self)
                ))
            position += length
        }
        return records
    }

    /// Directories that hold files, sorted; the root is "".
    package var directories: [String] {
        Set(members.keys.map { name in name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "" }).sorted()
    }

    /// The files of one directory.
    package func tree(_ directory: String) -> TarTree { TarTree(archive: self, directory: directory) }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badNumber(path: String, what: String, offset: Int) -> Fault {
        Fault(
            .tarBadNumber, in: path, at: "the tar header at byte \(offset)", "has a \(what) that is no number",
            advice: "download the archive again")
    }

    fileprivate static func notTar(path: String) -> Fault {
        Fault(.tarNotTar, in: path, "unpacks to no tar archive", expected: "a .tar.gz with a checkpoint in it")
    }
}
