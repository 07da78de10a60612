import AlbitModel
import AlbitText

/// The container formats, told from content: no name and no extension decides.
enum SourceFormat: Equatable {
    case safetensors
    case json
    case zip
    case pickle
    case hdf5(offset: Int)
    case gzip
    case tar
    case sortedTable
    case msgpack
    case onnx
    case savedModel
    case tensorFlowGraph
    case tflite
    case gguf
    case unknown

    /// Whether it holds operations, or a model as Albit writes it, rather than named weights alone.
    var isGraph: Bool {
        switch self {
        case .onnx, .savedModel, .tensorFlowGraph, .tflite, .gguf: true
        default: false
        }
    }

    static func detect(_ file: any ByteSource) throws(Fault) -> SourceFormat {
        let prefix = try file.prefix(512)
        if isLargeFilePointer(prefix) {
            throw Fault(
                .importLargeFilePointer, in: file.path, "is a Git LFS pointer, not the file itself",
                advice: "fetch it with 'git lfs pull' or download it again")
        }
        func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
            prefix.count >= offset + bytes.count && Array(prefix[offset..<(offset + bytes.count)]) == bytes
        }
        for (magic, name) in packers where starts(magic) {
            throw Fault(
                .importUnsupportedFormat, in: file.path, "is packed with \(name), which Albit does not unpack",
                expected: "gzip or zip, or the files themselves", advice: "unpack it first")
        }
        if starts([0x50, 0x4B, 0x03, 0x04]) || starts([0x50, 0x4B, 0x05, 0x06]) { return .zip }
        if starts([0x1F, 0x8B]) { return .gzip }
        if starts(Array("GGUF".utf8)) { return .gguf }
        if starts(hdf5Signature) { return .hdf5(offset: 0) }
        if starts(Array("ustar".utf8), at: 257) { return .tar }
        if try hasTableFooter(file) { return .sortedTable }
        if TFLiteReader.matches(prefix) { return .tflite }
        if Safetensors.isCertain(prefix) { return .safetensors }
        if prefix.count >= 2, prefix[0] == 0x80, (2...5).contains(prefix[1]) { return .pickle }
        if Safetensors.matches(prefix) { return .safetensors }
        if ShardIndex.matches(prefix) { return .json }
        if SavedModel.matches(file) { return .savedModel }
        if TensorFlowReader.matches(file) { return .tensorFlowGraph }
        // A user block before the superblock is 512 bytes or a power of two more.
        var offset = 512
        while offset <= 1 << 20, offset + 8 <= file.count {
            let start = offset
            if try file.bytes(at: start, count: 8, what: "a signature", limit: 8) == hdf5Signature {
                return .hdf5(offset: offset)
            }
            offset *= 2
        }
        if let first = prefix.first, (0x80...0x9F).contains(first) || (0xDC...0xDF).contains(first) { return .msgpack }
        if ONNXReader.matches(file) { return .onnx }
        if starts(Array("ORTM".utf8), at: 4) {
            throw Fault(
                .importUnsupportedFormat, in: file.path,
                "is an ONNX Runtime .ort file (import the ONNX file that it was made from), which Albit does "
                    + "not read")
        }
        return .unknown
    }

    /// Archives and streams that would have to be unpacked by other libraries.
    private static let packers: [([UInt8], String)] = [
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), ([0x42, 0x5A, 0x68], "bzip2"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard"), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"),
        ([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], "RAR"), ([0x1F, 0x9D], "compress"),
    ]

    static let hdf5Signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// An SSTable of LevelDB ends with this.
    private static let tableMagic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]

    private static func hasTableFooter(_ file: any ByteSource) throws(Fault) -> Bool {
        guard file.count >= 8 else { return false }
        return try file.bytes(at: file.count - 8, count: 8, what: "the last bytes", limit: 8) == tableMagic
    }

    static func isLargeFilePointer(_ prefix: [UInt8]) -> Bool {
        prefix.starts(with: Array("version https://git-lfs".utf8))
    }
}
