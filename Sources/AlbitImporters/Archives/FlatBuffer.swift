import AlbitModel

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
    func unsigned(at offset: Int, bytes: Int, _ what: String) throws -> UInt64 {
        guard offset >= 0, bytes <= source.count, offset <= source.count - bytes else {
            throw FlatBufferError.outside(path: source.path, what: what, offset: offset, size: source.count)
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
                    at: start, count: min(FlatBuffer.pageBytes, source.count - start), what: "a page", limit: FlatBuffer.pageBytes)
                if pages.count >= FlatBuffer.maxPages { pages.removeAll(keepingCapacity: true) }
                pages[number] = page
            }
            value |= UInt64(page[position % FlatBuffer.pageBytes]) << UInt64(8 * i)
        }
        return value
    }

    private func spend(_ bytes: Int, _ what: String) throws {
        copied += bytes
        guard copied <= FlatBuffer.maxCopied else {
            throw FlatBufferError.tooMany(path: source.path, what: "names, shapes and scales up to " + what, count: copied, limit: FlatBuffer.maxCopied)
        }
    }

    func int32(at offset: Int, _ what: String) throws -> Int {
        Int(Int32(truncatingIfNeeded: try unsigned(at: offset, bytes: 4, what)))
    }

    /// What a reference points at.
    func target(at offset: Int, _ what: String) throws -> Int {
        offset + Int(try unsigned(at: offset, bytes: 4, what))
    }

    /// The root table.
    func root(_ what: String) throws -> Table { try Table(self, at: try target(at: 0, what), what) }

    /// A record whose fields may be missing.
    struct Table {
        let buffer: FlatBuffer
        let position: Int
        let what: String
        private let vtable: Int
        private let vtableBytes: Int

        init(_ buffer: FlatBuffer, at position: Int, _ what: String) throws {
            self.buffer = buffer
            self.position = position
            self.what = what
            vtable = position - (try buffer.int32(at: position, what))
            vtableBytes = Int(try buffer.unsigned(at: vtable, bytes: 2, what))
            guard vtableBytes >= 4, vtableBytes % 2 == 0 else {
                throw FlatBufferError.damaged(path: buffer.source.path, what: what, offset: vtable)
            }
        }

        /// Where a field lies; nil where it is left out.
        private func place(_ field: Int) throws -> Int? {
            let entry = 4 + 2 * field
            guard entry + 2 <= vtableBytes else { return nil }
            let distance = Int(try buffer.unsigned(at: vtable + entry, bytes: 2, what))
            return distance == 0 ? nil : position + distance
        }

        func unsigned(_ field: Int, bytes: Int, default fallback: Int = 0) throws -> Int {
            guard let place = try place(field) else { return fallback }
            return Int(truncatingIfNeeded: try buffer.unsigned(at: place, bytes: bytes, what))
        }

        func int32(_ field: Int, default fallback: Int = 0) throws -> Int {
            guard let place = try place(field) else { return fallback }
            return try buffer.int32(at: place, what)
        }

        func float(_ field: Int, default fallback: Float) throws -> Float {
            guard let place = try place(field) else { return fallback }
            return Float(bitPattern: UInt32(truncatingIfNeeded: try buffer.unsigned(at: place, bytes: 4, what)))
        }

        func table(_ field: Int, _ what: String) throws -> Table? {
            guard let place = try place(field) else { return nil }
            return try Table(buffer, at: try buffer.target(at: place, what), what)
        }

        /// A vector of elements of `bytes` each: where it starts and how many there are.
        func vector(_ field: Int, bytes: Int, limit: Int, _ what: String) throws -> (start: Int, count: Int)? {
            guard let place = try place(field) else { return nil }
            let start = try buffer.target(at: place, what)
            let count = Int(try buffer.unsigned(at: start, bytes: 4, what))
            let size = buffer.source.count
            guard count <= limit else {
                throw FlatBufferError.tooMany(path: buffer.source.path, what: what, count: count, limit: limit)
            }
            guard count <= (size - start - 4) / bytes else {
                throw FlatBufferError.outside(path: buffer.source.path, what: what, offset: start, size: size)
            }
            return (start + 4, count)
        }

        func int32s(_ field: Int, limit: Int, _ what: String) throws -> [Int]? {
            guard let (start, count) = try vector(field, bytes: 4, limit: limit, what) else { return nil }
            try buffer.spend(4 * count, what)
            return try (0..<count).map { try buffer.int32(at: start + 4 * $0, what) }
        }

        /// The bits of a vector of floats (4 bytes) or 64-bit integers (8 bytes); empty where it is left out.
        func bits(_ field: Int, bytes: Int, limit: Int, _ what: String) throws -> [UInt64] {
            guard let (start, count) = try vector(field, bytes: bytes, limit: limit, what) else { return [] }
            try buffer.spend(bytes * count, what)
            return try (0..<count).map { try buffer.unsigned(at: start + bytes * $0, bytes: bytes, what) }
        }

        func tables(_ field: Int, limit: Int, _ what: String) throws -> [Table] {
            guard let (start, count) = try vector(field, bytes: 4, limit: limit, what) else { return [] }
            return try (0..<count).map { index in
                let name = "\(what) \(index)"
                return try Table(buffer, at: try buffer.target(at: start + 4 * index, name), name)
            }
        }

        func text(_ field: Int, limit: Int = 1 << 16) throws -> String? {
            guard let (start, count) = try vector(field, bytes: 1, limit: limit, "a name of " + what) else { return nil }
            try buffer.spend(count, "a name of " + what)
            return String(
                decoding: try buffer.source.bytes(at: start, count: count, what: "a name", limit: limit), as: UTF8.self)
        }
    }
}

/// Why a FlatBuffers file cannot be read.
package enum FlatBufferError: AlbitError {
    case outside(path: String, what: String, offset: Int, size: Int)
    case damaged(path: String, what: String, offset: Int)
    case tooMany(path: String, what: String, count: Int, limit: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .outside(let path, let what, let offset, let size):
            "\(path): \(what) lies at byte \(offset) and reaches beyond the file's \(size) bytes; copy or download it again"
        case .damaged(let path, let what, let offset):
            "\(path): \(what) is described at byte \(offset) by what is no table; the file is damaged"
        case .tooMany(let path, let what, let count, let limit):
            "\(path): \(what): \(count) entries, more than the limit of \(limit); the file is damaged or hostile"
        }
    }
}
