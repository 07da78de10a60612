import AlbitText

/// `Prepend`: a text in front of every text that is not empty. It has the origin of the first character.
enum Prepend {
    static func apply(_ source: AlignedText, into target: AlignedText, start: UInt32, prefix: [UInt8]) -> Bool {
        target.count = 0
        target.reserve(source.count + prefix.count)
        prepend(source, 0..<source.count, prefix, to: target)
        return true
    }

    /// Appends `prefix` and a part of a text that is not empty.
    static func prepend(_ source: AlignedText, _ range: Range<Int>, _ prefix: [UInt8], to target: AlignedText) {
        let origin = source.origins[range.lowerBound]
        target.reserve(prefix.count)
        for byte in prefix { target.append(byte, origin) }
        target.append(source, range)
    }
}
