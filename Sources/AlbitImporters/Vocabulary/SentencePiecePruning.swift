import AlbitText
import AlbitTokenizers

/// A SentencePiece model with fewer pieces: all else is copied as it is, but for the trainer's ids of special pieces
/// and its self-test, whose expected pieces may be gone.
///
/// Source: google/sentencepiece, src/sentencepiece_model.proto; SentencePieceProcessor::Load, which fails where the
/// self-test does.
struct SentencePiecePruning {
    /// Fields of `TrainerSpec`.
    private static let vocabularySize = 4
    private static let specialIDs = 40...43

    private let file: TokenizerFile
    private let kept: KeptVocabulary
    /// From places in the file to ids: 0, or 1 where the ids are XLM-R's.
    private let shift: Int

    init(_ file: TokenizerFile, _ draft: TokenizerDraft, _ kept: KeptVocabulary) throws(Fault) {
        self.file = file
        self.kept = kept
        shift = try SentencePieceReader.read(file.bytes, path: file.path).pieces.first == draft.pieces.first ? 0 : 1
    }

    /// Whether the piece at a place of the file stays; the first three of an XLM-R are special.
    private func stays(_ place: Int) -> Bool { shift > 0 && place < 3 || kept[place + shift] != nil }

    func pruned() throws(Fault) -> [UInt8] {
        var places: [Int?] = []
        var count = 0
        try fields(file.bytes[...]) { field in
            guard field.number == 1 else { return }
            places.append(stays(places.count) ? count : nil)
            count += places.last.flatMap { $0 } == nil ? 0 : 1
        }
        var result: [UInt8] = []
        var place = 0
        try fields(file.bytes[...]) { field throws(Fault) in
            switch field.number {
            case 1:
                if places[place] != nil { result += field.all }
                place += 1
            case 2:
                let trainer = try self.trainer(field.content, places, count)
                Self.append(UInt64(2 << 3 | 2), to: &result)
                Self.append(UInt64(trainer.count), to: &result)
                result += trainer
            case 4: break
            default: result += field.all
            }
        }
        return result
    }

    private func trainer(_ bytes: ArraySlice<UInt8>, _ places: [Int?], _ count: Int) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        try fields(bytes) { field in
            guard field.type == 0, field.number == Self.vocabularySize || Self.specialIDs.contains(field.number) else {
                result += field.all
                return
            }
            var value = field.value
            if field.number == Self.vocabularySize {
                value = UInt64(count)
            } else if let old = Int(exactly: value), places.indices.contains(old) {
                // -1, as for one that there is not, where the piece is gone.
                value = places[old].map { UInt64($0) } ?? .max
            }
            Self.append(UInt64(field.number << 3), to: &result)
            Self.append(value, to: &result)
        }
        return result
    }

    // The wire form ---------------------------------------------------------------------------

    private struct Field {
        let number: Int
        let type: UInt8
        /// Tag, length and content.
        let all: ArraySlice<UInt8>
        let content: ArraySlice<UInt8>
        /// Of a varint.
        let value: UInt64
    }

    /// Visits fields of a message; `SentencePieceScan` has walked them before.
    private func fields(
        _ bytes: ArraySlice<UInt8>, _ visit: (Field) throws(Fault) -> Void
    ) throws(Fault) {
        var reader = WireReader(bytes, path: file.path)
        while true {
            let start = bytes.startIndex + reader.consumed
            guard let field = try reader.field() else { return }
            let all = bytes[start..<(bytes.startIndex + reader.consumed)]
            switch field.value {
            case .varint(let value):
                try visit(Field(number: field.number, type: 0, all: all, content: [], value: value))
            case .bytes(let content):
                try visit(Field(number: field.number, type: 2, all: all, content: content, value: 0))
            default: try visit(Field(number: field.number, type: 1, all: all, content: [], value: 0))
            }
        }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
