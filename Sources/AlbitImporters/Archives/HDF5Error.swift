import AlbitModel

/// Every way in which an HDF5 file can be wrong, or more than Albit reads.
package enum HDF5Error: AlbitError {
    case truncated(path: String, size: Int, expected: Int)
    case outside(path: String, what: String, address: Int, size: Int)
    case damaged(path: String, problem: String, offset: Int)
    case tooMany(path: String, what: String, limit: Int)
    case unsupported(path: String, what: String)
    case badDataset(path: String, dataset: String, problem: String)
    case wrongChecksum(path: String, dataset: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .truncated(let path, let size, let expected):
            "\(path): has \(size) bytes, but its superblock tells of \(expected); download it again"
        case .outside(let path, let what, let address, let size):
            "\(path): \(what) at address \(address) lies outside the file of \(size) bytes; download it again"
        case .damaged(let path, let problem, let offset): "\(path): \(problem) at address \(offset), unlike HDF5; the file is damaged, download it again"
        case .tooMany(let path, let what, let limit): "\(path): has more than \(limit) \(what), or a cycle of them; the file is damaged or hostile"
        case .unsupported(let path, let what):
            "\(path): uses \(what), which Keras does not write and Albit does not read; save it again with Keras or h5py's defaults"
        case .badDataset(let path, let dataset, let problem): "\(path): dataset '\(dataset)' \(problem)"
        case .wrongChecksum(let path, let dataset): "\(path): a chunk of dataset '\(dataset)' has a wrong Fletcher-32 checksum; download it again"
        }
    }
}
