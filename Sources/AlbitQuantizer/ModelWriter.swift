import AlbitModel
import AlbitText

/// Writes a model file tensor by tensor: a header that knows all shapes first, then data in the same order, with
/// a checksum of each.
struct ModelWriter {
    private(set) var header = GGUFWriter()
    private var announced: [(name: String, bytes: Int)] = []
    private var checksums: [UInt32] = []
    private var open: CRC32?
    private var written = 0
    let file: OutputFile

    init(file: OutputFile) { self.file = file }

    mutating func set(_ build: (inout GGUFWriter) -> Void) { build(&header) }

    mutating func announce(_ name: TensorName, _ type: GGUFTensorType, shape: [Int]) {
        header.tensor(name.text, type, shape: shape)
        announced.append((name.text, shape.reduce(type.size, *)))
    }

    /// Bytes of all tensors with what pads them.
    var totalBytes: Int { announced.reduce(0) { $0 + $1.bytes + header.padding(after: $1.bytes) } }

    /// Bytes of the header, once it is written.
    private(set) var headerBytes = 0
    /// Bytes of tensors that are written.
    var writtenBytes: Int { file.offset - headerBytes }

    /// Reserves the checksums: the header is complete.
    mutating func completedHeader() -> [UInt8] {
        header.set(ModelKey.checksums, [UInt32](repeating: 0, count: announced.count))
        return header.header()
    }

    /// Writes the header.
    mutating func begin() throws(Fault) {
        let bytes = completedHeader()
        headerBytes = bytes.count
        try file.write(bytes)
    }

    /// Appends data of the tensor at hand; the next one begins when its announced bytes are there.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        var crc = open ?? CRC32()
        crc.update(bytes)
        try file.write(bytes)
        written += bytes.count
        if written == announced[checksums.count].bytes {
            checksums.append(crc.checksum)
            try file.write([UInt8](repeating: 0, count: header.padding(after: written)))
            open = nil
            written = 0
        } else {
            open = crc
        }
    }

    /// Appends the first `count` values of an array, or all.
    mutating func append<Element: BitwiseCopyable>(_ values: [Element], count: Int? = nil) throws(Fault) {
        func append(_ buffer: UnsafeBufferPointer<Element>) throws(Fault) {
            try self.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<(count ?? buffer.count)])))
        }
        try values.withUnsafeBufferPointer(append)
    }

    /// Fills in the checksums.
    func finishChecksums() throws(Fault) {
        guard let offset = header.valueOffset(of: ModelKey.checksums) else { return }
        try file.patch(
            at: offset, checksums.flatMap { checksum in withUnsafeBytes(of: checksum.littleEndian) { Array($0) } })
    }
}
