import AlbitText

/// How places in a text are counted.
package struct Offsets: Sendable {
    /// Code points instead of UTF-8 bytes.
    package let countsCharacters: Bool

    package init(countsCharacters: Bool) { self.countsCharacters = countsCharacters }

    /// The place of a byte of `text`.
    package func place(_ offset: Int, in text: [UInt8]) -> Int {
        countsCharacters ? text.withUnsafeBytes { UTF8Bytes.characters(in: $0, before: offset) } : offset
    }
}
