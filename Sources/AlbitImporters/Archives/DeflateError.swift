import AlbitModel

/// Why compressed data could not be unpacked.
package enum DeflateError: AlbitError {
    case truncated(path: String, offset: Int)
    case corrupt(path: String, offset: Int, problem: String)
    case endsEarly(path: String, offset: Int, expected: Int)
    case tooLong(path: String, expected: Int)
    case bomb(path: String, output: Int, input: Int)
    case noMemory(path: String)

    package var failure: Failure {
        if case .noMemory = self { .machine } else { .input }
    }

    package var description: String {
        switch self {
        case .truncated(let path, let offset):
            "\(path): the compressed data ends at byte \(offset) in the middle; download the file again"
        case .corrupt(let path, let offset, let problem):
            "\(path): the compressed data is damaged near byte \(offset) (\(problem)); download the file again"
        case .endsEarly(let path, let offset, let expected):
            "\(path): unpacks to \(offset) bytes, but at least \(expected) are needed; download the file again"
        case .tooLong(let path, let expected): "\(path): unpacks to more than the \(expected) bytes it declares; the file is damaged, download it again"
        case .bomb(let path, let output, let input):
            "\(path): \(input) compressed bytes unpack to more than \(output): no archive of weights does that; refused, unpack it first if you trust it"
        case .noMemory(let path): "\(path): no memory for decompression; close other programs or raise the limit (ulimit -v)"
        }
    }
}
