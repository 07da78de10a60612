import AlbitModel
import AlbitText

/// Writes an ONNX model (IR 8, opset 17) in which every weight stands once.
package enum ONNXExporter {
    package enum Weights: Sendable {
        case float
        /// Matmuls and embeddings in bytes, a scale for each output channel (or row) and, while it runs, for each
        /// token; attention and the small heads stay float32.
        case int8
    }

    /// A `ModelProto` must stay below 2 GiB; the largest published ALBERT has 0.9 GB.
    private static let sizeLimit = 2_147_483_647

    /// Throws the source's errors, those of the output file, or `exportTooLarge` for a model beyond 2 GiB.
    package static func write<Source: ParameterSource>(
        _ source: Source, name: String, weights: Weights, to path: String, overwrite: Bool
    ) throws(Fault) {
        var network = ONNXNetwork(configuration: source.configuration, weights: weights) { source.shape(of: $0) }
        network.build()
        let initializers = network.graph.initializers
        let body = network.graph.body(inputs: ONNXNetwork.inputs, name: name)
        let prefixes = initializers.map { $0.prefix }
        var graphSize = body.count
        for (initializer, prefix) in zip(initializers, prefixes) {
            let tensor = prefix.count + initializer.byteCount
            graphSize += 1 + ProtobufWriter.varintSize(UInt64(tensor)) + tensor
        }
        guard graphSize < sizeLimit - 4096 else {
            throw Fault(
                .exportTooLarge,
                "the model needs \(graphSize) bytes, more than an ONNX file without external data can hold")
        }

        let file = try OutputFile(path: path, overwrite: overwrite)
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
        var rounded: RoundedMatrix<Source>?
        for (initializer, prefix) in zip(initializers, prefixes) {
            var tensor = ProtobufWriter()
            tensor.header(5, length: prefix.count + initializer.byteCount)
            tensor.append(prefix)
            try stream.write(tensor.bytes)
            if initializer.content == .values {
                try stream.copy(initializer.origin, elements: initializer.shape.reduce(1, *))
                continue
            }
            let matrix: RoundedMatrix<Source>
            if let rounded, rounded.parameter == initializer.origin {
                matrix = rounded
            } else {
                let shape = source.shape(of: initializer.origin) ?? initializer.shape
                matrix = try RoundedMatrix(source: source, parameter: initializer.origin, shape: shape)
                rounded = matrix
            }
            switch initializer.content {
            case .scales:
                try stream.write(
                    matrix.scales.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
            case .sums: try stream.write(matrix.sums.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } })
            case .rounded, .values:
                try matrix.write(to: stream)
            }
        }
        try file.finish()
    }
}
