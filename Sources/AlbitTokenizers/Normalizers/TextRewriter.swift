/// Writes a changed form of a text, character by character, and works out where each character comes from.
///
/// Every new character says how it relates to the old ones: 0 takes the place of the next one, a negative number takes
/// the place of the next one and swallows as many more, a positive one is put in and shares the origin of what stands
/// before. Source: tokenizers 0.23, `NormalizedString::transform_range`, whose quirks this keeps: what is swallowed
/// where nothing was written before is forgotten, and shifts origins.
struct TextRewriter {
    let source: AlignedText
    let target: AlignedText
    /// Where the text begins in the original: the origin of what is put in before everything else.
    let start: UInt32
    /// The place in the source up to which characters are replaced.
    private var position: Int

    /// `skipped` characters at the beginning are dropped.
    init(_ source: AlignedText, into target: AlignedText, start: UInt32, skipped: Int = 0) {
        self.source = source
        self.target = target
        self.start = start
        target.count = 0
        target.reserve(source.count + 16)
        // Characters without a width in the original are not reached: the library asks for those of the whole original.
        var first = 0
        while first < source.count, source.origins[first].start == source.origins[first].end { first += 1 }
        target.append(source, 0..<first)
        position = first
        for _ in 0..<skipped { position += width() }
    }

    @inline(__always)
    private func width() -> Int {
        guard position < source.count else { return 0 }
        let lead = source.bytes[position]
        return lead < 0x80 ? 1 : min(lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, source.count - position)
    }

    @inline(__always)
    mutating func write(_ code: UInt32, _ change: Int) {
        var origin = Origin(start: start, end: start)
        if change > 0 {
            if position > 0 { origin = source.origins[position - 1] }
        } else if source.count > 0 {
            origin = source.origins[min(position, source.count - 1)]
            var count = 1 - change
            while count > 0 {
                position += width()
                count -= 1
            }
        }
        target.append(code: code, origin)
    }
}
