import AlbitText

/// The settings of `Metaspace`: blanks become a mark, a mark is put in front, and the text is cut before each mark.
package struct Metaspace: Sendable, Equatable {
    package enum Scheme: UInt8, Sendable {
        /// A mark before the first segment only, where it begins the text.
        case first
        case never
        case always
    }

    /// The mark, one character as UTF-8.
    package var replacement: [UInt8]
    package var scheme: Scheme
    package var splits: Bool

    package init(replacement: [UInt8] = [0xE2, 0x96, 0x81], scheme: Scheme = .always, splits: Bool = true) {
        self.replacement = replacement
        self.scheme = scheme
        self.splits = splits
    }
}
