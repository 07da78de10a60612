import AlbitModel
import AlbitText

/// Walks a FlatBuffers file, each step checked. Pages of the file are kept, so that large vectors stay where they are.
///
/// Source: flatbuffers.dev, "FlatBuffer Internals". All numbers are little-endian; a reference is a distance from
/// where it stands.
final class FlatBuffer {
    private static let pageBytes = 1 << 14
    private static let maxPages = 64

    let source: any ByteSource
    /// Bytes of vectors and names that are copied, all together: tables may share them, so the file's size is no bound.
    private static let maxCopied = 16 << 20
    private var copied = 0
    private var pages: [Int: [UInt8]] = [:]

    init(_ source: any ByteSource) { self.source = source }

    /// An unsigned number of 1 to 8 bytes; `what` is what a message calls the part of the file it belongs to.
    func unsigned(at offset: Int, bytes: Int, _ what: String) throws(Fault) -> UInt64 {
        guard offset >= 0, bytes <= source.count, offset <= source.count - bytes else {
            throw Fault(
                .flatBufferOutside, in: source.path,
                "\(what) lies at byte \(offset) and reaches beyond the file's \(source.count) bytes",
                advice: "copy or download it again")
        }
        var value: UInt64 = 0
        for i in 0..<bytes {
            let position = offset + i
            let number = position / FlatBuffer.pageBytes
            let page: [UInt8]
            if let kept = pages[number] {
                page = kept
            } else {
                let start = number * FlatBuffer.pageBytes
                page = try source.bytes(
                    at: start, count: min(FlatBuffer.pageBytes, source.count - start), what: "a page",
                    limit: FlatBuffer.pageBytes)
                if pages.count >= FlatBuffer.maxPages { pages.removeAll(keepingCapacity: true) }
                pages[number] = page
            }
            value |= UInt64(page[position % FlatBuffer.pageBytes]) << UInt64(8 * i)
        }
        return value
    }

    private func spend(_ bytes: Int, _ what: String) throws(Fault) {
        copied += bytes
        guard copied <= FlatBuffer.maxCopied else {
            throw Fault(
                .flatBufferTooMany, in: source.path,
                "names, shapes and scales up to \(what): \(copied) entries, more than the limit of "
                    + "\(FlatBuffer.maxCopied)",
                advice: "the file is damaged or hostile")
        }
    }

    func int32(at offset: Int, _ what: String) throws(Fault) -> Int {
        Int(Int32(truncatingIfNeeded: try unsigned(at: offset, bytes: 4, what)))
    }

    /// What a reference points at.
    func target(at offset: Int, _ what: String) throws(Fault) -> Int {
        offset + Int(try unsigned(at: offset, bytes: 4, what))
    }

    /// The root table.
    func root(_ what: String) throws(Fault) -> Table { try Table(self, at: try target(at: 0, what), what) }

    /// A record whose fields may be missing.
    struct Table {
        let buffer: FlatBuffer
        let position: Int
        let what: String
        private let vtable: Int
        private let vtableBytes: Int

        init(_ buffer: FlatBuffer, at position: Int, _ what: String) throws(Fault) {
            self.buffer = buffer
            self.position = position
            self.what = what
            vtable = position - (try buffer.int32(at: position, what))
            vtableBytes = Int(try buffer.unsigned(at: vtable, bytes: 2, what))
            guard vtableBytes >= 4, vtableBytes % 2 == 0 else {
                throw Fault(
                    .flatBufferDamaged, in: buffer.source.path,
                    "\(what) is described at byte \(vtable) by what is no table", advice: "the file is damaged")
            }
        }

        /// Where a field lies; nil where it is left out.
        private func place(_ field: Int) throws(Fault) -> Int? {
            let entry = 4 + 2 * field
            guard entry + 2 <= vtableBytes else { return nil }
            let distance = Int(try buffer.unsigned(at: vtable + entry, bytes: 2, what))
            return distance == 0 ? nil : position + distance
        }

        func unsigned(_ field: Int, bytes: Int, default fallback: Int = 0) throws(Fault) -> Int {
            guard let place = try place(field) else { return fallback }
            return Int(truncatingIfNeeded: try buffer.unsigned(at: place, bytes: bytes, what))
        }

        func int32(_ field: Int, default fallback: Int = 0) throws(Fault) -> Int {
            guard let place = try place(field) else { return fallback }
            return try buffer.int32(at: place, what)
        }

        func float(_ field: Int, default fallback: Float) throws(Fault) -> Float {
            guard let place = try place(field) else { return fallback }
            return Float(bitPattern: UInt32(truncatingIfNeeded: try buffer.unsigned(at: place, bytes: 4, what)))
        }

        func table(_ field: Int, _ what: String) throws(Fault) -> Table? {
            guard let place = try place(field) else { return nil }
            return try Table(buffer, at: try buffer.target(at: place, what), what)
        }

        /// A vector of elements of `bytes` each: where it starts and how many there are.
        func vector(_ field: Int, bytes: Int, limit: Int, _ what: String) throws(Fault) -> (start: Int, count: Int)? {
            guard let place = try place(field) else { return nil }
            let start = try buffer.target(at: place, what)
            let count = Int(try buffer.unsigned(at: start, bytes: 4, what))
            let size = buffer.source.count
            guard count <= limit else {
                throw Fault(
                    .flatBufferTooMany, in: buffer.source.path,
                    "\(what): \(count) entries, more than the limit of \(limit)",
                    advice: "the file is damaged or hostile")
            }
            guard count <= (size - start - 4) / bytes else {
                throw Fault(
                    .flatBufferOutside, in: buffer.source.path,
                    "\(what) lies at byte \(start) and reaches beyond the file's \(size) bytes",
                    advice: "copy or download it again")
            }
            return (start + 4, count)
        }

        func int32s(_ field: Int, limit: Int, _ what: String) throws(Fault) -> [Int]? {
            guard let (start, count) = try vector(field, bytes: 4, limit: limit, what) else { return nil }
            try buffer.spend(4 * count, what)
            var numbers: [Int] = []
            for index in 0..<count { numbers.append(try buffer.int32(at: start + 4 * index, what)) }
            return numbers
        }

        /// The bits of a vector of floats (4 bytes) or 64-bit integers (8 bytes); empty where it is left out.
        func bits(_ field: Int, bytes: Int, limit: Int, _ what: String) throws(Fault) -> [UInt64] {
            guard let (start, count) = try vector(field, bytes: bytes, limit: limit, what) else { return [] }
            try buffer.spend(bytes * count, what)
            var numbers: [UInt64] = []
            for index in 0..<count {
                numbers.append(try buffer.unsigned(at: start + bytes * index, bytes: bytes, what))
            }
            return numbers
        }

        func tables(_ field: Int, limit: Int, _ what: String) throws(Fault) -> [Table] {
            guard let (start, count) = try vector(field, bytes: 4, limit: limit, what) else { return [] }
            var tables: [Table] = []
            for index in 0..<count {
                let name = "\(what) \(index)"
                tables.append(try Table(buffer, at: try buffer.target(at: start + 4 * index, name), name))
            }
            return tables
        }

        func text(_ field: Int, limit: Int = 1 << 16) throws(Fault) -> String? {
            guard let (start, count) = try vector(field, bytes: 1, limit: limit, "a name of " + what) else {
                return nil
            }
            try buffer.spend(count, "a name of " + what)
            return String(
                decoding: try buffer.source.bytes(at: start, count: count, what: "a name", limit: limit), as: UTF8.self)
        }
    }
}
