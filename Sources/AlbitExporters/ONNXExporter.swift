import AlbitModel

/// Writes a float32 ONNX model (IR 8, opset 17) in which every weight stands once.
package enum ONNXExporter {
    /// A `ModelProto` must stay below 2 GiB; the largest published ALBERT has 0.9 GB.
    private static let sizeLimit = 2_147_483_647

    /// Throws the source's errors, those of the output file, or `unsupported` for a model beyond 2 GiB.
    package static func write<Source: ParameterSource>(
        _ source: Source, name: String, to path: String, overwrite: Bool
    ) throws(ExportError<Source.SourceError>) {
        var network = ONNXNetwork(configuration: source.configuration) { source.shape(of: $0) }
        network.build()
        let parameters = network.graph.parameters
        let body = network.graph.body(inputs: ONNXNetwork.inputs, name: name)
        let prefixes = parameters.map { $0.prefix }
        var graphSize = body.count
        for (parameter, prefix) in zip(parameters, prefixes) {
            let tensor = prefix.count + parameter.byteCount
            graphSize += 1 + ProtobufWriter.varintSize(UInt64(tensor)) + tensor
        }
        guard graphSize < sizeLimit - 4096 else {
            throw .unsupported("the model needs " + String(graphSize) + " bytes, more than an ONNX file without external data can hold")
        }

        let file: OutputFile
        do { file = try OutputFile(path: path, overwrite: overwrite) } catch { throw .output(error) }
        let stream = ParameterStream(source: source, file: file)
        var model = ProtobufWriter()
        model.integer(1, 8)
        model.string(2, "albit")
        model.message(8) { opset in
            opset.string(1, "")
            opset.integer(2, 17)
        }
        model.header(7, length: graphSize)
        model.append(body)
        try stream.write(model.bytes)
        for (parameter, prefix) in zip(parameters, prefixes) {
            var tensor = ProtobufWriter()
            tensor.header(5, length: prefix.count + parameter.byteCount)
            tensor.append(prefix)
            try stream.write(tensor.bytes)
            try stream.copy(parameter.name, elements: parameter.shape.reduce(1, *))
        }
        do { try file.finish() } catch { throw .output(error) }
    }
}
