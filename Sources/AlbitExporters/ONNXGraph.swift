import AlbitModel

/// An ONNX graph under construction: nodes, small constants in memory, and parameters that are streamed when the
/// file is written.
struct ONNXGraph {
    /// What is made of a parameter, of a shape of its own; its values follow when the file is written.
    struct Initializer {
        /// What is made of a parameter.
        enum Content {
            case values
            /// The rows of a matrix in units of scales of their own, plus 128; the scales; and the sums of the rounded
            /// rows.
            case rounded, scales, sums
        }

        let name: String
        let shape: [Int]
        let element: ONNXElement
        /// What it is made of.
        let origin: Parameter
        let content: Content
        var byteCount: Int { shape.reduce(1, *) * element.size }

        /// Everything of the `TensorProto` up to the raw data.
        var prefix: [UInt8] {
            var tensor = ProtobufWriter()
            for extent in shape { tensor.integer(1, extent) }
            tensor.integer(2, element.rawValue)
            tensor.string(8, name)
            tensor.header(9, length: byteCount)
            return tensor.bytes
        }
    }

    /// Of the model, for the names of its parameters.
    let configuration: Configuration
    private(set) var nodes: [ONNXOperator] = []
    private(set) var initializers: [Initializer] = []
    private(set) var constants: [(name: String, shape: [Int], element: ONNXElement, bytes: [UInt8])] = []
    private(set) var outputs: [(name: String, shape: [String])] = []
    private var counter = 0

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// Appends an operator and returns the name of its output.
    mutating func add(
        _ operation: String, _ inputs: [String], _ attributes: [ONNXOperator.Attribute] = [], named name: String? = nil
    ) -> String {
        counter += 1
        let output = name ?? operation.lowercased() + "_" + String(counter)
        nodes.append(ONNXOperator(operation: operation, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    /// Declares a parameter under its canonical name, once; asking again gives the same name.
    mutating func parameter(_ origin: Parameter, _ shape: [Int]) -> String {
        declare("", shape, .float, origin, .values)
    }

    /// Declares a matrix [rows][columns] as bytes, its scales [rows] and its sums [rows].
    mutating func rounded(_ origin: Parameter, _ rows: Int, _ columns: Int) -> String {
        declare("_uint8", [rows, columns], .uint8, origin, .rounded)
    }
    mutating func scales(_ origin: Parameter, _ rows: Int) -> String {
        declare("_scale", [rows], .float, origin, .scales)
    }
    mutating func sums(_ origin: Parameter, _ rows: Int) -> String {
        declare("_sum", [rows], .int32, origin, .sums)
    }

    private mutating func declare(
        _ suffix: String, _ shape: [Int], _ element: ONNXElement, _ origin: Parameter, _ content: Initializer.Content
    ) -> String {
        let name = origin.name(configuration) + suffix
        if !initializers.contains(where: { $0.name == name }) {
            initializers.append(
                Initializer(name: name, shape: shape, element: element, origin: origin, content: content))
        }
        return name
    }

    mutating func constant(_ value: Float) -> String {
        constant(shape: [], .float, withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
    }

    mutating func constant(_ values: [Int]) -> String {
        constant(
            shape: [values.count], .int64, values.flatMap { withUnsafeBytes(of: Int64($0).littleEndian) { Array($0) } })
    }

    mutating func constant(scalar value: Int) -> String {
        constant(shape: [], .int64, withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) })
    }

    mutating func constant(byte value: UInt8) -> String { constant(shape: [], .uint8, [value]) }

    private mutating func constant(shape: [Int], _ element: ONNXElement, _ bytes: [UInt8]) -> String {
        if let same = constants.first(where: { $0.shape == shape && $0.element == element && $0.bytes == bytes }) {
            return same.name
        }
        let name = "constant_" + String(constants.count)
        constants.append((name, shape, element, bytes))
        return name
    }

    mutating func output(_ name: String, _ shape: [String]) { outputs.append((name, shape)) }

    /// The `GraphProto` without its parameters.
    func body(inputs: [String], name: String) -> [UInt8] {
        var graph = ProtobufWriter()
        for node in nodes { node.write(into: &graph) }
        graph.string(2, name)
        for constant in constants {
            graph.message(5) { tensor in
                for extent in constant.shape { tensor.integer(1, extent) }
                tensor.integer(2, constant.element.rawValue)
                tensor.string(8, constant.name)
                tensor.header(9, length: constant.bytes.count)
                tensor.append(constant.bytes)
            }
        }
        for input in inputs { value(11, input, .int64, ["batch", "sequence"], into: &graph) }
        for output in outputs { value(12, output.name, .float, output.shape, into: &graph) }
        return graph.bytes
    }

    /// A `ValueInfoProto`: numbers become fixed extents, words become symbolic ones.
    private func value(
        _ field: Int, _ name: String, _ element: ONNXElement, _ shape: [String], into graph: inout ProtobufWriter
    ) {
        graph.message(field) { info in
            info.string(1, name)
            info.message(2) { type in
                type.message(1) { tensor in
                    tensor.integer(1, element.rawValue)
                    tensor.message(2) { dimensions in
                        for extent in shape {
                            dimensions.message(1) { dimension in
                                if let number = Int(extent) {
                                    dimension.integer(1, number)
                                } else {
                                    dimension.string(2, extent)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
