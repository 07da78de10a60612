import AlbitText

/// The fault that a body ends with; nil where it returns, or throws something else.
package func fault<Result>(_ body: () throws -> Result) -> Fault? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Fault
    }
}

extension Fault {
    /// Whether it is of a code and names some words (the file, the place, what was found or expected); numbers stand
    /// for themselves only, not for a part of a larger one.
    package func isA(_ code: FaultCode, _ words: [String]) -> Bool {
        let numbers = description.split { !$0.isNumber && $0 != "-" }
        return self.code == code
            && words.allSatisfy { word in
                if word.isEmpty { return true }
                return word.allSatisfy(\.isNumber) ? numbers.contains { $0 == word } : description.contains(word)
            }
    }

    package func isA(_ code: FaultCode, _ words: String...) -> Bool { isA(code, words) }
}

extension Fault? {
    package func isA(_ code: FaultCode, _ words: String...) -> Bool { self?.isA(code, words) ?? false }
}
