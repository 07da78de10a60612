import AlbitText
import CPlatform

/// Threads that sleep while there is nothing to do; the caller is one of them.
package final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer
    package let count: Int

    /// Starts count - 1 threads.
    package init(count: Int) throws(Fault) {
        guard count >= 1, count <= 1024, let pool = platform_pool_make(Int32(count)) else {
            throw Fault(
                .runtimeNoThreads, "the system refuses to start " + String(count) + " threads",
                advice: "use a smaller --threads")
        }
        self.pool = pool
        self.count = count
    }

    deinit { platform_pool_free(pool) }

    /// CPUs that this process may use.
    package static var availableCPUs: Int { Int(platform_cpu_count()) }

    /// Calls `body(context, index)` once on every thread and returns when all are done. A C function and a
    /// context rather than a closure, because closures allocate.
    package func run(
        _ body: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Void, _ context: UnsafeMutableRawPointer?
    ) {
        platform_pool_run(pool, body, context)
    }

    /// The next unit of `count` that no thread of this run has taken, nil when all are. Threads take what they come to,
    /// so that one whose CPU is busy with something else holds up no other; a result must not depend on who made it.
    package func claim(of count: Int) -> Int? {
        let unit = Int(platform_pool_claim(pool))
        return unit < count ? unit : nil
    }

    /// The part of `count` units that thread `index` does; parts differ by one unit at most.
    package static func part(_ index: Int, of threads: Int, units count: Int) -> Range<Int> {
        (count * index / threads)..<(count * (index + 1) / threads)
    }
}
