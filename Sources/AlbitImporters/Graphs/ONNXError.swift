import AlbitModel

/// Why an ONNX file cannot be read.
package enum ONNXError: AlbitError {
    case noGraph(path: String)
    case notProtobuf(path: String, reason: String)
    case tooMany(path: String, what: String, limit: Int)
    case unnamedTensor(path: String, offset: Int)
    case unknownType(path: String, tensor: String, type: Int)
    case badShape(path: String, tensor: String, problem: String)
    case wrongSize(path: String, tensor: String, expected: Int, found: Int)
    case severalPayloads(path: String, tensor: String)
    case segmented(path: String, tensor: String)
    case scattered(path: String, tensor: String)
    case noLocation(path: String, tensor: String)
    case badLocation(path: String, tensor: String, location: String, problem: String)
    case missingFile(path: String, tensor: String, file: String)
    case badExternal(path: String, tensor: String, problem: String)
    case unknownOperator(path: String, node: String, name: String)
    case sparse(path: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noGraph(let path): "\(path): holds no ONNX graph; the file is empty or of another kind"
        case .notProtobuf(let path, let reason): "\(path): is no complete ONNX file: \(reason); copy or download it again"
        case .tooMany(let path, let what, let limit): "\(path): has more than \(limit) \(what); the file is damaged or hostile"
        case .unnamedTensor(let path, let offset): "\(path): the initializer at byte \(offset) has no name; the file is damaged"
        case .unknownType(let path, let tensor, let type):
            "\(path): tensor '\(tensor)' has data type \(type), which is no type of numbers that Albit reads; export the model in "
                + "float32, float16 or bfloat16"
        case .badShape(let path, let tensor, let problem): "\(path): tensor '\(tensor)' \(problem)"
        case .wrongSize(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' has \(found) bytes of data, its shape and type need \(expected); the file is damaged"
        case .severalPayloads(let path, let tensor):
            "\(path): tensor '\(tensor)' has its values twice, in raw_data and in a typed field; the file is damaged"
        case .segmented(let path, let tensor): "\(path): tensor '\(tensor)' is stored in segments, which no known program writes"
        case .scattered(let path, let tensor):
            "\(path): tensor '\(tensor)' is stored number by number; save the model again with raw data (onnx.save does)"
        case .noLocation(let path, let tensor): "\(path): tensor '\(tensor)' is external, but no file is named"
        case .badLocation(let path, let tensor, let location, let problem):
            "\(path): tensor '\(tensor)' lies in '\(location)', which \(problem); external data has to lie beside the model"
        case .missingFile(let path, let tensor, let file):
            "\(path): tensor '\(tensor)' lies in '\(file)', which is not there; copy it beside the model"
        case .badExternal(let path, let tensor, let problem): "\(path): external tensor '\(tensor)' \(problem)"
        case .unknownOperator(let path, let node, let name):
            "\(path): node '\(node)' is of the unknown operator \(name); Albit knows ONNX and com.microsoft (ONNX Runtime)"
        case .sparse(let path): "\(path): has sparse initializers, which Albit does not read; save the model with dense ones"
        }
    }
}
