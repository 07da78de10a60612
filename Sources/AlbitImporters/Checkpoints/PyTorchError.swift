import AlbitModel

/// Why a PyTorch file is not a checkpoint that can be read.
package enum PyTorchError: AlbitError {
    case notTorch(path: String)
    case byteOrder(path: String, order: String)
    case frozenScript(path: String)
    case missingStorage(path: String, tensor: String, storage: String)
    case shortStorage(path: String, tensor: String, storage: String, expected: Int, found: Int)
    case outsideStorage(path: String, tensor: String, storage: String, shape: [Int], offset: Int, elements: Int)
    case badExport(path: String, problem: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .notTorch(let path):
            "\(path): is an archive or pickle, but not one that torch.save writes: data.pkl or the magic number is missing; expected a checkpoint of torch.save, torch.jit.save or torch.export.save"
        case .byteOrder(let path, let order):
            "\(path): was written on a machine of byte order '\(order)', expected 'little'; save it again on a usual machine"
        case .frozenScript(let path):
            "\(path): is a frozen TorchScript module: its weights are constants without names; give the model from before torch.jit.freeze"
        case .missingStorage(let path, let tensor, let storage):
            "\(path): the storage '\(storage)' of tensor '\(tensor)' is missing; download the file again"
        case .shortStorage(let path, let tensor, let storage, let expected, let found):
            "\(path): the storage '\(storage)' of tensor '\(tensor)' has \(found) bytes, expected \(expected); download the file again"
        case .outsideStorage(let path, let tensor, let storage, let shape, let offset, let elements):
            "\(path): tensor '\(tensor)' of shape \(shape) at element \(offset) reaches outside its storage '\(storage)' of \(elements); the file is damaged, download it again"
        case .badExport(let path, let problem): "\(path): the weights of this torch.export archive cannot be read: \(problem); export it again"
        }
    }
}
