import AlbitText
import CPlatform

/// A block of zeroed memory that begins on a cache line and holds the arrays of a `MemoryPlan`; freed as a whole.
package final class Memory: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let count: Int

    package init(bytes: Int, purpose: String) throws(Fault) {
        guard bytes >= 0, let base = platform_allocate(bytes) else {
            throw Fault(
                .runtimeOutOfMemory, "no memory for " + String(bytes) + " bytes of " + purpose,
                advice: "use shorter texts, fewer threads or a smaller batch")
        }
        self.base = base
        count = bytes
    }

    deinit { platform_free(base, count) }
}
