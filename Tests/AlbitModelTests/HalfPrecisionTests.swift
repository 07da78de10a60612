import AlbitModel
import Testing

@Suite struct HalfPrecisionTests {
    @Test func everyValueIsThatOfTheStandardLibrary() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let value = HalfPrecision.float(bits)
            // Hardware sets the quiet bit of a signalling NaN; a stored NaN is refused either way.
            #expect(expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern)
        }
    }
}
