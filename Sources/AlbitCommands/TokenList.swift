import AlbitText

/// Whole numbers as a person types them.
package enum TokenList {
    /// Numbers separated by spaces or commas; `option` names the option in the error.
    package static func parse(_ text: String, option: String) throws(Fault) -> [Int32] {
        var result: [Int32] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            guard let value = Int32(word) else {
                throw Fault(
                    .optionValue, option + " holds '" + String(word) + "'",
                    expected: "whole numbers separated by spaces or commas")
            }
            result.append(value)
        }
        guard !result.isEmpty else { throw Fault(.optionValue, option + " holds no number") }
        return result
    }
}
