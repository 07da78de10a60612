import CPlatform

/// Tells on standard error how far a long command is: a bar that is redrawn on a terminal, nothing elsewhere.
package final class Progress {
    private let label: String
    private let start = platform_now()
    private var lastDrawn = 0.0
    private let isTerminal = platform_is_terminal(2)
    private var drawn = false

    package init(_ label: String) { self.label = label }

    /// `done` of `total`, and what is being done; cheap to call often, it draws ten times a second at most.
    package func update(_ done: Int, of total: Int, _ detail: @autoclosure () -> String = "") {
        guard isTerminal, total > 0 else { return }
        let now = platform_now()
        guard now - lastDrawn >= 0.1 || done == total else { return }
        lastDrawn = now
        let fraction = min(1, Double(done) / Double(total))
        let cells = Int(fraction * 24)
        let bar = String(repeating: "#", count: cells) + String(repeating: "-", count: 24 - cells)
        var text = "\r" + label + " [" + bar + "] " + String(Int(fraction * 100)) + " %"
        if fraction > 0.02 && fraction < 1 {
            text += ", " + Progress.duration((now - start) * (1 - fraction) / fraction) + " left"
        }
        let detail = detail()
        if !detail.isEmpty { text += ", " + detail }
        write(text + "\u{1B}[K")
        drawn = true
    }

    /// Ends the line that the bar stood on.
    package func finish() {
        if drawn { write("\r\u{1B}[K") }
        drawn = false
    }

    /// Seconds in words: `42 s`, `3 min 5 s`.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded())
        return whole < 60 ? String(whole) + " s" : String(whole / 60) + " min " + String(whole % 60) + " s"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { _ = platform_write(2, $0.baseAddress, $0.count) }
    }
}
