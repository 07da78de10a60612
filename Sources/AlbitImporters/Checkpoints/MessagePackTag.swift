/// The first byte of a value of msgpack, by which its kind and the form of its length are told.
///
/// Source: the msgpack specification, "Formats".
enum MessagePackTag {
    static let positive: ClosedRange<UInt8> = 0x00...0x7F
    /// Count in the low 4 bits; so for arrays, and in the low 5 of texts.
    static let shortMap: ClosedRange<UInt8> = 0x80...0x8F
    static let shortArray: ClosedRange<UInt8> = 0x90...0x9F
    static let shortText: ClosedRange<UInt8> = 0xA0...0xBF
    static let null: UInt8 = 0xC0
    static let no: UInt8 = 0xC2
    static let yes: UInt8 = 0xC3
    /// The number is that of the bits of its length, here and below.
    static let bytes8: UInt8 = 0xC4
    static let bytes16: UInt8 = 0xC5
    static let bytes32: UInt8 = 0xC6
    static let extension8: UInt8 = 0xC7
    static let extension16: UInt8 = 0xC8
    static let extension32: UInt8 = 0xC9
    static let float: UInt8 = 0xCA
    static let double: UInt8 = 0xCB
    /// 1, 2, 4 or 8 bytes.
    static let unsigned: ClosedRange<UInt8> = 0xCC...0xCF
    static let signed8: UInt8 = 0xD0
    static let signed16: UInt8 = 0xD1
    static let signed32: UInt8 = 0xD2
    static let signed64: UInt8 = 0xD3
    /// 1, 2, 4, 8 or 16 bytes behind a type.
    static let fixedExtension: ClosedRange<UInt8> = 0xD4...0xD8
    static let text8: UInt8 = 0xD9
    static let text16: UInt8 = 0xDA
    static let text32: UInt8 = 0xDB
    static let array16: UInt8 = 0xDC
    static let array32: UInt8 = 0xDD
    static let map16: UInt8 = 0xDE
    static let map32: UInt8 = 0xDF
    static let negative: ClosedRange<UInt8> = 0xE0...0xFF
}
