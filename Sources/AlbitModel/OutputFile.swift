import AlbitText
import CPlatform

/// A file that appears under its name only when it is complete. Until then it has no name at all where the file system
/// can do that, so that nothing is left even of a process that is killed; else bytes go to a temporary beside it, which
/// is removed when the writing ends early, by an error or a signal.
package final class OutputFile {
    package let path: String
    /// Where the bytes can be opened until `finish`.
    package let temporary: String
    private let overwrite: Bool
    private let isUnnamed: Bool
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    /// Bytes written so far.
    package private(set) var offset = 0

    package init(path: String, overwrite: Bool) throws(Fault) {
        self.path = path
        self.overwrite = overwrite
        if !overwrite, path.withCString({ platform_kind($0) }) != PLATFORM_KIND_NOTHING {
            throw Fault(.outputExists, in: path, "is there already", advice: "use --force to replace it")
        }
        var opened: Int32 = -1
        if OutputFile.directory(of: path).withCString({ platform_create_unnamed($0, &opened) }) == 0 {
            temporary = "/proc/self/fd/" + String(opened)
            isUnnamed = true
            descriptor = opened
            return
        }
        temporary = OutputFile.partial(path)
        isUnnamed = false
        // Before the file is there: a signal between the two must not leave it.
        temporary.withCString { platform_remove_on_signal($0) }
        let error = temporary.withCString { platform_create($0, true, &opened) }
        guard error == 0 else {
            platform_remove_on_signal(nil)
            throw Fault(
                .outputCannotCreate, in: path, "cannot be created: " + String(cString: platform_error_text(error)))
        }
        descriptor = opened
    }

    private static func partial(_ path: String) -> String { path + ".partial" }

    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    deinit { discard() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        offset += bytes.count
        if buffer.count + bytes.count <= 1 << 16 {
            buffer.append(contentsOf: bytes)
            return
        }
        try flush()
        try put(bytes)
    }

    /// Values as they stand in memory.
    package func write<Value: BitwiseCopyable>(_ values: [Value]) throws(Fault) {
        try values.withUnsafeBufferPointer(write)
    }

    private func write<Value: BitwiseCopyable>(_ values: UnsafeBufferPointer<Value>) throws(Fault) {
        try write(UnsafeRawBufferPointer(values))
    }

    /// Replaces bytes that were written before.
    package func patch(at position: Int, _ bytes: [UInt8]) throws(Fault) {
        try flush()
        let error = bytes.withUnsafeBytes { platform_write_at(descriptor, $0.baseAddress, $0.count, UInt64(position)) }
        guard error == 0 else { throw failed(error) }
    }

    /// Hands everything written so far to the system, so that the temporary can be read.
    package func flush() throws(Fault) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        let error = buffer.withUnsafeBytes { platform_write(descriptor, $0.baseAddress, $0.count) }
        guard error == 0 else { throw failed(error) }
    }

    /// Makes the file appear under its name.
    package func finish() throws(Fault) {
        try flush()
        if isUnnamed {
            let synced = platform_sync(descriptor)
            guard synced == 0 else { throw failed(synced) }
            let named = OutputFile.partial(path).withCString { temporary in
                path.withCString { platform_name_file(descriptor, temporary, $0, overwrite) }
            }
            guard named == 0 else { throw failed(named) }
        }
        let closed = platform_sync_close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw failed(closed) }
        guard !isUnnamed else { return }
        let error = temporary.withCString { from in path.withCString { platform_rename(from, $0) } }
        platform_remove_on_signal(nil)
        guard error == 0 else { throw failed(error) }
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        let error = platform_write(descriptor, bytes.baseAddress, bytes.count)
        guard error == 0 else { throw failed(error) }
    }

    private func failed(_ error: Int32) -> Fault {
        discard()
        return Fault(.outputWriteFailed, in: path, "writing failed: " + String(cString: platform_error_text(error)))
    }

    /// Removes what was written, where `finish` was not called.
    package func discard() {
        guard descriptor >= 0 else { return }
        _ = platform_sync_close(descriptor)
        descriptor = -1
        guard !isUnnamed else { return }
        _ = temporary.withCString { platform_remove($0) }
        platform_remove_on_signal(nil)
    }
}
