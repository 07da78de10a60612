/// Decimal text to numbers and back, correctly rounded, without the C library.
///
/// Reading takes one of three exact ways: up to 19 digits times a power of ten from -19 to 19 by one 64 x 64 bit
/// multiplication or 128 / 64 bit division and its remainder; anything else by long arithmetic.
package enum DecimalText {
    /// The integer that `text` writes ("-12"); nil where it is anything else or does not fit.
    package static func integer(_ text: UnsafeRawBufferPointer) -> Int? {
        var position = 0
        let negative = text.first == UInt8(ascii: "-")
        if negative { position = 1 }
        guard position < text.count else { return nil }
        var value = 0
        while position < text.count {
            let byte = text[position]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(byte - 0x30)
            let (sum, overflow2) =
                negative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            guard !overflow, !overflow2 else { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// The double nearest to what `text` writes ("-1.25e-3", ties to even); infinite where it is too large, nil
    /// where the text is not a number. Digits before and after the point are needed on one side only.
    package static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        var position = 0
        var negative = false
        if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
            negative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        // The first 19 significant digits go into one word; the others matter to long arithmetic only.
        let firstDigit = position
        var mantissa: UInt64 = 0
        var significant = 0
        var digits = 0
        var exponent = 0
        var sawPoint = false
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else if byte >= 0x30, byte <= 0x39 {
                digits += 1
                if significant > 0 || byte != 0x30 {
                    significant += 1
                    if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(byte - 0x30) }
                }
                if sawPoint { exponent -= 1 }
            } else {
                break
            }
            position += 1
        }
        guard digits > 0 else { return nil }
        let lastDigit = position
        if position < text.count {
            guard text[position] | 0x20 == UInt8(ascii: "e") else { return nil }
            position += 1
            var negativeExponent = false
            if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                negativeExponent = text[position] == UInt8(ascii: "-")
                position += 1
            }
            guard position < text.count else { return nil }
            var value = 0
            while position < text.count {
                let byte = text[position]
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                // Far beyond any double even against a million leading digits.
                if value < 100_000_000 { value = value &* 10 &+ Int(byte - 0x30) }
                position += 1
            }
            exponent = negativeExponent ? exponent &- value : exponent &+ value
        }
        let magnitude: Double
        if mantissa == 0 {
            magnitude = 0
        } else if significant <= 19, let value = scale(mantissa, exponent) {
            magnitude = value
        } else {
            magnitude = LongDecimal.double(
                UnsafeRawBufferPointer(rebasing: text[firstDigit..<lastDigit]), significant: significant,
                exponent: exponent)
        }
        return negative ? -magnitude : magnitude
    }

    package static func double(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { double(UnsafeRawBufferPointer($0)) }
    }

    /// mantissa * 10^exponent for small exponents, exactly rounded; nil where the exponent is not small.
    private static func scale(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        guard exponent >= -19, exponent <= 19 else { return nil }
        let power = powerOfTen(exponent < 0 ? -exponent : exponent)
        if exponent >= 0 {
            let product = mantissa.multipliedFullWidth(by: power)
            return rounded(high: product.high, low: product.low, sticky: false, exponent: 0)
        }
        // Both shifted to the left end, the dividend once less: the quotient has 63 or 64 bits.
        let shift = mantissa.leadingZeroBitCount
        let divisorShift = power.leadingZeroBitCount
        let dividend = mantissa << UInt64(shift)
        let (quotient, remainder) = (power << UInt64(divisorShift)).dividingFullWidth((dividend >> 1, dividend << 63))
        // quotient = mantissa * 2^shift * 2^63 / (power * 2^divisorShift)
        return rounded(high: 0, low: quotient, sticky: remainder != 0, exponent: divisorShift - shift - 63)
    }

    static func powerOfTen(_ exponent: Int) -> UInt64 {
        var result: UInt64 = 1
        for _ in 0..<exponent { result &*= 10 }
        return result
    }

    /// (high * 2^64 + low, plus something below one where sticky) * 2^exponent, rounded to nearest even.
    static func rounded(high: UInt64, low: UInt64, sticky: Bool, exponent: Int) -> Double {
        var word = low
        var sticky = sticky
        var exponent = exponent
        if high != 0 {
            let shift = 64 - high.leadingZeroBitCount
            sticky = sticky || (shift < 64 ? low & (1 << UInt64(shift) - 1) : low) != 0
            word = shift < 64 ? high << UInt64(64 - shift) | low >> UInt64(shift) : high
            exponent += shift
        }
        guard word != 0 else { return 0 }
        let lead = word.leadingZeroBitCount
        word <<= UInt64(lead)
        exponent -= lead
        // The value is word * 2^exponent with the top bit of word set: 53 bits stay, fewer among denormals.
        let binary = exponent + 63
        if binary > 1023 { return .infinity }
        let kept = binary < -1022 ? 53 + binary + 1022 : 53
        if kept < 0 { return 0 }
        let dropped = UInt64(64 - kept)
        var top = dropped == 64 ? 0 : word >> dropped
        let rest = dropped == 64 ? word : word & (1 << dropped - 1)
        let half: UInt64 = 1 << (dropped - 1)
        if rest > half || rest == half && (sticky || top & 1 == 1) { top += 1 }
        if kept < 53 { return Double(bitPattern: top) }
        // A carry out of the 53 bits moves into the exponent field by itself.
        return Double(bitPattern: UInt64(binary + 1023 - 1) << 52 &+ top)
    }

    /// `value` with a fixed number of digits (0 to 9) after the point, as C's "%.3f": exact, ties to even. Values from
    /// 2^63 on and those that are not finite come as Swift describes them.
    package static func fixed(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value.magnitude < 9.2e18 else { return value.description }
        let digits = max(0, min(9, digits))
        let power = powerOfTen(digits)
        let bits = value.magnitude.bitPattern
        let field = Int(bits >> 52)
        let mantissa = bits & (1 << 52 - 1) | (field == 0 ? 0 : 1 << 52)
        let exponent = (field == 0 ? 1 : field) - 1075
        var (whole, fraction): (UInt64, UInt64)
        if exponent >= 0 {
            (whole, fraction) = (mantissa << UInt64(exponent), 0)
        } else if exponent <= -118 {
            (whole, fraction) = (0, 0)
        } else {
            let shift = UInt64(-exponent)
            whole = shift < 64 ? mantissa >> shift : 0
            let rest = shift < 64 ? mantissa & (1 << shift - 1) : mantissa
            let product = rest.multipliedFullWidth(by: power)
            let half: (high: UInt64, low: UInt64) = shift <= 64 ? (0, 1 << (shift - 1)) : (1 << (shift - 65), 0)
            fraction = shift < 64 ? product.high << (64 - shift) | product.low >> shift : product.high >> (shift - 64)
            let remainder: (high: UInt64, low: UInt64) =
                shift < 64 ? (0, product.low & (1 << shift - 1)) : (product.high & (1 << (shift - 64) - 1), product.low)
            let above = remainder.high > half.high || remainder.high == half.high && remainder.low > half.low
            let last = digits == 0 ? whole : fraction
            if above || remainder == half && last & 1 == 1 { fraction += 1 }
            if fraction == power { (whole, fraction) = (whole + 1, 0) }
        }
        var text = value.sign == .minus ? "-" : ""
        text += String(whole)
        if digits > 0 {
            let tail = String(fraction)
            text += "."
            for _ in tail.utf8.count..<digits { text += "0" }
            text += tail
        }
        return text
    }
}
