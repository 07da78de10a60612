/// Places in a text between the UTF-8 offsets that the run time counts and the indices that Swift counts.
struct TextRange {
    private let text: String
    private let count: Int

    init(_ text: String) {
        self.text = text
        count = text.utf8.count
    }

    /// Offsets outside the text are moved to its ends.
    func indices(_ range: Range<Int>) -> Range<String.Index> {
        let bytes = range.clamped(to: 0..<count)
        let start = text.utf8.index(text.startIndex, offsetBy: bytes.lowerBound)
        return start..<text.utf8.index(start, offsetBy: bytes.count)
    }
}
