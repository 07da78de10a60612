import AlbitModel

/// Why a pickle is not read.
package enum PickleError: AlbitError {
    case forbiddenGlobal(path: String, name: String)
    case quantized(path: String, name: String)
    case forbiddenCall(path: String, what: String, offset: Int)
    case unknownOpcode(path: String, opcode: UInt8, offset: Int)
    case unknownProtocol(path: String, version: Int)
    case truncated(path: String, offset: Int)
    case stackUnderflow(path: String, offset: Int)
    case noMark(path: String, offset: Int)
    case badMemo(path: String, index: Int, offset: Int)
    case badArgument(path: String, what: String, offset: Int)
    case tooLarge(path: String, size: Int, limit: Int)
    case tooManyValues(path: String, limit: Int)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .forbiddenGlobal(let path, let name):
            "\(path): the pickle names the Python object '\(name)', which no tensor needs; nothing was executed. "
                + "Refused; if you trust the file, save the state_dict of its model as safetensors"
        case .quantized(let path, let name):
            "\(path): holds quantized tensors ('\(name)'); give the checkpoint from before quantization"
        case .forbiddenCall(let path, let what, let offset): "\(path): the pickle calls \(what) at byte \(offset); refused, nothing was executed; save the state_dict as safetensors if you trust the file"
        case .unknownOpcode(let path, let opcode, let offset):
            "\(path): the pickle has opcode \(opcode) at byte \(offset), which files of tensors never use; save the state_dict with torch.save"
        case .unknownProtocol(let path, let version): "\(path): pickle protocol \(version), expected 2 to 5; save it again with torch.save"
        case .truncated(let path, let offset):
            "\(path): the pickle ends at byte \(offset) in the middle; download the file again"
        case .stackUnderflow(let path, let offset): "\(path): the pickle takes from an empty stack at byte \(offset); the file is damaged, download it again"
        case .noMark(let path, let offset): "\(path): the pickle needs a mark at byte \(offset), but has none; the file is damaged, download it again"
        case .badMemo(let path, let index, let offset): "\(path): the pickle refers to memo \(index) at byte \(offset), which is not set; the file is damaged, download it again"
        case .badArgument(let path, let what, let offset): "\(path): the pickle has \(what) at byte \(offset), expected a state dict of tensors; save it again with torch.save"
        case .tooLarge(let path, let size, let limit): "\(path): a pickle of \(size) bytes, more than the limit of \(limit); save only the state_dict"
        case .tooManyValues(let path, let limit):
            "\(path): the pickle unfolds to more than \(limit) values or nests deeper than any checkpoint does; save only the state_dict"
        }
    }
}
