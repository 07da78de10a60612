import AlbitModel
import AlbitText
import CZlib

/// The uncompressed bytes of a deflate stream (RFC 1951) or of gzip members (RFC 1952), readable anywhere.
/// Going forward is one pass; a restart point every 4 MiB (32 KiB of window each) bounds the cost of going back.
package final class InflatedBytes: ByteSource {
    enum Framing {
        case raw, gzip
    }

    /// Output between two restart points.
    static let spacing = 4 << 20
    /// No archive of weights unpacks to more.
    static let maxOutput = 64 << 30
    /// Weights do not compress like this: beyond 64 MiB, more output per input byte is an attack.
    static let maxRatio = 500

    private struct RestartPoint {
        var output: Int
        var input: Int
        /// Bits of the byte before `input` that belong to the next block.
        var bits: Int32
        var window: [UInt8]
    }

    package let path: String
    package private(set) var count: Int
    package let isSequential = true
    private let base: any ByteSource
    private let framing: Framing
    private var points: [RestartPoint] = []

    private let stream: UnsafeMutablePointer<z_stream>
    private var isOpen = false
    /// Bytes of output produced so far by the running decoder, and of input handed to it.
    private var position = 0
    private var inputPosition = 0
    /// Started from a restart point: the gzip trailer is not checked by zlib then.
    private var isResumed = false
    private var hasEnded = false
    private let input: UnsafeMutablePointer<UInt8>
    private static let inputSize = 1 << 16

    /// A deflate stream whose uncompressed size is known, as in a zip entry.
    package init(raw base: any ByteSource, count: Int, path: String) {
        self.base = base
        self.path = path
        self.count = count
        framing = .raw
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(capacity: InflatedBytes.inputSize)
    }

    /// gzip members up to the end of the file. The size is unknown: `count` is unbounded until `readToEnd` has run.
    package init(gzip base: any ByteSource) {
        self.base = base
        path = base.path
        count = InflatedBytes.maxOutput
        framing = .gzip
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(capacity: InflatedBytes.inputSize)
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault) {
        guard try readUpTo(at: offset, into: buffer) == buffer.count else {
            throw Fault(
                .deflateEndsEarly, in: path,
                "unpacks to \(position) bytes, but at least \(offset &+ buffer.count) are needed",
                advice: "download the file again")
        }
    }

    /// Like `read`, but returns how many bytes there were before the end.
    func readUpTo(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        try check(offset: offset, count: buffer.count)
        guard buffer.count > 0 else { return 0 }
        try seek(offset)
        guard position == offset else { return 0 }
        return try produce(buffer)
    }

    /// Decompresses all of it, so that checksums are verified and the size is known.
    package func readToEnd() throws(Fault) {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { scratch.deallocate() }
        try seek(position)
        while try produce(scratch) == scratch.count {}
        count = position
    }

    private func seek(_ offset: Int) throws(Fault) {
        let nearest = points.last { $0.output <= offset }
        if !isOpen || offset < position || (nearest.map { $0.output > position } ?? false) { try start(nearest) }
        if position == offset { return }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { scratch.deallocate() }
        while position < offset {
            let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(scratch.count, offset - position)])
            if try produce(part) < part.count { return }
        }
    }

    private func start(_ point: RestartPoint?) throws(Fault) {
        if isOpen { inflateEnd(stream) }
        stream.pointee = z_stream()
        isOpen = false
        isResumed = point != nil
        hasEnded = false
        let bits: Int32 = framing == .raw || point != nil ? -15 : 31
        guard inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .noMemory(path: path)
        }
        isOpen = true
        position = point?.output ?? 0
        inputPosition = point?.input ?? 0
        guard let point else { return }
        if point.bits > 0 {
            let byte = try base.bytes(at: point.input - 1, count: 1, what: "a byte", limit: 1)[0]
            inflatePrime(stream, point.bits, Int32(byte) >> (8 - point.bits))
        }
        point.window.withUnsafeBufferPointer { _ = inflateSetDictionary(stream, $0.baseAddress, UInt32($0.count)) }
    }

    /// Fills the buffer as far as the stream goes.
    private func produce(_ buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        var done = 0
        while done < buffer.count && !hasEnded {
            if stream.pointee.avail_in == 0, try !fill() {
                // The last block may end with the input: then zlib has nothing left to tell but the end of the stream.
                stream.pointee.avail_out = 0
                if inflate(stream, Z_BLOCK) == Z_STREAM_END {
                    try endMember()
                    continue
                }
                throw Fault(
                    .deflateTruncated, in: path, "the compressed data ends at byte \(inputPosition) in the middle",
                    advice: "download the file again")
            }
            let room = min(buffer.count - done, 1 << 30)
            stream.pointee.next_out = start + done
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_BLOCK)
            let produced = room - Int(stream.pointee.avail_out)
            done += produced
            position += produced
            try checkSize()
            switch status {
            case Z_OK, Z_BUF_ERROR: recordPoint()
            case Z_STREAM_END: try endMember()
            case Z_MEM_ERROR: throw .noMemory(path: path)
            default:
                let message = stream.pointee.msg.map { String(cString: $0) } ?? "invalid data"
                throw Fault(
                    .deflateCorrupt, in: path,
                    """
                    the compressed data is damaged near byte \(inputPosition - Int(stream.pointee.avail_in)) \
                    (\(message))
                    """,
                    advice: "download the file again")
            }
        }
        return done
    }

    private func checkSize() throws(Fault) {
        let consumed = max(1, inputPosition - Int(stream.pointee.avail_in))
        if position > InflatedBytes.maxOutput || (position > 64 << 20 && position / consumed > InflatedBytes.maxRatio) {
            throw Fault(
                .deflateBomb, in: path,
                "\(consumed) compressed bytes unpack to more than \(position): no archive of weights does that",
                advice: "refused, unpack it first if you trust it")
        }
        if framing == .raw && position > count {
            throw Fault(
                .deflateTooLong, in: path, "unpacks to more than the \(count) bytes it declares",
                advice: "the file is damaged, download it again")
        }
    }

    /// Reads the next compressed bytes; false at the end of the base.
    private func fill() throws(Fault) -> Bool {
        let size = min(InflatedBytes.inputSize, base.count - inputPosition)
        guard size > 0 else { return false }
        try base.read(at: inputPosition, into: UnsafeMutableRawBufferPointer(start: input, count: size))
        inputPosition += size
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(size)
        return true
    }

    private func recordPoint() {
        // Bit 7: at the end of a block; bit 6: of the last one.
        let state = stream.pointee.data_type
        guard state & 128 != 0, state & 64 == 0, position >= (points.last?.output ?? 0) + InflatedBytes.spacing else {
            return
        }
        var length: UInt32 = 0
        let window = [UInt8](unsafeUninitializedCapacity: 32768) { buffer, filled in
            _ = inflateGetDictionary(stream, buffer.baseAddress, &length)
            filled = Int(length)
        }
        points.append(
            RestartPoint(
                output: position, input: inputPosition - Int(stream.pointee.avail_in), bits: state & 7, window: window))
    }

    /// A gzip file may go on with another member; what follows otherwise is padding.
    private func endMember() throws(Fault) {
        guard framing == .gzip else {
            hasEnded = true
            if position != count {
                throw Fault(
                    .deflateEndsEarly, in: path, "unpacks to \(position) bytes, but at least \(count) are needed",
                    advice: "download the file again")
            }
            return
        }
        if isResumed { try skip(8) }
        if stream.pointee.avail_in == 0, try !fill() {
            hasEnded = true
            return
        }
        guard stream.pointee.next_in.pointee == 0x1F else {
            hasEnded = true
            return
        }
        isResumed = false
        guard inflateReset2(stream, 31) == Z_OK else { throw .noMemory(path: path) }
    }

    private func skip(_ bytes: Int) throws(Fault) {
        var left = UInt32(bytes)
        while left > 0 {
            if stream.pointee.avail_in == 0, try !fill() {
                throw Fault(
                    .deflateTruncated, in: path, "the compressed data ends at byte \(inputPosition) in the middle",
                    advice: "download the file again")
            }
            let step = min(left, stream.pointee.avail_in)
            stream.pointee.next_in += Int(step)
            stream.pointee.avail_in -= step
            left -= step
        }
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func noMemory(path: String) -> Fault {
        Fault(
            .deflateNoMemory, in: path, "no memory for decompression",
            advice: "close other programs or raise the limit (ulimit -v)")
    }
}
