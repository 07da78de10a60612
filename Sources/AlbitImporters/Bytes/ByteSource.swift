import AlbitModel
import AlbitText
import CPlatform

/// Bytes that can be read anywhere: a file, an entry of an archive, a decompressed stream. Nothing is kept in
/// memory beyond what a read asks for.
package protocol ByteSource: AnyObject {
    /// What messages call it: a path, or `archive(member)`.
    var path: String { get }
    var count: Int { get }
    /// Whether reading backwards or far ahead costs decompression of what lies between.
    var isSequential: Bool { get }
    /// Fills the whole buffer from `offset`. Throws where the range is not inside or the medium fails.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault)
}

extension ByteSource {
    /// Reads `count` bytes into a new array. `limit` bounds what a file may make us allocate; `what` names it.
    package func bytes(at offset: Int = 0, count: Int, what: String, limit: Int) throws(Fault) -> [UInt8] {
        guard count <= limit else {
            throw Fault(
                .fileTooLarge, in: path, "\(what) has \(count) bytes, more than the limit of \(limit)",
                advice: "the file is damaged or hostile")
        }
        try check(offset: offset, count: count)
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        func fill(_ buffer: inout UnsafeMutableBufferPointer<UInt8>) throws(Fault) {
            try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
        try bytes.withUnsafeMutableBufferPointer(fill)
        return bytes
    }

    /// All of it, where it is small.
    package func allBytes(what: String, limit: Int) throws(Fault) -> [UInt8] {
        try bytes(count: count, what: what, limit: limit)
    }

    /// Throws `outside` unless the range lies inside.
    package func check(offset: Int, count wanted: Int) throws(Fault) {
        guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else {
            throw Fault(
                .fileOutside, in: path, "ends at byte \(count), but \(wanted) bytes at \(offset) are needed",
                advice: "copy or download the file again")
        }
    }

    /// The first bytes, at most `limit`, for telling the format.
    package func prefix(_ limit: Int) throws(Fault) -> [UInt8] {
        try bytes(count: min(limit, count), what: "the first bytes", limit: limit)
    }
}

/// A regular file, read with `pread`: its pages stay in the system's cache and never count as ours.
package final class FileBytes: ByteSource {
    package let path: String
    package let count: Int
    package let isSequential = false
    private var file: platform_file

    package init(path: String) throws(Fault) {
        file = path.withCString { platform_open($0) }
        if file.error != 0 {
            throw Fault(
                .fileCannotOpen, in: path, "cannot be opened: \(String(cString: platform_error_text(file.error)))")
        }
        guard let count = Int(exactly: file.size) else {
            platform_close(&file)
            throw Fault(.fileCannotOpen, in: path, "cannot be opened: larger than this machine's address space")
        }
        self.path = path
        self.count = count
    }

    deinit { platform_close(&file) }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault) {
        try check(offset: offset, count: buffer.count)
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        guard platform_read_at(file.fd, base, buffer.count, UInt64(offset)) == 0 else {
            throw Fault(.fileReadFailed, in: path, "reading at byte \(offset) failed", advice: "the medium may be worn")
        }
    }
}

/// Part of another source.
package final class SliceBytes: ByteSource {
    package let path: String
    package let count: Int
    package var isSequential: Bool { base.isSequential }
    package let base: any ByteSource
    package let start: Int

    /// Throws `outside` where the part does not lie inside.
    package init(_ base: any ByteSource, at start: Int, count: Int, path: String) throws(Fault) {
        try base.check(offset: start, count: count)
        self.base = base
        self.start = start
        self.count = count
        self.path = path
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault) {
        try check(offset: offset, count: buffer.count)
        try base.read(at: start + offset, into: buffer)
    }
}

/// Bytes that are in memory already; small things only.
package final class MemoryBytes: ByteSource {
    package let path: String
    package var count: Int { content.count }
    package let isSequential = false
    package let content: [UInt8]

    package init(_ content: [UInt8], path: String) {
        self.content = content
        self.path = path
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault) {
        try check(offset: offset, count: buffer.count)
        content.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + buffer.count)]))
        }
    }
}
