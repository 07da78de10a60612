import AlbitRuntime

/// Scores [tokens][labels] of a text, made of the logits of its windows when they are looked at: of a long text, logits
/// are the largest thing there is, and no second copy of them is in memory.
package struct TokenScores {
    /// Rows of some tokens that follow each other.
    package struct Part {
        /// [rows][labels]
        package let values: [Float]
        /// Row of the first token.
        package let firstRow: Int
        /// Tokens.
        package let count: Int

        package init(_ values: [Float], firstRow: Int = 0, count: Int) {
            self.values = values
            self.firstRow = firstRow
            self.count = count
        }
    }

    /// Tokens.
    package let count: Int
    private let width: Int
    private let parts: [Part]
    /// First token of each part.
    private let firsts: [Int]
    /// Makes scores of logits; nil: the values are scores.
    private let kernel: Kernel?

    /// Parts that follow each other as the tokens do; what lacks rows of `width` values is left out.
    package init(_ parts: [Part], width: Int, kernel: Kernel? = nil) {
        var kept: [Part] = []
        var firsts: [Int] = []
        var count = 0
        for part in parts where part.count > 0 && part.values.count >= (part.firstRow + part.count) * width {
            kept.append(part)
            firsts.append(count)
            count += part.count
        }
        self.count = count
        self.width = width
        self.parts = kept
        self.firsts = firsts
        self.kernel = kernel
    }

    /// Scores of a token.
    package subscript(token: Int) -> [Float] {
        // The last part that begins at or before the token.
        var low = 0
        var high = firsts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if firsts[middle] <= token { low = middle } else { high = middle }
        }
        let row = (parts[low].firstRow + token - firsts[low]) * width
        let values = Array(parts[low].values[row..<(row + width)])
        return kernel.map { Scores.softmax(values, kernel: $0) } ?? values
    }
}
