/// A number in base 128, as protocol buffers, LevelDB and snappy write it: seven bits a byte, the lowest first, the top
/// bit set on all bytes but the last. Readers give it byte after byte, from wherever they have them.
struct Varint {
    enum Step { case more, done, tooLarge }

    private(set) var value: UInt64 = 0
    private var shift: UInt64 = 0

    /// Takes the next byte; `tooLarge` where the number would pass 64 bits.
    @inline(__always) mutating func take(_ byte: UInt8) -> Step {
        guard shift < 63 || byte <= 1 else { return .tooLarge }
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        return byte & 0x80 == 0 ? .done : .more
    }
}
