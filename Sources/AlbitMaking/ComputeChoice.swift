import AlbitRuntime
import AlbitText

/// What a run computes with, as a person says it.
package struct ComputeChoice: Sendable {
    /// 0: the CPUs this process may use.
    package var threads: Int
    /// Name of a kernel; empty: the best this CPU runs.
    package var kernelName: String

    package init(threads: Int = 0, kernel: String = "") {
        self.threads = threads
        kernelName = kernel
    }

    var threadCount: Int { threads == 0 ? ThreadPool.availableCPUs : threads }

    func kernel() throws(Fault) -> Kernel { kernelName.isEmpty ? .best : try Kernel(named: kernelName) }
}
