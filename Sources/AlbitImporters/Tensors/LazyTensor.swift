import AlbitModel
import AlbitText

/// A tensor whose elements are read only when they are asked for.
package protocol LazyTensor: AnyObject {
    var shape: [Int] { get }
    /// The element type that is stored.
    var dtype: TensorType { get }
    /// Whether reading out of order costs decompression.
    var isSequential: Bool { get }
    /// Where the first element lies: two tensors with equal origins, shapes and strides are one. Nil: unknown.
    var origin: TensorOrigin? { get }
    /// Reads elements `range` in row-major order as float32; the buffer has as many elements.
    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault)
}

/// Identity of stored elements, so that aliases are found without reading them.
package struct TensorOrigin: Hashable, Sendable {
    package var source: ObjectIdentifier
    package var offset: Int
    package var strides: [Int]

    package init(source: ObjectIdentifier, offset: Int, strides: [Int]) {
        self.source = source
        self.offset = offset
        self.strides = strides
    }
}

extension LazyTensor {
    package var elementCount: Int { shape.reduce(1, &*) }
    /// Bytes of the elements as they are stored.
    package var byteCount: Int { elementCount &* dtype.size }
    package var shapeText: String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
}

extension Array where Element == Int {
    /// Product of the dimensions, nil where one is negative or the product does not fit.
    package var checkedProduct: Int? {
        var product = 1
        var hasZero = false
        for extent in self {
            guard extent >= 0 else { return nil }
            if extent == 0 {
                hasZero = true
                continue
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow, next <= 1 << 48 else { return nil }
            product = next
        }
        return hasZero ? 0 : product
    }

    /// Row-major strides in elements.
    package var rowMajorStrides: [Int] {
        var strides = [Int](repeating: 1, count: count)
        for axis in stride(from: count - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] &* self[axis + 1] }
        return strides
    }
}

extension LazyTensor {
    /// Some elements in an array of their own.
    func values(_ range: Range<Int>) throws(Fault) -> [Float] {
        var values = [Float](repeating: 0, count: range.count)
        func fill(_ buffer: inout UnsafeMutableBufferPointer<Float>) throws(Fault) { try read(range, into: buffer) }
        try values.withUnsafeMutableBufferPointer(fill)
        return values
    }
}

/// Elements that lie row-major and little-endian in a byte source.
package final class StoredTensor: LazyTensor {
    /// How the stored bytes are checked before or while they are read the first time.
    package enum Check {
        /// Runs once before the first read.
        case before(() throws(Fault) -> Void)
        /// A masked CRC-32C over the stored bytes; the closure makes the error where it differs. A sequential source
        /// that is read from front to end is checked on the way, so that it is decompressed once only.
        case crc32c(UInt32, () -> Fault)
    }

    package let shape: [Int]
    package let dtype: TensorType
    package let source: any ByteSource
    package let offset: Int
    package var isSequential: Bool { source.isSequential }
    package var origin: TensorOrigin? {
        TensorOrigin(source: ObjectIdentifier(source), offset: offset, strides: shape.rowMajorStrides)
    }
    private var check: Check?
    /// The checksum so far, and the element it goes on with.
    private var running = CRC32(.castagnoli)
    private var runningElement = 0

    /// The range must have been checked against the source; a read outside throws all the same.
    package init(shape: [Int], dtype: TensorType, source: any ByteSource, offset: Int, check: Check? = nil) {
        self.shape = shape
        self.dtype = dtype
        self.source = source
        self.offset = offset
        self.check = check
    }

    package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        let runsAlong = try prepareCheck(range)
        if dtype == .float32 && isLittleEndianHost {
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            try source.read(at: offset &+ range.lowerBound &* 4, into: bytes)
            if runsAlong { running.update(UnsafeRawBufferPointer(bytes)) }
        } else {
            // 64 KiB of stored bytes at a time.
            let block = 65536 / dtype.size
            let scratch = UnsafeMutableRawBufferPointer.allocate(
                byteCount: min(range.count, block) * dtype.size, alignment: 8)
            defer { scratch.deallocate() }
            var done = 0
            while done < range.count {
                let count = min(block, range.count - done)
                let bytes = UnsafeMutableRawBufferPointer(rebasing: scratch[..<(count * dtype.size)])
                try source.read(at: offset &+ (range.lowerBound + done) &* dtype.size, into: bytes)
                if runsAlong { running.update(UnsafeRawBufferPointer(bytes)) }
                dtype.convert(
                    UnsafeRawBufferPointer(bytes),
                    to: UnsafeMutableBufferPointer(rebasing: buffer[done..<(done + count)]))
                done += count
            }
        }
        if runsAlong { try finishCheck(range.upperBound) }
    }

    /// Checks what has to be checked before; true where the checksum runs along with this read.
    private func prepareCheck(_ range: Range<Int>) throws(Fault) -> Bool {
        switch check {
        case nil: return false
        case .before(let verify)?:
            try verify()
            check = nil
            return false
        case .crc32c(let expected, let failure)?:
            if source.isSequential && range.lowerBound == runningElement { return true }
            guard try CRC32.masked(of: source, at: offset, count: byteCount) == expected else { throw failure() }
            check = nil
            return false
        }
    }

    private func finishCheck(_ end: Int) throws(Fault) {
        runningElement = end
        guard end == elementCount, case .crc32c(let expected, let failure)? = check else { return }
        check = nil
        guard running.masked == expected else { throw failure() }
    }
}

private let isLittleEndianHost = UInt16(1).littleEndian == 1
