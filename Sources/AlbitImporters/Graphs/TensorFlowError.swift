import AlbitModel

/// Why a TensorFlow graph or SavedModel cannot be read.
package enum TensorFlowError: AlbitError {
    case notProtobuf(path: String, reason: String)
    case noGraph(path: String)
    case tooMany(path: String, what: String, limit: Int)
    case unnamedNode(path: String, offset: Int)
    case definedTwice(path: String, what: String, name: String)
    case undefinedInput(path: String, node: String, input: String)
    case badAttribute(path: String, node: String, attribute: String, problem: String)
    case badTensor(path: String, node: String, problem: String)
    case missingInput(path: String, node: String, operation: String, inputs: Int)
    case unknownFunction(path: String, node: String, function: String)
    case callsTooDeep(path: String, node: String, limit: Int)
    case noVariables(path: String, expected: String)
    case unknownVariable(path: String, node: String)
    case nothingComputed(path: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .notProtobuf(let path, let reason):
            "\(path): is no complete TensorFlow graph: \(reason); copy or download it again"
        case .noGraph(let path): "\(path): holds no TensorFlow graph; the file is empty or of another kind"
        case .tooMany(let path, let what, let limit): "\(path): has more than \(limit) \(what); the file is damaged or hostile"
        case .unnamedNode(let path, let offset): "\(path): the node at byte \(offset) has no name or no operator; the file is damaged"
        case .definedTwice(let path, let what, let name): "\(path): \(what) '\(name)' is there twice; the file is damaged"
        case .undefinedInput(let path, let node, let input):
            "\(path): node '\(node)' reads '\(input)', which nothing defines; the graph is incomplete"
        case .badAttribute(let path, let node, let attribute, let problem):
            "\(path): attribute '\(attribute)' of node '\(node)' \(problem)"
        case .badTensor(let path, let node, let problem): "\(path): the tensor of node '\(node)' \(problem)"
        case .missingInput(let path, let node, let operation, let inputs):
            "\(path): node '\(node)' is a \(operation) with \(inputs) inputs, which are too few; the file is damaged"
        case .unknownFunction(let path, let node, let function):
            "\(path): node '\(node)' calls the function '\(function)', which the file does not hold"
        case .callsTooDeep(let path, let node, let limit):
            "\(path): at node '\(node)' functions call each other more than \(limit) deep; the file is damaged or hostile"
        case .noVariables(let path, let expected):
            "\(path): is the graph of a SavedModel, but its weights are not beside it; expected \(expected)"
        case .unknownVariable(let path, let node):
            "\(path): node '\(node)' is a variable whose value is in no checkpoint beside the graph; freeze the graph, or save the "
                + "model with its variables"
        case .nothingComputed(let path): "\(path): the graph has no outputs; every node is read by another"
        }
    }
}
