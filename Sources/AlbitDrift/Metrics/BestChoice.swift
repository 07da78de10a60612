/// The answer of a head that chooses.
package enum BestChoice {
    /// The index of the largest value, the first of equal ones as `argmax` of NumPy; nil without values or where one is
    /// not a number.
    package static func of(_ values: [Float]) -> Int? {
        guard !values.isEmpty, values.allSatisfy({ !$0.isNaN }) else { return nil }
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return best
    }
}
