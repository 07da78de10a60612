import AlbitText

/// What ALBERT's own tokenizer does to text before SentencePiece sees it: white space, quotation marks,
/// decomposition, accents, lower case.
///
/// Source: Hugging Face transformers 4.57, `AlbertTokenizer.preprocess_text`, and `PreTrainedTokenizer.tokenize`,
/// which lower-cases each character beforehand; google-research/albert, tokenization.py.
struct AlbertPreprocessor {
    let settings: TokenizerSettings

    /// Prepares the bytes `range` of `text`; `output` is emptied first. Bytes that are not UTF-8 become U+FFFD.
    func prepare(_ text: UnsafeRawBufferPointer, _ range: Range<Int>, into output: AlignedText) {
        output.count = 0
        output.reserve(range.count + 16)
        var run = Run(settings: settings, output: output)
        let removeSpace = settings.removeSpace
        let joinQuotes = settings.joinQuotes
        let lowerASCII = settings.lowerCase
        var position = range.lowerBound
        var pendingSpace: Origin?
        while position < range.upperBound {
            let byte = text[position]
            var end = position + 1
            if byte < 0x80 {
                if removeSpace, byte == 0x20 || byte &- 0x09 < 5 || byte &- 0x1C < 4 {
                    if output.count > 0, pendingSpace == nil {
                        pendingSpace = Origin(start: UInt32(position), end: UInt32(end))
                    }
                    position = end
                    continue
                }
                if let space = pendingSpace {
                    pendingSpace = nil
                    run.emitASCII(0x20, space)
                }
                if joinQuotes, byte == 0x60 || byte == 0x27, end < range.upperBound, text[end] == byte {
                    // It counts as the second of the two, as in the offsets of the `tokenizers` library.
                    end += 1
                    run.emitASCII(0x22, Origin(start: UInt32(position + 1), end: UInt32(end)))
                } else {
                    let lower = lowerASCII && byte &- 0x41 < 26 ? byte | 0x20 : byte
                    run.emitASCII(lower, Origin(start: UInt32(position), end: UInt32(end)))
                }
                position = end
                continue
            }
            var code: UInt32 = 0xFFFD
            if let decoded = UTF8Bytes.decode(UnsafeRawBufferPointer(rebasing: text[..<range.upperBound]), at: position)
            {
                code = decoded.code
                end = position + decoded.count
            }
            let origin = Origin(start: UInt32(position), end: UInt32(end))
            position = end
            if removeSpace, UnicodeProperties.flags(code).hasAny(.space) {
                if output.count > 0, pendingSpace == nil { pendingSpace = origin }
                continue
            }
            if let space = pendingSpace {
                pendingSpace = nil
                run.emitASCII(0x20, space)
            }
            run.prepare(code, origin)
        }
        run.finish()
    }

    /// The part after white space and quotation marks, with the state that a final sigma needs.
    private struct Run {
        let settings: TokenizerSettings
        let output: AlignedText
        /// The place of a sigma that is final unless a cased character follows.
        var openSigma = -1

        init(settings: TokenizerSettings, output: AlignedText) {
            self.settings = settings
            self.output = output
        }

        @inline(__always)
        mutating func emitASCII(_ byte: UInt8, _ origin: Origin) {
            if openSigma >= 0 { closeSigma(before: UInt32(byte)) }
            output.reserve(1)
            output.append(byte, origin)
        }

        mutating func prepare(_ code: UInt32, _ origin: Origin) {
            if settings.lowerCase, settings.lowersFirst {
                if code == 0x130 {
                    decompose(0x69, origin)
                    decompose(0x307, origin)
                } else {
                    decompose(UnicodeProperties.lower(code), origin)
                }
            } else {
                decompose(code, origin)
            }
        }

        private mutating func decompose(_ code: UInt32, _ origin: Origin) {
            let accents = settings.accents
            guard accents != .keep else { return lower(code, origin) }
            let dropped: UnicodeFlags = accents == .dropCombining ? .combining : .mark
            let parts = UnicodeProperties.decomposition(code, compatibility: true)
            for i in 0..<parts.count {
                let part = parts[i]
                if part < 0x80 {
                    lower(part, origin)
                    continue
                }
                let flags = UnicodeProperties.flags(part)
                guard !flags.hasAny(dropped) else { continue }
                // A mark that stays lends its place to what it stands on, so that offsets are those of `StripAccents`,
                // which drops it: there, and in the offsets of the `tokenizers` library, it belongs to no token.
                let stays = flags.hasAny(.mark) && output.count > 0
                lower(part, stays ? output.origins[output.count - 1] : origin)
            }
        }

        private mutating func lower(_ code: UInt32, _ origin: Origin) {
            if openSigma >= 0 { closeSigma(before: code) }
            guard settings.lowerCase else { return output.append(code: code, origin) }
            if code == 0x3A3, settings.lowersFirst {
                if casedStandsBefore() { openSigma = output.count }
                output.append(code: 0x3C3, origin)
            } else if code == 0x130 {
                output.append(code: 0x69, origin)
                output.append(code: 0x307, origin)
            } else {
                output.append(code: UnicodeProperties.lower(code), origin)
            }
        }

        /// Whether the text so far ends in a cased character and any number of ignorable ones.
        private func casedStandsBefore() -> Bool {
            let raw = output.raw
            var position = raw.count
            while position > 0 {
                position -= 1
                while position > 0, raw[position] & 0xC0 == 0x80 { position -= 1 }
                guard let decoded = UTF8Bytes.decode(raw, at: position) else { return false }
                let flags = UnicodeProperties.flags(decoded.code)
                if !flags.hasAny(.caseIgnorable) { return flags.hasAny(.cased) }
            }
            return false
        }

        private mutating func closeSigma(before code: UInt32) {
            let flags = UnicodeProperties.flags(code)
            if flags.hasAny(.caseIgnorable) { return }
            // U+03C3 and U+03C2 are both two bytes and differ in the last.
            if !flags.hasAny(.cased) { output.bytes[openSigma + 1] = 0x82 }
            openSigma = -1
        }

        mutating func finish() {
            if openSigma >= 0 { output.bytes[openSigma + 1] = 0x82 }
            openSigma = -1
        }
    }
}
