/// Numbers as the `tokenizers` library reads them: serde_json without its feature `float_roundtrip` takes the digits as
/// one whole number, rounds that, and divides by a power of ten, so that one number in four is off in its last bit.
/// Sums of scores, and so ties between segmentations, depend on it.
///
/// Source: serde_json 1.0, src/de.rs, `parse_decimal` and `f64_from_parts`.
enum SerdeNumber {
    /// What the library makes of the shortest decimal form of a number, which is how files hold it.
    static func read(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value }
        var significand: UInt64 = 0
        var exponent = 0
        var isFraction = false
        var isFull = false
        var text = Substring(value.magnitude.description)
        if let place = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: place)...]) ?? 0
            text = text[..<place]
        }
        // "1.0" is written so in Swift and in files alike.
        for character in text.utf8 {
            guard let digit = UInt64(exactly: character &- 0x30), digit < 10 else {
                isFraction = true
                continue
            }
            let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            isFull = isFull || overflow || carry
            if isFull {
                if !isFraction { exponent += 1 }
                continue
            }
            significand = sum
            if isFraction { exponent -= 1 }
        }
        var result = Double(significand)
        while exponent.magnitude > 308, result != 0, exponent < 0 {
            result /= 1e308
            exponent += 308
        }
        // Powers of ten as the compiler reads them: correctly rounded.
        let power = Double("1e" + String(exponent.magnitude)) ?? .infinity
        result = exponent >= 0 ? result * power : result / power
        return value < 0 ? -result : result
    }
}
