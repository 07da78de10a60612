/// Decimal to double by long arithmetic, for what does not fit two machine words. Exact, slow, rarely used.
enum LongDecimal {
    /// Digits beyond these cannot decide a rounding (a halfway point between two doubles has at most 767), they only
    /// make a tie larger.
    private static let maxDigits = 800

    /// The digits of `text` (a point among them is skipped) times 10^exponent.
    static func double(_ text: UnsafeRawBufferPointer, significant: Int, exponent: Int) -> Double {
        let magnitude = significant &+ exponent
        if magnitude > 310 { return .infinity }
        if magnitude < -330 { return 0 }
        var numerator: [UInt32] = []
        var exponent = exponent
        var taken = 0
        var tail = false
        for byte in text where byte != UInt8(ascii: ".") {
            if taken == 0, byte == 0x30 { continue }
            if taken < maxDigits {
                multiply(&numerator, by: 10, plus: UInt32(byte - 0x30))
                taken += 1
            } else {
                exponent += 1
                if byte != 0x30 { tail = true }
            }
        }
        var denominator: [UInt32] = [1]
        for _ in 0..<max(0, exponent) { multiply(&numerator, by: 10, plus: 0) }
        for _ in 0..<max(0, -exponent) { multiply(&denominator, by: 10, plus: 0) }

        // Shift the numerator so that the quotient has 64 or 65 bits, then divide bit by bit.
        let shift = 64 - (bitCount(numerator) - bitCount(denominator))
        if shift >= 0 {
            numerator = shiftedLeft(numerator, shift)
        } else {
            denominator = shiftedLeft(denominator, -shift)
        }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var divisor = shiftedLeft(denominator, 64)
        for _ in 0...64 {
            high = high << 1 | low >> 63
            low <<= 1
            if !isLess(numerator, divisor) {
                subtract(&numerator, divisor)
                low |= 1
            }
            divisor = halved(divisor)
        }
        let sticky = tail || numerator.contains { $0 != 0 }
        return DecimalText.rounded(high: high, low: low, sticky: sticky, exponent: -shift)
    }

    private static func multiply(_ number: inout [UInt32], by factor: UInt32, plus addend: UInt32) {
        var carry = UInt64(addend)
        for i in number.indices {
            let value = UInt64(number[i]) * UInt64(factor) + carry
            number[i] = UInt32(truncatingIfNeeded: value)
            carry = value >> 32
        }
        if carry != 0 { number.append(UInt32(carry)) }
    }

    private static func bitCount(_ number: [UInt32]) -> Int {
        guard let top = number.lastIndex(where: { $0 != 0 }) else { return 0 }
        return top * 32 + 32 - number[top].leadingZeroBitCount
    }

    private static func shiftedLeft(_ number: [UInt32], _ bits: Int) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: bits / 32)
        let rest = UInt32(bits % 32)
        var carry: UInt32 = 0
        for word in number {
            result.append(word << rest | carry)
            carry = rest == 0 ? 0 : word >> (32 - rest)
        }
        result.append(carry)
        return result
    }

    private static func halved(_ number: [UInt32]) -> [UInt32] {
        var result = number
        var carry: UInt32 = 0
        for i in result.indices.reversed() {
            let word = result[i]
            result[i] = word >> 1 | carry << 31
            carry = word & 1
        }
        return result
    }

    private static func isLess(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        var i = max(a.count, b.count) - 1
        while i >= 0 {
            let (x, y) = (i < a.count ? a[i] : 0, i < b.count ? b[i] : 0)
            if x != y { return x < y }
            i -= 1
        }
        return false
    }

    private static func subtract(_ a: inout [UInt32], _ b: [UInt32]) {
        var borrow: Int64 = 0
        for i in a.indices {
            let value = Int64(a[i]) - (i < b.count ? Int64(b[i]) : 0) - borrow
            a[i] = UInt32(truncatingIfNeeded: value)
            borrow = value < 0 ? 1 : 0
        }
    }
}
