import CPlatform

/// A block of 64-byte aligned, zeroed memory that is cut into arrays in order; freed as a whole.
package final class Memory: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let count: Int
    private var used = 0

    package init(bytes: Int, purpose: String) throws(RuntimeError) {
        guard bytes >= 0, let base = platform_allocate(bytes) else {
            throw .outOfMemory(bytes: bytes, purpose: purpose)
        }
        self.base = base
        count = bytes
    }

    deinit { platform_free(base, count) }

    /// Bytes that an array of `count` elements takes here.
    package static func size<T>(_ count: Int, of type: T.Type) -> Int {
        (count * MemoryLayout<T>.stride + 63) & ~63
    }

    /// The next `count` elements; the owner sized the block with `size(_:of:)`, so they are there.
    package func take<T>(_ count: Int, of type: T.Type) -> UnsafeMutablePointer<T> {
        let start = base + used
        used += Memory.size(count, of: type)
        assert(used <= self.count, "memory was sized for less")
        return start.bindMemory(to: type, capacity: count)
    }
}
