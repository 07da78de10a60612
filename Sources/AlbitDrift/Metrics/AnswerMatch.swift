/// Exact match and F1 of answers, as the official evaluation script of SQuAD 2.0 computes them.
package enum AnswerMatch {
    /// Lower case, without ASCII punctuation and articles, words joined by one space.
    package static func normalized(_ text: String) -> String { words(text).joined(separator: " ") }

    /// 1 where the prediction equals one of the answers, else 0; no answer means that "" is right.
    package static func exact(_ prediction: String, answers: [String]) -> Double {
        let guess = scalars(words(prediction))
        return truths(answers).contains { scalars($0) == guess } ? 1 : 0
    }

    /// The best word F1 over the answers.
    package static func f1(_ prediction: String, answers: [String]) -> Double {
        let guess = words(prediction)
        return truths(answers).map { f1(guess, $0) }.max() ?? 0
    }

    private static func truths(_ answers: [String]) -> [[String]] {
        let kept = answers.map(words).filter { !$0.isEmpty }
        return kept.isEmpty ? [[]] : kept
    }

    private static func f1(_ guess: [String], _ truth: [String]) -> Double {
        if guess.isEmpty || truth.isEmpty { return guess.isEmpty && truth.isEmpty ? 1 : 0 }
        var left: [[Unicode.Scalar]: Int] = [:]
        for word in truth { left[Array(word.unicodeScalars), default: 0] += 1 }
        var same = 0
        for word in guess {
            let key = Array(word.unicodeScalars)
            if let count = left[key], count > 0 {
                left[key] = count - 1
                same += 1
            }
        }
        if same == 0 { return 0 }
        let precision = Double(same) / Double(guess.count)
        let recall = Double(same) / Double(truth.count)
        return 2 * precision * recall / (precision + recall)
    }

    /// By code points: Swift compares strings canonically, Python does not.
    private static func scalars(_ words: [String]) -> [[Unicode.Scalar]] { words.map { Array($0.unicodeScalars) } }

    private static func words(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var kept: [Unicode.Scalar] = []
        for (place, scalar) in scalars.enumerated() {
            if scalar == "Σ" {
                kept.append(isFinalSigma(scalars, place) ? "ς" : "σ")
                continue
            }
            for lower in scalar.properties.lowercaseMapping.unicodeScalars where !isPunctuation(lower) {
                kept.append(lower)
            }
        }
        // Articles end where Python's \b does: at anything but letters and numbers ("_" is punctuation).
        var spaced: [Unicode.Scalar] = []
        var run: [Unicode.Scalar] = []
        for scalar in kept + [" "] {
            if isWordCharacter(scalar) {
                run.append(scalar)
            } else {
                spaced += run == ["a"] || run == ["a", "n"] || run == ["t", "h", "e"] ? [" "] : run
                spaced.append(scalar)
                run.removeAll(keepingCapacity: true)
            }
        }
        return spaced.split(whereSeparator: isSpace).map { String(String.UnicodeScalarView($0)) }
    }

    /// Whether a capital sigma ends a word, and so has another small letter (Unicode's Final_Sigma, as in `str.lower`).
    private static func isFinalSigma(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return (before?.properties.isCased ?? false) && !(after?.properties.isCased ?? false)
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.numericType != nil { return true }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
