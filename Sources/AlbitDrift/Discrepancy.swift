/// How far rows of values are from reference rows, summed in double; constant memory.
package struct Discrepancy: Sendable {
    private var differenceSquares = 0.0
    private var referenceSquares = 0.0
    private var cosines = 0.0
    /// Rows seen.
    package private(set) var count = 0
    /// Largest absolute difference of two values.
    package private(set) var maxAbs = 0.0
    /// Smallest cosine of a row with its reference; 1 where none was seen.
    package private(set) var cosineMin = 1.0

    package init() {}

    /// Adds one row. Two rows of zeros have cosine 1, one of them 0.
    package mutating func add(_ candidate: UnsafeBufferPointer<Float>, reference: UnsafeBufferPointer<Float>) {
        var difference = 0.0
        var candidateSquare = 0.0
        var referenceSquare = 0.0
        var product = 0.0
        for i in 0..<min(candidate.count, reference.count) {
            let a = Double(candidate[i])
            let b = Double(reference[i])
            difference += (a - b) * (a - b)
            candidateSquare += a * a
            referenceSquare += b * b
            product += a * b
            maxAbs = max(maxAbs, abs(a - b))
        }
        differenceSquares += difference
        referenceSquares += referenceSquare
        let norm = (candidateSquare * referenceSquare).squareRoot()
        let cosine = norm > 0 ? product / norm : candidateSquare == referenceSquare ? 1 : 0
        cosines += cosine
        cosineMin = min(cosineMin, cosine)
        count += 1
    }

    package mutating func add(_ candidate: [Float], reference: [Float]) {
        candidate.withUnsafeBufferPointer { a in reference.withUnsafeBufferPointer { b in add(a, reference: b) } }
    }

    /// sqrt(Σ‖a − b‖² / Σ‖b‖²) over all rows; 0 where nothing differs.
    package var relativeL2: Double {
        differenceSquares == 0
            ? 0 : referenceSquares == 0 ? .infinity : (differenceSquares / referenceSquares).squareRoot()
    }

    package var cosineMean: Double { count == 0 ? 1 : cosines / Double(count) }
}
