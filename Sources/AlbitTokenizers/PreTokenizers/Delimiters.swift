import AlbitText

/// Single characters at which a step cuts: those with one of some flags, or one, or every one.
struct Delimiters: Sendable {
    private enum Kind: Sendable {
        case flags(LibraryFlags)
        case character(UInt32)
        case every
    }

    private let kind: Kind
    /// A bit for each ASCII character.
    private var (low, high): (UInt64, UInt64) = (0, 0)

    private init(_ kind: Kind) {
        self.kind = kind
        for code: UInt32 in 0..<64 {
            if isDelimiter(code) { low |= 1 << UInt64(code) }
            if isDelimiter(code + 64) { high |= 1 << UInt64(code) }
        }
    }

    /// nil for a step that cuts in other ways.
    init?(_ step: PreTokenizerStep) {
        switch step {
        case .whitespaceSplit: self.init(.flags(.space))
        case .punctuation: self.init(.flags(.punctuation))
        case .digits: self.init(.flags(.number))
        case .delimiter(let code): self.init(.character(code))
        case .character: self.init(.every)
        case .whitespace, .split, .metaspace: return nil
        }
    }

    @inline(__always)
    func contains(_ code: UInt32) -> Bool {
        if code < 0x80 { return (code < 64 ? low : high) >> UInt64(code & 63) & 1 != 0 }
        return isDelimiter(code)
    }

    @inline(never)
    private func isDelimiter(_ code: UInt32) -> Bool {
        switch kind {
        case .flags(let flags): LibraryProperties.flags(code).hasAny(flags)
        case .character(let character): code == character
        case .every: true
        }
    }
}
