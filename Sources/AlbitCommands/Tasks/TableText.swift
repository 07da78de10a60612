import AlbitText

/// Pieces of tables that people read.
struct TableText {
    let output: Output

    /// Cells of a full bar.
    private static let barCells = 20

    /// `0.9871`.
    static func score(_ score: Float) -> String { DecimalText.fixed(Double(score), digits: 4) }

    /// A bar of a score 0...1 in eighths of a cell; empty elsewhere than on a terminal.
    func bar(_ score: Float) -> String {
        guard output.isTerminal, score.isFinite else { return "" }
        let eighths = Int(max(0, min(1, score)) * Float(TableText.barCells * 8))
        let parts = ["", "\u{258F}", "\u{258E}", "\u{258D}", "\u{258C}", "\u{258B}", "\u{258A}", "\u{2589}"]
        return coloured(String(repeating: "\u{2588}", count: eighths / 8) + parts[eighths % 8], .cyan)
    }

    enum Colour: String {
        case bold = "1"
        case dim = "2"
        case green = "32"
        case cyan = "36"
    }

    func coloured(_ text: String, _ colour: Colour) -> String {
        output.hasColour && !text.isEmpty ? "\u{1B}[" + colour.rawValue + "m" + text + "\u{1B}[0m" : text
    }

    /// `text` and blanks up to `width` code points.
    static func left(_ text: String, _ width: Int) -> String {
        let length = text.unicodeScalars.count
        return length < width ? text + String(repeating: " ", count: width - length) : text
    }

    /// The widest of some texts in code points.
    static func width(_ texts: [String]) -> Int { texts.map { $0.unicodeScalars.count }.max() ?? 0 }

    /// A text on one line: control characters become blanks, what is beyond `limit` code points an ellipsis.
    static func line(_ bytes: [UInt8], limit: Int = 60) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if count == limit {
                result.append("\u{2026}")
                break
            }
            result.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
            count += 1
        }
        return String(result)
    }

    /// A value of a TSV column: tabs and line ends become blanks.
    static func field(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { $0 == 9 || $0 == 10 || $0 == 13 ? 32 : $0 }, as: UTF8.self)
    }
}

/// The bytes of a range, as far as they are there.
func part(_ range: Range<Int>, of text: [UInt8]) -> [UInt8] { Array(text[range.clamped(to: 0..<text.count)]) }
