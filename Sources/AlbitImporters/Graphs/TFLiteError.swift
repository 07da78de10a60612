import AlbitModel

/// Why a TFLite file cannot be read.
package enum TFLiteError: AlbitError {
    case noGraph(path: String)
    case unsupportedVersion(path: String, version: Int)
    case badReference(path: String, what: String, index: Int, count: Int)
    case badShape(path: String, tensor: String, shape: [Int])
    case unknownType(path: String, tensor: String, type: Int)
    case outside(path: String, tensor: String, offset: Int, bytes: Int, size: Int)
    case wrongSize(path: String, tensor: String, expected: Int, found: Int)
    case badScale(path: String, tensor: String, problem: String)
    case integerActivations(path: String, node: String, tensor: String)
    case sparse(path: String, tensor: String)
    case missingInput(path: String, node: String, inputs: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noGraph(let path): "\(path): holds no TFLite graph; the file is empty"
        case .unsupportedVersion(let path, let version): "\(path): is of TFLite schema version \(version), expected 3"
        case .badReference(let path, let what, let index, let count):
            "\(path): \(what) refers to number \(index) of \(count); the file is damaged"
        case .badShape(let path, let tensor, let shape): "\(path): tensor '\(tensor)' has the impossible shape \(shape)"
        case .unknownType(let path, let tensor, let type):
            "\(path): tensor '\(tensor)' has the type \(type), which holds no numbers that Albit reads; convert the model with "
                + "float32, float16 or int8 weights"
        case .outside(let path, let tensor, let offset, let bytes, let size):
            "\(path): tensor '\(tensor)' needs \(bytes) bytes at \(offset), the file has \(size); copy or download it again"
        case .wrongSize(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' has \(found) bytes of data, its shape and type need \(expected); the file is damaged"
        case .badScale(let path, let tensor, let problem): "\(path): the scales of tensor '\(tensor)' \(problem)"
        case .integerActivations(let path, let node, let tensor):
            "\(path): \(node) computes '\(tensor)' in integers: the activations are quantized, not only the weights, and the float "
                + "model cannot be had back; use the float original"
        case .sparse(let path, let tensor): "\(path): tensor '\(tensor)' is stored sparse, which Albit does not read"
        case .missingInput(let path, let node, let inputs): "\(path): \(node) has \(inputs) inputs, which are too few; the file is damaged"
        }
    }
}
