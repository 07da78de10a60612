import AlbitText

/// Walks the wire form of a SentencePiece model before it is unpacked: libprotobuf-c takes memory by the number of
/// fields, and says of bad input only that it is bad.
///
/// Source: the Protocol Buffers encoding specification.
struct SentencePieceScan {
    /// All fields of all messages, three for each of half a million pieces and some to spare.
    static let maxFields = 2_000_000
    /// Fields that Albit does not know, which libprotobuf-c keeps.
    static let maxUnknownFields = 100_000

    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private var fields = 0
    private var unknown = 0

    /// Fields of pieces, of the trainer's and of the normalizer's settings that are read.
    private static let known: [UInt64: ClosedRange<UInt64>] = [1: 1...3, 2: 1...60, 3: 1...6]

    static func check(_ bytes: UnsafeRawBufferPointer, path: String) throws(Fault) {
        var scan = SentencePieceScan(path: path, bytes: bytes)
        try scan.message(0..<bytes.count, parent: nil)
    }

    private init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        self.bytes = bytes
    }

    /// One message; those of fields 1 to 3 of the outermost one are entered, no deeper level exists.
    private mutating func message(_ range: Range<Int>, parent: UInt64?) throws(Fault) {
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            fields += 1
            let tag = try varint(&position, range.upperBound, start)
            let number = tag >> 3
            guard number >= 1, number < 1 << 29 else { throw .badField(path: path, offset: start) }
            let isKnown =
                parent == nil ? number <= 3 : parent.flatMap { SentencePieceScan.known[$0]?.contains(number) } ?? false
            if !isKnown { unknown += 1 }
            guard fields <= SentencePieceScan.maxFields, unknown <= SentencePieceScan.maxUnknownFields else {
                throw Fault(
                    .sentencePieceTooManyFields, in: path,
                    "has more than \(SentencePieceScan.maxFields) fields; no SentencePiece model has",
                    advice: "the file is damaged or hostile")
            }
            let end: Int
            switch tag & 7 {
            case 0:
                _ = try varint(&position, range.upperBound, start)
                end = position
            case 1: end = position + 8
            case 5: end = position + 4
            case 2:
                let length = try varint(&position, range.upperBound, start)
                guard length <= UInt64(range.upperBound - position) else { throw .truncated(path: path, offset: start) }
                end = position + Int(length)
                if parent == nil, number <= 3 { try message(position..<end, parent: number) }
            default: throw .badField(path: path, offset: start)
            }
            guard end <= range.upperBound else { throw .truncated(path: path, offset: start) }
            position = end
        }
    }

    private func varint(_ position: inout Int, _ end: Int, _ start: Int) throws(Fault) -> UInt64 {
        var number = Varint()
        while position < end {
            position += 1
            switch number.take(bytes[position - 1]) {
            case .more: continue
            case .done: return number.value
            case .tooLarge: throw .badField(path: path, offset: start)
            }
        }
        throw .truncated(path: path, offset: start)
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badField(path: String, offset: Int) -> Fault {
        Fault(
            .sentencePieceBadField, in: path, at: "byte \(offset)", "is no field of a SentencePiece model",
            advice: "the file is damaged or of another kind")
    }

    fileprivate static func truncated(path: String, offset: Int) -> Fault {
        Fault(
            .sentencePieceTruncated, in: path, "ends inside the field at byte \(offset) of the SentencePiece model",
            advice: "copy or download the file again")
    }
}
