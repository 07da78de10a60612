/// The cosine of two vectors, in double.
package enum Cosine {
    /// nil where a vector has no length, or their sizes differ.
    package static func of(_ a: [Float], _ b: [Float]) -> Double? {
        guard a.count == b.count else { return nil }
        var (aa, bb, ab) = (0.0, 0.0, 0.0)
        for i in a.indices {
            aa += Double(a[i]) * Double(a[i])
            bb += Double(b[i]) * Double(b[i])
            ab += Double(a[i]) * Double(b[i])
        }
        return aa > 0 && bb > 0 ? ab / (aa.squareRoot() * bb.squareRoot()) : nil
    }
}
