/// IEEE 754 binary16. `Float(Float16)` calls a compiler library that Debian's riscv64 lacks, and vector units of ARMv7
/// flush what passes through them, so the bits are put together as integers.
package enum HalfPrecision {
    /// The value of half-precision bits, exactly. NaN keeps its sign and payload.
    package static func float(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0: return sign == 0 ? Float(fraction) * 0x1p-24 : -(Float(fraction) * 0x1p-24)
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
