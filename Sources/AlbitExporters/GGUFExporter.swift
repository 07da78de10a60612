import AlbitModel
import AlbitText

/// What a float GGUF carries beside the weights.
package struct GGUFDetails {
    package var name = ""
    package var heads: [Head] = []
    package var labels: [String] = []
    package var problemType: String?
    package var pooling: String?
    package var sourceFile = ""
    package var sourceFormat = ""
    package var sourceDigest = ""
    /// The tokenizer's own files, kept byte for byte.
    package var files: [(name: String, bytes: [UInt8])] = []
    /// Adds the tokenizer under GGUF's keys, for other tools.
    package var writeTokenizer: (inout GGUFWriter) -> Void = { _ in }

    package init() {}
}

/// Writes a GGUF file of float weights, which Albit imports again. Layout: formats/gguf-albert.md.
package enum GGUFExporter {
    package enum Precision: String, Sendable {
        case f32
        /// Matrices in half precision, rounded to nearest even; vectors stay float32, as GGUF files have it.
        case f16
    }

    /// Throws the source's errors, those of the output file, or `unsupported` where a value lies outside half precision.
    package static func write<Source: ParameterSource>(
        _ source: Source, details: GGUFDetails, precision: Precision, to path: String, overwrite: Bool
    ) throws(ExportError<Source.SourceError>) {
        let parameters = source.parameters
        var header = GGUFWriter()
        describe(source.configuration, details, precision, &header)
        header.set("albit.checksums", [UInt32](repeating: 0, count: parameters.count))
        for parameter in parameters {
            header.tensor(
                FloatTensorName.name(of: parameter.name, innerGroups: source.configuration.innerGroupNum),
                type(of: parameter.shape, precision), shape: parameter.shape.reversed())
        }

        let file: OutputFile
        do { file = try OutputFile(path: path, overwrite: overwrite) } catch { throw .output(error) }
        let stream = ParameterStream(source: source, file: file)
        try stream.write(header.header())
        var checksums: [UInt8] = []
        for parameter in parameters {
            let isHalf = type(of: parameter.shape, precision) == .f16
            var crc = CRC32()
            let count = parameter.shape.reduce(1, *)
            try stream.copy(parameter.name, elements: count, isHalf: isHalf, checksum: &crc)
            let padding = header.padding(after: count * (isHalf ? 2 : 4))
            if padding > 0 { try stream.write([UInt8](repeating: 0, count: padding)) }
            withUnsafeBytes(of: crc.checksum.littleEndian) { checksums += $0 }
        }
        do {
            if let offset = header.valueOffset(of: "albit.checksums") { try file.patch(at: offset, checksums) }
            try file.finish()
        } catch { throw .output(error) }
    }

    private static func type(of shape: [Int], _ precision: Precision) -> GGUFTensorType {
        shape.count > 1 && precision == .f16 ? .f16 : .f32
    }

    private static func describe(_ c: Configuration, _ details: GGUFDetails, _ precision: Precision, _ header: inout GGUFWriter) {
        let architecture = c.architecture.name
        header.set("general.architecture", architecture)
        header.set("general.name", details.name)
        header.set(architecture + ".vocab_size", c.vocabSize)
        header.set(architecture + ".context_length", c.maxPositionEmbeddings)
        header.set(architecture + ".embedding_length", c.hiddenSize)
        header.set(architecture + ".block_count", c.numHiddenLayers)
        header.set(architecture + ".feed_forward_length", c.intermediateSize)
        header.set(architecture + ".attention.head_count", c.numAttentionHeads)
        header.set(architecture + ".attention.layer_norm_epsilon", c.layerNormEps)
        header.set("albit.format_version", ModelFile.formatVersion)
        header.set("albit.weights", precision.rawValue)
        header.set("albit.embedding_size", c.embeddingSize)
        header.set("albit.group_count", c.numHiddenGroups)
        header.set("albit.inner_group_count", c.innerGroupNum)
        header.set("albit.hidden_act", c.hiddenAct.name)
        header.set("albit.type_vocab_size", c.typeVocabSize)
        header.set("albit.heads", details.heads.map(\.name))
        if !details.labels.isEmpty { header.set("albit.labels", details.labels) }
        if let problemType = details.problemType { header.set("albit.problem_type", problemType) }
        if let pooling = details.pooling { header.set("albit.pooling", pooling) }
        header.set("albit.source.file", details.sourceFile)
        header.set("albit.source.format", details.sourceFormat)
        header.set("albit.source.sha256", details.sourceDigest)
        details.writeTokenizer(&header)
        header.set("albit.files.names", details.files.map(\.name))
        for (index, file) in details.files.enumerated() { header.set("albit.files." + String(index), file.bytes) }
    }
}

extension ParameterStream {
    /// All elements of a canonical parameter, little-endian, as float32 or in half precision.
    func copy(_ name: String, elements count: Int, isHalf: Bool, checksum: inout CRC32) throws(ExportError<Source.SourceError>) {
        var buffer = [Float](repeating: 0, count: min(block, count))
        var halves: [UInt16] = []
        var first = 0
        while first < count {
            let end = min(first + block, count)
            do {
                try buffer.withUnsafeMutableBufferPointer { (floats) throws(Source.SourceError) in
                    try source.read(name, elements: first..<end, into: UnsafeMutableBufferPointer(rebasing: floats[..<(end - first)]))
                }
            } catch { throw .source(error) }
            if isHalf {
                halves.removeAll(keepingCapacity: true)
                for (index, value) in buffer[..<(end - first)].enumerated() {
                    let half = Float16(value)
                    guard half.isFinite else {
                        throw .unsupported(
                            "'" + name + "' holds a value beyond 65504 at element " + String(first + index)
                                + ", which half precision cannot hold; use --weights f32")
                    }
                    halves.append(half.bitPattern.littleEndian)
                }
            }
            do throws(OutputError) {
                try halves.withUnsafeBufferPointer { (halves) throws(OutputError) in
                    try buffer.withUnsafeBufferPointer { (floats) throws(OutputError) in
                        let bytes =
                            isHalf
                            ? UnsafeRawBufferPointer(halves) : UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: floats[..<(end - first)]))
                        checksum.update(bytes)
                        try file.write(bytes)
                    }
                }
            } catch { throw .output(error) }
            first = end
        }
    }
}
