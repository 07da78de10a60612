import AlbitModel

/// An error while a model is exported: the source's, or that of the output file.
package enum ExportError<SourceError: AlbitError>: AlbitError {
    case source(SourceError)
    case output(OutputError)
    case unsupported(String)

    package var description: String {
        switch self {
        case .source(let error): error.description
        case .output(let error): error.description
        case .unsupported(let text): text
        }
    }

    package var failure: Failure {
        switch self {
        case .source(let error): error.failure
        case .output(let error): error.failure
        case .unsupported: .input
        }
    }
}

/// Copies parameters of a source into a file in blocks, so that no tensor is ever held whole.
struct ParameterStream<Source: ParameterSource> {
    let source: Source
    let file: OutputFile
    /// 1 MB of float32 at a time.
    let block = 1 << 18

    func write(_ bytes: [UInt8]) throws(ExportError<Source.SourceError>) {
        do { try file.write(bytes) } catch { throw .output(error) }
    }

    /// All elements of a canonical parameter as little-endian float32.
    func copy(_ name: String, elements count: Int) throws(ExportError<Source.SourceError>) {
        var buffer = [Float](repeating: 0, count: min(block, count))
        var first = 0
        while first < count {
            let end = min(first + block, count)
            do {
                try buffer.withUnsafeMutableBufferPointer { (floats) throws(Source.SourceError) in
                    try source.read(name, elements: first..<end, into: UnsafeMutableBufferPointer(rebasing: floats[..<(end - first)]))
                }
            } catch { throw .source(error) }
            do {
                try buffer.withUnsafeBufferPointer { (floats) throws(OutputError) in
                    try file.write(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: floats[..<(end - first)])))
                }
            } catch { throw .output(error) }
            first = end
        }
    }
}
