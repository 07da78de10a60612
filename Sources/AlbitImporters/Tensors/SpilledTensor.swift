import AlbitModel
import AlbitText
import CPlatform

/// Puts a tensor of a compressed source into a temporary file, so that it can be read in any order. The file has no
/// name while it is used: however the process ends, nothing is left.
enum SpilledTensor {
    /// `TMPDIR`, else a directory that is on disk on usual systems.
    static var directory: String {
        if let path = "TMPDIR".withCString({ platform_environment($0) }), path[0] != 0 { return String(cString: path) }
        return "/var/tmp"
    }

    /// The tensor's numbers in a file of `directory`.
    static func spill(
        _ tensor: any LazyTensor, in directory: String = SpilledTensor.directory
    ) throws(Fault) -> any LazyTensor {
        // Swift's generator is seeded by the system, so the name is free, and EEXIST is an error anyhow.
        let path = directory + "/albit-\(UInt64.random(in: .min ... .max)).spill"
        var descriptor: Int32 = -1
        var error = path.withCString { platform_create($0, false, &descriptor) }
        guard error == 0 else {
            throw Fault(
                .spillCannotWrite, in: path,
                "the temporary file cannot be written: \(String(cString: platform_error_text(error)))",
                advice: "set TMPDIR to a directory with room")
        }
        defer { _ = path.withCString { platform_remove($0) } }
        let file: FileBytes
        do {
            // Closed without a sync: the bytes never need to reach the disk.
            var written = platform_file(base: nil, size: 0, fd: descriptor, error: 0)
            defer { platform_close(&written) }
            let block = 1 << 18
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(block, max(1, tensor.elementCount)))
            defer { buffer.deallocate() }
            var start = 0
            while start < tensor.elementCount {
                let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(block, tensor.elementCount - start)])
                try tensor.read(start..<(start + part.count), into: part)
                error = platform_write(descriptor, part.baseAddress, part.count * 4)
                guard error == 0 else {
                    throw Fault(
                        .spillCannotWrite, in: path,
                        "the temporary file cannot be written: \(String(cString: platform_error_text(error)))",
                        advice: "set TMPDIR to a directory with room")
                }
                start += part.count
            }
        }
        file = try FileBytes(path: path)
        return StoredTensor(shape: tensor.shape, dtype: .float32, source: file, offset: 0)
    }
}
