import AlbitText

/// Where the parameters of a model come from: an imported checkpoint or graph. Nothing is read before
/// it is asked for, and rows may be asked for in blocks, so that a conversion streams.
package protocol ParameterSource: AnyObject {
    var configuration: Configuration { get }
    /// The sentence pipeline whose weights the source holds; nil where there is none.
    var sentence: SentencePipeline? { get }
    /// Shape of a parameter, nil where the source has none.
    func shape(of parameter: Parameter) -> [Int]?
    /// Converts elements `range` (row-major, after any transposition to [out][in]) of a parameter to float32.
    /// F64 is rounded to nearest even; F16 and BF16 convert exactly. NaN and Inf are errors naming the tensor.
    func read(
        _ parameter: Parameter, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws(Fault)
}

extension ParameterSource {
    /// All parameters that are there, in the order of the network.
    package var parameters: [Parameter] {
        let ofSentences = sentence?.parameters(hiddenSize: configuration.hiddenSize).map { $0.parameter } ?? []
        return (Parameter.all(configuration) + ofSentences).filter { shape(of: $0) != nil }
    }

    package var sentence: SentencePipeline? { nil }

    /// Reads elements into the beginning of an array, which must have room for them.
    package func read(
        _ parameter: Parameter, elements range: Range<Int>, into values: inout [Float]
    ) throws(Fault) {
        func fill(_ buffer: inout UnsafeMutableBufferPointer<Float>) throws(Fault) {
            try read(parameter, elements: range, into: UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
        }
        try values.withUnsafeMutableBufferPointer(fill)
    }

    /// All values of a parameter.
    package func values(_ parameter: Parameter, count: Int) throws(Fault) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        try read(parameter, elements: 0..<count, into: &values)
        return values
    }
}
