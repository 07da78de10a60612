import CKernels
import Testing

/// Random numbers that are the same on every run, with the values that break arithmetic among them.
struct KernelRandom {
    private var state: UInt32

    init(seed: UInt32) { state = seed &* 2_654_435_761 | 1 }

    mutating func next(_ bound: Int) -> Int {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 8) % bound
    }

    /// Mostly small; some large, zero, negative zero and denormal.
    mutating func float() -> Float {
        switch next(100) {
        case 0: 0
        case 1: -0.0
        case 2: Float(bitPattern: 0x0001_1680)
        case 3: Float(bitPattern: 0x8000_1BE0)
        case 4, 5: Float(next(20001) - 10000) * 0.03
        case 6: Float(next(3) - 1) * 1e20
        default: Float(next(20001) - 10000) * 1e-3
        }
    }

    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
    /// Without the huge ones, for what multiplies values with each other.
    mutating func tameFloats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(next(20001) - 10000) * 1e-3 } }

    mutating func weights(_ count: Int) -> [Int8] {
        (0..<count).map { _ in
            switch next(40) {
            case 0: 127
            case 1: -127
            default: Int8(next(255) - 127)
            }
        }
    }
}

/// Aligned memory between two guard zones: what is written outside is seen.
final class Guarded<Element> {
    private static var zone: Int { 64 }
    private let base: UnsafeMutableRawPointer
    let count: Int
    let pointer: UnsafeMutablePointer<Element>

    init(_ count: Int, fill: UInt8 = 0xAB) {
        self.count = count
        let bytes = count * MemoryLayout<Element>.stride
        base = .allocate(byteCount: bytes + 3 * Guarded.zone, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: fill, count: bytes + 3 * Guarded.zone)
        pointer = (base + Guarded.zone).bindMemory(to: Element.self, capacity: count)
    }

    convenience init(_ values: [Element]) {
        self.init(values.count)
        pointer.update(from: values, count: values.count)
    }

    deinit { base.deallocate() }

    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: pointer, count: count * MemoryLayout<Element>.stride)) }

    /// Whether the zones before and behind still hold what they were filled with.
    var isIntact: Bool {
        let end = Guarded.zone + count * MemoryLayout<Element>.stride
        let zones =
            Array(UnsafeRawBufferPointer(start: base, count: Guarded.zone))
            + Array(UnsafeRawBufferPointer(start: base + end, count: Guarded.zone))
        return zones.allSatisfy { $0 == 0xAB }
    }
}

/// Quantized rows in guarded memory.
final class GuardedRows {
    let values: Guarded<UInt8>
    let scale: Guarded<Float>
    let zero: Guarded<Int32>
    var rows: kernel_rows

    init(count: Int, width: Int, planes: Int) {
        let stride = (width + 63) / 64 * 64 + 64
        values = Guarded(2 * count * stride)
        scale = Guarded(count)
        zero = Guarded(count)
        rows = kernel_rows(
            values: values.pointer, scale: scale.pointer, zero: zero.pointer, stride: stride, capacity: Int32(count),
            planes: Int32(planes))
    }

    var isIntact: Bool { values.isIntact && scale.isIntact && zero.isIntact }
    var bytes: [UInt8] { values.bytes + scale.bytes + zero.bytes }
}

struct KernelTable: CustomTestStringConvertible, Sendable {
    let index: Int32
    var table: kernel_table { kernel_at(index)!.pointee }
    var testDescription: String { String(cString: table.name) }

    static var scalar: kernel_table { kernel_named("scalar")!.pointee }
    /// Every table this CPU runs, scalar too: it must equal itself.
    static var available: [KernelTable] {
        (0..<kernel_count()).filter { kernel_at($0)!.pointee.available() }.map { KernelTable(index: $0) }
    }
}
