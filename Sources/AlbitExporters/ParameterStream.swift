import AlbitModel
import AlbitText

/// Copies parameters of a source into a file in blocks, so that no tensor is ever held whole.
struct ParameterStream<Source: ParameterSource> {
    let source: Source
    let file: OutputFile

    func write<Value: BitwiseCopyable>(_ values: [Value]) throws(Fault) { try file.write(values) }

    /// All elements of a parameter as little-endian float32.
    func copy(_ parameter: Parameter, elements count: Int) throws(Fault) {
        var blocks = ParameterBlocks(source: source, parameter: parameter, count: count)
        while let (_, values) = try blocks.next() { try write(values) }
    }
}

/// The elements of a parameter, some at a time.
struct ParameterBlocks<Source: ParameterSource> {
    private let source: Source
    private let parameter: Parameter
    private let count: Int
    private let size: Int
    private var first = 0
    private var values: [Float] = []

    /// Blocks of `size` elements, 1 MB where nothing else is said; the last one is what is left.
    init(source: Source, parameter: Parameter, count: Int, size: Int = 1 << 18) {
        self.source = source
        self.parameter = parameter
        self.count = count
        self.size = size
    }

    /// The next block and the place of its first element; nil after the last.
    mutating func next() throws(Fault) -> (first: Int, values: [Float])? {
        guard first < count else { return nil }
        let range = first..<min(first + size, count)
        if values.count != range.count { values = [Float](repeating: 0, count: range.count) }
        try source.read(parameter, elements: range, into: &values)
        first = range.upperBound
        return (range.lowerBound, values)
    }
}
