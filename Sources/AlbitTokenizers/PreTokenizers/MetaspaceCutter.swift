import AlbitText

/// Runs `Metaspace`, and a `WhitespaceSplit` before it in the same pass.
///
/// Source: tokenizers 0.23, src/pre_tokenizers/metaspace.rs.
struct MetaspaceCutter {
    private let metaspace: Metaspace
    /// What cuts beforehand, and goes.
    private let white: Delimiters?
    /// Bytes that may begin a blank, a mark or white space; all others are copied.
    private var stops = [Bool](repeating: false, count: 256)

    init(_ metaspace: Metaspace, white: Delimiters?) {
        self.metaspace = metaspace
        self.white = white
        stops[0x20] = true
        stops[Int(metaspace.replacement[0])] = true
        guard let white else { return }
        for byte: UInt8 in 0..<0x80 where white.contains(UInt32(byte)) { stops[Int(byte)] = true }
        // The first bytes of all characters of white space outside ASCII.
        for byte in [0xC2, 0xE1, 0xE2, 0xE3] { stops[byte] = true }
    }

    func apply(
        _ source: AlignedText, _ segments: [TextSegment], into target: AlignedText, _ result: inout [TextSegment]
    ) {
        target.count = 0
        let mark = metaspace.replacement
        let splits = metaspace.splits
        for segment in segments {
            var start = target.count
            if segment.token >= 0 {
                target.append(source, segment.start..<segment.end)
                result.append(TextSegment(start: start, end: target.count, token: segment.token))
                continue
            }
            var position = segment.start
            while position < segment.end {
                start = target.count
                target.reserve(segment.end - position + mark.count)
                if !stops[Int(source.bytes[position])], isPrepended(source, position) {
                    append(mark, source.origins[position], to: target)
                }
                position = target.append(source, position..<segment.end, upTo: stops)
                // What may end the copied bytes does, or is copied too.
                while position < segment.end {
                    if let length = whiteLength(source, position) {
                        position += length
                        break
                    }
                    let isBlank = source.bytes[position] == 0x20
                    let isCut = isBlank || isMark(source, position, mark)
                    if target.count == start, !isBlank, !isCut, isPrepended(source, position) {
                        append(mark, source.origins[position], to: target)
                    }
                    if isCut {
                        if splits, target.count > start {
                            result.append(TextSegment(start: start, end: target.count))
                            start = target.count
                        }
                        append(mark, source.origins[position], to: target)
                        position += isBlank ? 1 : mark.count
                    } else {
                        target.reserve(1)
                        target.append(source.bytes[position], source.origins[position])
                        position += 1
                    }
                    target.reserve(segment.end - position)
                    position = target.append(source, position..<segment.end, upTo: stops)
                }
                if target.count > start { result.append(TextSegment(start: start, end: target.count)) }
            }
        }
    }

    /// Bytes of the white space at a place; nil where there is none.
    private func whiteLength(_ source: AlignedText, _ position: Int) -> Int? {
        guard let white, stops[Int(source.bytes[position])] else { return nil }
        let (code, count) = source.character(position)
        return white.contains(code) ? count : nil
    }

    private func append(_ mark: [UInt8], _ origin: Origin, to target: AlignedText) {
        target.reserve(mark.count)
        for i in 0..<mark.count { target.append(mark[i], origin) }
    }

    /// Whether a mark is put in front of what begins at a place and is neither a blank nor a mark.
    private func isPrepended(_ source: AlignedText, _ position: Int) -> Bool {
        let scheme = metaspace.scheme
        return scheme == .always || scheme == .first && source.origins[position].start == 0
    }

    private func isMark(_ text: AlignedText, _ position: Int, _ mark: [UInt8]) -> Bool {
        guard text.count - position >= mark.count else { return false }
        for i in 0..<mark.count where text.bytes[position + i] != mark[i] { return false }
        return true
    }
}
