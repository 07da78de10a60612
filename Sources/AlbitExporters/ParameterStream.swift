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

    func write(_ bytes: UnsafeRawBufferPointer) throws(ExportError<Source.SourceError>) {
        do { try file.write(bytes) } catch { throw .output(error) }
    }

    /// All elements of a canonical parameter as little-endian float32.
    func copy(_ name: String, elements count: Int) throws(ExportError<Source.SourceError>) {
        try forEachBlock(of: name, elements: count) { (_, floats) throws(ExportError<Source.SourceError>) in
            try write(UnsafeRawBufferPointer(floats))
        }
    }

    /// Calls `body` with each block of a parameter and the index of its first element.
    func forEachBlock(
        of name: String, elements count: Int,
        _ body: (Int, UnsafeBufferPointer<Float>) throws(ExportError<Source.SourceError>) -> Void
    ) throws(ExportError<Source.SourceError>) {
        var buffer = [Float](repeating: 0, count: min(block, count))
        var first = 0
        while first < count {
            let end = min(first + block, count)
            try buffer.withUnsafeMutableBufferPointer { (floats) throws(ExportError<Source.SourceError>) in
                let part = UnsafeMutableBufferPointer(rebasing: floats[..<(end - first)])
                do throws(Source.SourceError) {
                    try source.read(name, elements: first..<end, into: part)
                } catch { throw .source(error) }
                try body(first, UnsafeBufferPointer(part))
            }
            first = end
        }
    }
}
