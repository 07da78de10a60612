import AlbitText

/// `Metaspace`: blanks become a mark, a mark is put in front, and the text is cut before each mark.
///
/// Source: tokenizers 0.23, src/pre_tokenizers/metaspace.rs.
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

    func apply(
        _ source: AlignedText, _ segments: [TextSegment], into target: AlignedText, _ result: inout [TextSegment]
    ) {
        target.count = 0
        target.reserve(source.count + replacement.count * (segments.count + 1))
        result.removeAll(keepingCapacity: true)
        var splitter = SegmentSplitter(.mergedWithNext)
        for segment in segments {
            let start = target.count
            if segment.token >= 0 {
                target.append(source, segment.start..<segment.end)
                result.append(TextSegment(start: start, end: target.count, token: segment.token))
                continue
            }
            if prepends(source, segment) { append(source.origins[segment.start], to: target) }
            for i in segment.start..<segment.end {
                if source.bytes[i] == 0x20 {
                    append(source.origins[i], to: target)
                } else {
                    target.reserve(1)
                    target.append(source.bytes[i], source.origins[i])
                }
            }
            guard splits else {
                result.append(TextSegment(start: start, end: target.count))
                continue
            }
            splitter.begin(TextSegment(start: start, end: target.count))
            var position = start
            while position < target.count {
                if isMark(target, position) {
                    splitter.add(position, position + replacement.count)
                    position += replacement.count
                } else {
                    position += target.character(position).count
                }
            }
            splitter.finish(into: &result)
        }
    }

    private func append(_ origin: Origin, to target: AlignedText) {
        target.reserve(replacement.count)
        for byte in replacement { target.append(byte, origin) }
    }

    private func prepends(_ source: AlignedText, _ segment: TextSegment) -> Bool {
        if scheme == .never || scheme == .first && source.origins[segment.start].start != 0 { return false }
        return source.bytes[segment.start] != 0x20 && !isMark(source, segment.start)
    }

    private func isMark(_ text: AlignedText, _ position: Int) -> Bool {
        guard text.count - position >= replacement.count else { return false }
        for i in replacement.indices where text.bytes[position + i] != replacement[i] { return false }
        return true
    }
}
