import AlbitModel
import AlbitText

/// What a float GGUF carries beside the weights.
package struct GGUFDetails {
    package var card: ModelCard
    /// The tokenizer's own files, kept byte for byte.
    package var files: [(name: String, bytes: [UInt8])] = []
    /// Adds the tokenizer under GGUF's keys, for other tools.
    package var writeTokenizer: (inout GGUFWriter) -> Void = { _ in }

    package init(_ card: ModelCard) { self.card = card }
}

/// Writes a GGUF file of float weights, which Albit imports again. Layout: formats/gguf-albert.md.
package enum GGUFExporter {
    package enum Precision: Sendable {
        case f32
        /// Matrices in half precision, rounded to nearest even; vectors stay float32, as GGUF files have it.
        case f16

        var weights: StoredWeights { self == .f16 ? .f16 : .f32 }
    }

    /// Throws the source's errors, those of the output file, or `exportBeyondHalf` where a value lies outside it.
    package static func write<Source: ParameterSource>(
        _ source: Source, details: GGUFDetails, precision: Precision, to path: String, overwrite: Bool
    ) throws(Fault) {
        let parameters = source.parameters.map { (parameter: $0, shape: source.shape(of: $0) ?? []) }
        var header = GGUFWriter()
        details.card.write(to: &header, configuration: source.configuration)
        header.set(ModelKey.weights, precision.weights.rawValue)
        details.writeTokenizer(&header)
        header.set(ModelKey.fileNames, details.files.map { $0.name })
        for (index, file) in details.files.enumerated() { header.set(ModelKey.file(index), file.bytes) }
        header.set(ModelKey.checksums, [UInt32](repeating: 0, count: parameters.count))
        for (parameter, shape) in parameters {
            header.tensor(parameter.tensorName.text, type(of: shape, precision), shape: shape.reversed())
        }

        let file = try OutputFile(path: path, overwrite: overwrite)
        let stream = ParameterStream(source: source, file: file)
        try stream.write(header.header())
        var checksums: [UInt8] = []
        for (parameter, shape) in parameters {
            let isHalf = type(of: shape, precision) == .f16
            var crc = CRC32()
            let count = shape.reduce(1, *)
            try stream.copy(parameter, elements: count, isHalf: isHalf, checksum: &crc)
            let padding = header.padding(after: count * (isHalf ? 2 : 4))
            if padding > 0 { try stream.write([UInt8](repeating: 0, count: padding)) }
            withUnsafeBytes(of: crc.checksum.littleEndian) { checksums += $0 }
        }
        if let offset = header.valueOffset(of: ModelKey.checksums) { try file.patch(at: offset, checksums) }
        try file.finish()
    }

    private static func type(of shape: [Int], _ precision: Precision) -> GGUFTensorType {
        shape.count > 1 && precision == .f16 ? .f16 : .f32
    }
}

extension ParameterStream {
    /// All elements of a parameter, little-endian, as float32 or in half precision.
    func copy(_ parameter: Parameter, elements count: Int, isHalf: Bool, checksum: inout CRC32) throws(Fault) {
        var crc = checksum
        var blocks = ParameterBlocks(source: source, parameter: parameter, count: count)
        while let (first, values) = try blocks.next() {
            guard isHalf else {
                values.withUnsafeBytes { crc.update($0) }
                try write(values)
                continue
            }
            var halves: [UInt16] = []
            halves.reserveCapacity(values.count)
            for (index, value) in values.enumerated() {
                let half = Float16(value)
                guard half.isFinite else {
                    throw Fault(
                        .exportBeyondHalf, at: "tensor '\(parameter.name(source.configuration))'",
                        "holds a value beyond 65504 at element \(first + index), which half precision cannot hold",
                        advice: "use --weights f32")
                }
                halves.append(half.bitPattern.littleEndian)
            }
            halves.withUnsafeBytes { crc.update($0) }
            try write(halves)
        }
        checksum = crc
    }
}
