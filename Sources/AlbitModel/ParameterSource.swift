import AlbitText

/// Where the canonical parameters of a model come from: an imported checkpoint or graph. Nothing is read before
/// it is asked for, and rows may be asked for in blocks, so that a conversion streams.
package protocol ParameterSource: AnyObject {
    var configuration: Configuration { get }
    /// Shape of a canonical parameter (`ParameterName`), nil where the source has none of that name.
    func shape(of name: String) -> [Int]?
    /// Converts elements `range` (row-major, after any transposition to [out][in]) of a parameter to float32.
    /// F64 is rounded to nearest even; F16 and BF16 convert exactly. NaN and Inf are errors naming the tensor.
    func read(_ name: String, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault)
}

extension ParameterSource {
    /// Reads elements into the beginning of an array, which must have room for them.
    package func read(_ name: String, elements range: Range<Int>, into values: inout [Float]) throws(Fault) {
        func fill(_ buffer: inout UnsafeMutableBufferPointer<Float>) throws(Fault) {
            try read(name, elements: range, into: UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
        }
        try values.withUnsafeMutableBufferPointer(fill)
    }

    /// All values of a canonical parameter.
    package func values(_ name: String, count: Int) throws(Fault) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        try read(name, elements: 0..<count, into: &values)
        return values
    }
}
