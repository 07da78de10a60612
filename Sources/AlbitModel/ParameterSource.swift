/// Where the canonical parameters of a model come from: an imported checkpoint or graph. Nothing is read before
/// it is asked for, and rows may be asked for in blocks, so that a conversion streams.
package protocol ParameterSource: AnyObject {
    associatedtype SourceError: AlbitError

    var configuration: Configuration { get }
    /// Shape of a canonical parameter (`ParameterName`), nil where the source has none of that name.
    func shape(of name: String) -> [Int]?
    /// Converts elements `range` (row-major, after any transposition to [out][in]) of a parameter to float32.
    /// F64 is rounded to nearest even; F16 and BF16 convert exactly. NaN and Inf are errors naming the tensor.
    func read(_ name: String, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(SourceError)
}
