import AlbitText
import CPlatform

/// A file that is mapped read-only for as long as this object lives; pages are read from disk when they are touched.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    package let bytes: UnsafeRawBufferPointer
    private var file: platform_file

    /// Opens and maps a regular file. Throws `Fault.cannotOpen` with the system's words,
    /// `doesNotFit` where the address space is too small.
    package init(path: String) throws(Fault) {
        file = path.withCString { platform_open_mapped($0) }
        if file.error == platform_error_out_of_memory || file.error == platform_error_file_too_big {
            throw Fault(
                .modelDoesNotFit, in: path,
                "has " + String(file.size) + " bytes, but this process may map only "
                    + (platform_address_space_left() == .max ? "less" : String(platform_address_space_left())),
                advice: "use a smaller model or raise the limit (ulimit -v)")
        }
        if file.error != 0 {
            throw Fault(
                .fileCannotOpen, in: path, "cannot be opened: " + String(cString: platform_error_text(file.error)))
        }
        guard let count = Int(exactly: file.size) else {
            platform_close(&file)
            throw Fault(.fileCannotOpen, in: path, "cannot be opened: larger than this machine's address space")
        }
        self.path = path
        bytes = UnsafeRawBufferPointer(start: file.base, count: count)
    }

    deinit { platform_close(&file) }

    /// Reads bytes through the file descriptor, so that a sparse access pattern does not fault in whole
    /// regions of the mapping. Returns false where the disk fails.
    package func read(at offset: Int, count: Int, into destination: UnsafeMutableRawPointer) -> Bool {
        platform_read_at(file.fd, destination, count, UInt64(offset)) == 0
    }
}
