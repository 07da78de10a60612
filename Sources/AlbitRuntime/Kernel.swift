import AlbitText
import CKernels

/// One implementation of the arithmetic, chosen at start; all give the same bytes.
package struct Kernel: @unchecked Sendable {
    package let table: UnsafePointer<kernel_table>

    package var name: String { String(cString: table.pointee.name) }

    /// What `--kernel` may name on some machine; the run time says which of them this one runs.
    package static let names = [
        "scalar", "ssse3", "avx2", "avxvnni", "avx512vnni", "armv6", "neon", "sdot", "smmla", "rvv",
    ]

    /// Every kernel that this program holds, best first.
    package static var all: [Kernel] {
        (0..<kernel_count()).compactMap { kernel_at($0).map { Kernel(table: $0) } }
    }

    /// Those that this CPU runs, best first; scalar is always the last.
    package static var available: [Kernel] { all.filter { $0.table.pointee.available() } }

    package static var best: Kernel { Kernel(table: kernel_best()) }

    /// The kernel of a name; throws where there is none or the CPU cannot run it.
    package init(named name: String) throws(Fault) {
        guard let table = name.withCString({ kernel_named($0) }) else {
            throw Fault(
                .runtimeUnknownKernel, "there is no kernel '" + name + "'",
                advice: "this program has "
                    + Kernel.list(Kernel.all))
        }
        guard table.pointee.available() else {
            throw Fault(
                .runtimeKernelNotAvailable, "this CPU cannot run kernel '" + name + "'",
                advice: "it runs "
                    + Kernel.list(Kernel.available))
        }
        self.table = table
    }

    private init(table: UnsafePointer<kernel_table>) { self.table = table }

    private static func list(_ kernels: [Kernel]) -> String {
        kernels.map { $0.name }.joined(separator: ", ")
    }
}
