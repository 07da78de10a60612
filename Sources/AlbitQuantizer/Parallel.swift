import AlbitRuntime
import AlbitText

/// Runs closures over index ranges on a pool of threads.
package struct Parallel {
    private let pool: ThreadPool

    package init(threads: Int) throws(Fault) { pool = try ThreadPool(count: threads) }

    package var threads: Int { pool.count }

    /// Calls `body` with parts of 0 ..< count whose bounds are multiples of `grain`, on all threads at once. Each
    /// index is in exactly one part, so what `body` computes per index does not depend on the number of threads.
    package func forEachPart(of count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
        withoutActuallyEscaping(body) { escaping in
            let job = Job(
                body: escaping, units: (count + grain - 1) / grain, grain: grain, count: count, threads: threads)
            withExtendedLifetime(job) {
                pool.run(
                    { context, index in
                        guard let context else { return }
                        let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
                        let units = ThreadPool.part(Int(index), of: job.threads, units: job.units)
                        let range =
                            min(units.lowerBound * job.grain, job.count)..<min(units.upperBound * job.grain, job.count)
                        if !range.isEmpty { job.body(range) }
                    }, Unmanaged.passUnretained(job).toOpaque())
            }
        }
    }

    private final class Job: Sendable {
        let body: @Sendable (Range<Int>) -> Void
        let units: Int
        let grain: Int
        let count: Int
        let threads: Int

        init(body: @escaping @Sendable (Range<Int>) -> Void, units: Int, grain: Int, count: Int, threads: Int) {
            self.body = body
            self.units = units
            self.grain = grain
            self.count = count
            self.threads = threads
        }
    }
}

/// A buffer that threads fill at indices of their own.
struct SharedBuffer<Element>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>

    init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}
