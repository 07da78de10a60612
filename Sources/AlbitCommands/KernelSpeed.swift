import AlbitModel
import AlbitRuntime
import AlbitText
import CKernels
import CPlatform

/// How fast one kernel does its two heaviest kinds of work, apart from any model, at the widths of ALBERT base.
package struct KernelSpeed {
    /// Multiply-accumulates a second of a register-only loop: what the instruction set allows.
    package let peak: Double
    /// Multiply-accumulates a second of a [3072][768] matmul, one for each of `KernelSpeed.rows`.
    package let matmul: [Double]
    /// Nanoseconds that quantizing 768 values takes, without and with shift and rotation.
    package let plainRow: Double
    package let rotatedRow: Double

    package static let rows = [1, 16, 128]
    private static let outputs = 3072
    private static let inputs = 768

    /// Each figure is the best of many short runs: a busy neighbour only ever makes them slower.
    package init(_ kernel: Kernel) throws(Fault) {
        let table = kernel.table.pointee
        let bench = try KernelBench(table: table)
        peak = KernelSpeed.best(runs: 8) { Double(table.peak(50_000)) }
        var rates: [Double] = []
        for count in KernelSpeed.rows {
            let macs = Double(count * KernelSpeed.outputs * KernelSpeed.inputs)
            rates.append(
                KernelSpeed.best(runs: 12) {
                    bench.matmul(rows: Int32(count))
                    return macs
                })
        }
        matmul = rates
        plainRow = 1e9 / KernelSpeed.best(runs: 40) { bench.quantize(rotated: false) }
        rotatedRow = 1e9 / KernelSpeed.best(runs: 40) { bench.quantize(rotated: true) }
    }

    /// Units of work a second in the fastest of `runs`, or of as many as half a second holds.
    private static func best(runs: Int, _ work: () -> Double) -> Double {
        var best = 0.0
        let begin = platform_now()
        for run in 0..<runs where run < 2 || platform_now() - begin < 0.5 {
            let start = platform_now()
            let done = work()
            let elapsed = platform_now() - start
            if elapsed > 0 { best = max(best, done / elapsed) }
        }
        return best
    }

    /// One matmul and one activation quantizer with made-up values; neither's speed depends on them.
    private final class KernelBench {
        let table: kernel_table
        let memory: Memory
        let linear: kernel_linear
        let values: UnsafeMutablePointer<Float>
        let shift: UnsafeMutablePointer<Float>
        let output: UnsafeMutablePointer<Float>
        let scratch: UnsafeMutablePointer<Float>
        let integers: kernel_rows

        static let capacity = 128
        static let stride = Panels.rowStride(inputs)

        init(table: kernel_table) throws(Fault) {
            var plan = MemoryPlan()
            let weightSlot = plan.place(outputs * inputs, of: Int8.self)
            let scaleSlot = plan.place(outputs, of: Float.self)
            let biasSlot = plan.place(outputs, of: Float.self)
            let sumSlot = plan.place(outputs, of: Int32.self)
            let valueSlot = plan.place(KernelBench.capacity * inputs, of: Float.self)
            let shiftSlot = plan.place(inputs, of: Float.self)
            let scratchSlot = plan.place(inputs, of: Float.self)
            let outputSlot = plan.place(KernelBench.capacity * outputs, of: Float.self)
            let rowSlots = RowSlots(
                RowSlots.Shape(stride: KernelBench.stride, planes: 1), capacity: KernelBench.capacity, &plan)
            memory = try Memory(plan, purpose: "kernel measurement")
            self.table = table
            let (weights, scale, bias, sums) = (
                memory[weightSlot], memory[scaleSlot], memory[biasSlot], memory[sumSlot]
            )
            (values, shift, scratch, output) = (
                memory[valueSlot], memory[shiftSlot], memory[scratchSlot], memory[outputSlot]
            )
            integers = rowSlots.rows(in: memory)
            var state: UInt32 = 1
            func next() -> Int {
                state = state &* 1_664_525 &+ 1_013_904_223
                return Int(state >> 24)
            }
            for i in 0..<outputs * inputs { weights[i] = Int8(clamping: next() - 127) }
            for i in 0..<outputs {
                scale[i] = 0.01
                bias[i] = Float(next()) * 0.01
            }
            for i in 0..<KernelBench.capacity * inputs { values[i] = Float(next() - 128) * 0.02 }
            for i in 0..<inputs { shift[i] = Float(next() - 128) * 0.001 }
            for i in 0..<KernelBench.capacity * KernelBench.stride { integers.values[i] = UInt8(1 + next() % 255) }
            for i in 0..<KernelBench.capacity {
                integers.scale[i] = 0.01
                integers.zero[i] = 128
            }
            kernel_column_sums(weights, Int32(outputs), Int32(inputs), sums)
            linear = kernel_linear(
                panels: weights, scale: scale, bias: bias, column_sum: sums, n: Int32(outputs), k: Int32(inputs))
        }

        func matmul(rows: Int32) {
            withUnsafePointer(to: linear) { linear in
                withUnsafePointer(to: integers) { integers in
                    table.matmul(
                        linear, integers, 0, rows, 0, Int32(outputs), KERNEL_ACTIVATION_NONE, output, outputs)
                }
            }
        }

        /// Quantizes 32 rows; returns 32.
        func quantize(rotated: Bool) -> Double {
            let width = Int32(inputs)
            let input = kernel_input(
                shift: rotated ? UnsafePointer(shift) : nil, gain: rotated ? UnsafePointer(shift) : nil, k: width,
                k_padded: width,
                block: rotated ? kernel_rotation_block(width) : 0, planes: 1)
            var rows = integers
            withUnsafePointer(to: input) { table.quantize($0, values, inputs, 32, &rows, 0, scratch) }
            return 32
        }
    }
}
