import AlbitText

/// Bar charts as inline SVG, 360 units wide so that their text is legible on a phone.
enum PageChart {
    private static let width = 360.0
    private static let (left, right, top, bottom) = (44.0, 4.0, 14.0, 158.0)

    /// The end of an axis at or above a value, whose half reads as well: 1, 2, 3, 4, 5, 6 or 8 times a power of ten,
    /// for counts an even number. And the digits that both need.
    static func axis(_ highest: Double, isCount: Bool) -> (end: Double, digits: Int) {
        guard highest > 0, highest.isFinite else { return (isCount ? 2 : 1, isCount ? 0 : 1) }
        var (power, digits) = (1.0, 0)
        while power * 10 <= highest { power *= 10 }
        while power > highest, digits < 12 {
            power /= 10
            digits += 1
        }
        let factor = [1, 2, 4, 6, 8, 10].first { $0 * power >= highest * (1 - 1e-9) } ?? 10
        let end = factor * power
        if isCount { return (max(2, end), 0) }
        // Half of 1 times a power of ten has one digit more.
        return (end, factor == 1 && (power < 10) ? digits + 1 : digits)
    }

    /// One bar a value from zero up. `names` stand below the bars, a dashed line marks `limit`.
    static func bars(
        _ values: [Double], names: [String], isCount: Bool = false, limit: Double? = nil, label: String
    ) -> String {
        let finite = values.map { $0.isFinite ? max(0, $0) : 0 }
        let (highest, digits) = axis(max(finite.max() ?? 0, limit ?? 0), isCount: isCount)
        let scale = highest > 0 ? (bottom - top) / highest : 0
        let step = (width - left - right) / Double(max(1, values.count))
        var svg = "<svg viewBox=\"0 0 360 180\" role=\"img\" aria-label=\"\(PageText.escaped(label))\">"
        for share in [0.0, 0.5, 1.0] {
            let y = bottom - share * (bottom - top)
            svg += "<line class=\"grid\" x1=\"\(n(left))\" x2=\"\(n(width))\" y1=\"\(n(y))\" y2=\"\(n(y))\"/>"
            svg +=
                """
                <text x=\"\(n(left - 6))\" y=\"\(n(y + 4))\" \
                text-anchor=\"end\">\(DecimalText.fixed(share * highest, digits: digits))</text>
                """
        }
        for (index, value) in finite.enumerated() {
            let x = left + (Double(index) + 0.12) * step
            svg +=
                """
                <rect class=\"bar\" rx=\"1\" x=\"\(n(x))\" y=\"\(n(bottom - value * scale))\" \
                width=\"\(n(step * 0.76))\" height=\"\(n(value * scale))\"/>
                """
        }
        let every = max(1, (names.count + 12) / 13)
        for (index, name) in names.enumerated() where index % every == 0 {
            // Names of values stand at their bar, those of bin edges between two.
            let x = left + (Double(index) + (names.count > values.count ? 0 : 0.5)) * step
            let anchor = names.count > values.count && index == names.count - 1 ? "end" : "middle"
            svg += "<text x=\"\(n(x))\" y=\"174\" text-anchor=\"\(anchor)\">\(PageText.escaped(name))</text>"
        }
        if let limit, highest > 0 {
            let y = bottom - limit * scale
            svg += "<line class=\"limit\" x1=\"\(n(left))\" x2=\"\(n(width))\" y1=\"\(n(y))\" y2=\"\(n(y))\"/>"
        }
        return svg + "</svg>"
    }

    /// A grid of cells, a column for each layer and a row for each site, darker for more; 0 and less stays empty.
    static func grid(_ values: [[Double]], framed: [[Bool]], names: [String], label: String) -> String {
        let (left, height, top) = (72.0, 24.0, 4.0)
        let step = (width - left) / Double(max(1, values.count))
        let largest = values.joined().max() ?? 0
        let bottom = top + Double(names.count) * height
        var svg = "<svg viewBox=\"0 0 360 \(n(bottom + 20))\" role=\"img\" aria-label=\"\(PageText.escaped(label))\">"
        for (row, name) in names.enumerated() {
            svg += "<text x=\"0\" y=\"\(n(top + Double(row) * height + 16))\">\(PageText.escaped(name))</text>"
        }
        let every = max(1, (values.count + 12) / 13)
        for (column, cells) in values.enumerated() {
            let x = left + Double(column) * step
            for (row, value) in cells.enumerated() {
                let y = top + Double(row) * height
                let share = largest > 0 && value > 0 ? value / largest : 0
                let frame =
                    column < framed.count && row < framed[column].count && framed[column][row]
                    ? " class=\"cell framed\"" : " class=\"cell\""
                svg +=
                    """
                    <rect\(frame) rx=\"2\" x=\"\(n(x + 1))\" y=\"\(n(y + 1))\" width=\"\(n(step - 2))\" \
                    height=\"\(n(height - 2))\"
                    """
                    + " style=\"fill-opacity:\(DecimalText.fixed(share, digits: 2))\"/>"
                if step >= 22, value >= 0.05 {
                    svg +=
                        """
                        <text\(share > 0.55 ? " class=\"over\"" : "") x=\"\(n(x + step / 2))\" y=\"\(n(y + 16))\" \
                        text-anchor=\"middle\">
                        """
                        + DecimalText.fixed(value, digits: value < 9.95 ? 1 : 0) + "</text>"
                }
            }
            if column % every == 0 {
                svg +=
                    "<text x=\"\(n(x + step / 2))\" y=\"\(n(bottom + 14))\" text-anchor=\"middle\">\(column + 1)</text>"
            }
        }
        return svg + "</svg>"
    }

    /// Two bars lying below each other, with what they are and how much; of each two the first is pale.
    static func pair(_ rows: [(name: String, value: Double, text: String)], label: String) -> String {
        let highest = rows.map(\.value).max() ?? 0
        var svg = "<svg viewBox=\"0 0 360 \(rows.count * 52)\" role=\"img\" aria-label=\"\(PageText.escaped(label))\">"
        for (index, row) in rows.enumerated() {
            let y = Double(index) * 52
            svg += "<text x=\"0\" y=\"\(n(y + 14))\">\(PageText.escaped(row.name))</text>"
            svg += "<text x=\"360\" y=\"\(n(y + 14))\" text-anchor=\"end\">\(PageText.escaped(row.text))</text>"
            let length = highest > 0 ? max(2, row.value / highest * width) : 2
            svg +=
                """
                <rect class=\"\(index % 2 == 0 ? "pale" : "bar")\" rx=\"2\" x=\"0\" y=\"\(n(y + 21))\" \
                width=\"\(n(length))\" height=\"18\"/>
                """
        }
        return svg + "</svg>"
    }

    private static func n(_ value: Double) -> String { DecimalText.fixed(value, digits: 1) }
}

/// Text that comes from files, made safe inside HTML and XML.
enum PageText {
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": result.append(scalar)
            // XML 1.0 allows no other control characters and no noncharacters U+FFFE and U+FFFF.
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
