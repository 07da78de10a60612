import AlbitText

/// `StripAccents`: characters of the general category M go. Nothing is decomposed for it.
enum StripAccents {
    static func apply(_ source: AlignedText, into target: AlignedText, start: UInt32) -> Bool {
        CharacterFilter.apply(source, into: target, start: start) { code in
            code >= 0x300 && LibraryProperties.flags(code).hasAny(.mark) ? nil : code
        }
    }
}
