import AlbitModel
import AlbitText

/// Writes `model.safetensors` as Hugging Face lays it out: float32, one copy of each parameter.
///
/// Source: the safetensors format section of its README.
package enum SafetensorsExporter {
    /// Throws the source's errors or those of the output file.
    package static func write<Source: ParameterSource>(
        _ source: Source, to path: String, overwrite: Bool
    ) throws(Fault) {
        let parameters = source.parameters.map { (parameter: $0, shape: source.shape(of: $0) ?? []) }
        let names = HuggingFaceNames(source.parameters, source.configuration)

        var header = "{\"__metadata__\":{\"format\":\"pt\"}"
        var offset = 0
        for parameter in parameters {
            let bytes = parameter.shape.reduce(4, *)
            let shape = parameter.shape.map { String($0) }.joined(separator: ",")
            header +=
                ",\"" + names[parameter.parameter] + "\":{\"dtype\":\"F32\",\"shape\":[" + shape
                + "],\"data_offsets\":[" + String(offset) + "," + String(offset + bytes) + "]}"
            offset += bytes
        }
        header += "}"
        // Padded with spaces so that the data begins at a multiple of 8, as the reference writer does.
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

        let file = try OutputFile(path: path, overwrite: overwrite)
        let stream = ParameterStream(source: source, file: file)
        try stream.write(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) })
        try stream.write(Array(header.utf8))
        for (parameter, shape) in parameters { try stream.copy(parameter, elements: shape.reduce(1, *)) }
        try file.finish()
    }
}
