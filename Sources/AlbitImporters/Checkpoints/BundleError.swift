import AlbitModel

/// Every way in which a TensorFlow checkpoint can be wrong.
package enum BundleError: AlbitError {
    case noHeader(path: String)
    case badHeader(path: String, problem: String)
    case missingShard(path: String, shard: String)
    case badEntry(path: String, tensor: String, problem: String)
    case outsideShard(path: String, tensor: String, shard: String, offset: Int, bytes: Int, size: Int)
    case overlap(path: String, first: String, second: String)
    case missingSlice(path: String, tensor: String)
    case tooManyDimensions(path: String)
    case wrongChecksum(path: String, tensor: String, shard: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .noHeader(let path): "\(path): is a table, but no TensorFlow checkpoint: the header under the empty key is missing; expected the .index of a checkpoint of version 2"
        case .badHeader(let path, let problem): "\(path): the checkpoint's header tells of \(problem), which is not supported; save it again with TensorFlow on a usual machine"
        case .missingShard(let path, let shard): "\(path): the data file '\(shard)' is not beside it; download it too"
        case .badEntry(let path, let tensor, let problem): "\(path): the entry of tensor '\(tensor)' is wrong: \(problem); download the checkpoint again"
        case .outsideShard(let path, let tensor, let shard, let offset, let bytes, let size):
            "\(path): tensor '\(tensor)' needs \(bytes) bytes at \(offset) of '\(shard)', which has \(size); download it again"
        case .overlap(let path, let first, let second): "\(path): tensors '\(first)' and '\(second)' share bytes; download the checkpoint again"
        case .missingSlice(let path, let tensor): "\(path): the parts of the partitioned tensor '\(tensor)' do not make it whole; download the checkpoint again"
        case .tooManyDimensions(let path): "\(path): a tensor has more than \(ShapeProto.maxRank) dimensions; the file is damaged or hostile"
        case .wrongChecksum(let path, let tensor, let shard):
            "\(path): the CRC-32C of tensor '\(tensor)' does not match its bytes in '\(shard)'; download the checkpoint again"
        }
    }
}
