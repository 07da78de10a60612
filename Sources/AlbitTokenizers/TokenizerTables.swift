import AlbitModel
import AlbitText

/// All that a tokenizer reads while it works: the vocabulary, its scores and types, the trie and the character map as
/// bytes, in a mapped model file or in memory of its own, and the settings.
package final class TokenizerTables: @unchecked Sendable {
    package static let maxPieces = 500_000
    package static let maxPieceBytes = 1024

    package let settings: TokenizerSettings
    package let specialTokens: [SpecialToken]
    package let specialIDs: SpecialIDs
    package let template: TokenTemplate
    /// The steps of a `tokenizer.json`; nil for the tokenizer of a SentencePiece model and in old files.
    package let pipeline: TokenizerPipeline?
    /// Pieces of the model; those behind are added tokens.
    let modelCount: Int
    let trie: PieceTrie
    let units: UnsafeRawBufferPointer
    let pieceIndex: UnsafeRawBufferPointer
    /// Float32, little-endian; empty for WordPiece.
    let scores: UnsafeRawBufferPointer
    /// What the scores are more than floats: empty, or `UnigramScores` says what.
    let exactScores: UnsafeRawBufferPointer
    /// A `PieceType` each.
    let types: UnsafeRawBufferPointer
    let charsmapBytes: UnsafeRawBufferPointer
    let charsmap: Charsmap
    private let owner: Owner

    /// Who keeps the bytes alive.
    enum Owner {
        case file(GGUF)
        case memory(TokenizerMemory)
    }

    struct Views {
        var pieces: PieceList
        var pieceIndex: UnsafeRawBufferPointer
        var units: UnsafeRawBufferPointer
        var scores: UnsafeRawBufferPointer
        var exactScores: UnsafeRawBufferPointer
        var types: UnsafeRawBufferPointer
        var charsmapBytes: UnsafeRawBufferPointer
        var charsmap: Charsmap
    }

    init(
        views: Views, settings: TokenizerSettings, pipeline: TokenizerPipeline?, modelCount: Int,
        specialTokens: [SpecialToken], specialIDs: SpecialIDs, template: TokenTemplate, owner: Owner
    ) {
        self.settings = settings
        self.pipeline = pipeline
        self.modelCount = min(modelCount, views.pieces.count)
        self.specialTokens = specialTokens
        self.specialIDs = specialIDs
        self.template = template
        trie = PieceTrie(units: views.units, pieces: views.pieces)
        units = views.units
        pieceIndex = views.pieceIndex
        scores = views.scores
        exactScores = views.exactScores
        types = views.types
        charsmapBytes = views.charsmapBytes
        charsmap = views.charsmap
        self.owner = owner
    }

    /// Pieces in the vocabulary.
    package var count: Int { trie.pieces.count }

    /// The bytes of a piece; empty for an id outside the vocabulary.
    package func piece(_ id: Int) -> [UInt8] { Array(trie.pieces.piece(id)) }

    /// The id of a piece; nil where the vocabulary has no such piece.
    package func id(of piece: [UInt8]) -> Int? { piece.withUnsafeBytes { trie.id(of: $0) } }

    /// Checks a draft and lays it out: builds the trie, which takes a moment for large vocabularies.
    /// `maxUnits` is the room for the trie; nil: all that a model file can address.
    package convenience init(_ draft: TokenizerDraft, maxUnits: Int? = nil) throws(Fault) {
        let path = draft.path
        let count = draft.pieces.count
        guard count > 0 else { throw Fault(.tokenizerNoPieces, in: path, "holds no pieces", expected: "a vocabulary") }
        guard count <= TokenizerTables.maxPieces else {
            throw Fault(
                .tokenizerTooManyPieces, in: path,
                "holds " + String(count) + " pieces, more than the limit of "
                    + String(TokenizerTables.maxPieces), advice: "the file is damaged")
        }
        for (id, piece) in draft.pieces.enumerated() {
            guard piece.count <= TokenizerTables.maxPieceBytes else {
                throw Fault(
                    .tokenizerPieceTooLong, in: path, at: "piece " + String(id),
                    "has " + String(piece.count)
                        + " bytes, more than the limit of " + String(TokenizerTables.maxPieceBytes))
            }
            guard !piece.contains(0) else {
                throw Fault(.tokenizerZeroByte, in: path, at: "piece " + String(id), "holds a zero byte")
            }
        }
        let isUnigram = draft.settings.isSentencePiece
        guard !isUnigram || draft.scores.count == count else {
            throw .scoreCount(path: path, pieces: count, scores: draft.scores.count)
        }
        for (id, score) in draft.scores.enumerated() where !score.isFinite {
            throw Fault(
                .tokenizerScoreNotFinite, in: path, at: "piece " + String(id), "has a score that is NaN or infinite")
        }
        let types = draft.types.isEmpty ? [UInt8](repeating: PieceType.normal.rawValue, count: count) : draft.types
        guard types.count == count else { throw .scoreCount(path: path, pieces: count, scores: types.count) }
        try TokenizerTables.checkIDs(draft, count: count)
        let modelCount = min(draft.modelCount ?? count, count)
        let continuation = isUnigram ? [] : draft.pipeline?.continuation ?? WordPieceTokenizer.continuation
        let modelPieces = modelCount == count ? draft.pieces : Array(draft.pieces[..<modelCount])
        guard
            let units = PieceTrieBuilder.build(
                modelPieces, expanded: continuation, maxUnits: maxUnits ?? PieceTrie.maxPayload)
        else {
            throw Fault(
                .tokenizerVocabularyTooLarge, in: path,
                "the vocabulary is too large for the trie of Albit files (4 million units)")
        }
        let (bytes, index) = PieceList.encode(draft.pieces)
        let memory = TokenizerMemory()
        let indexView = memory.copy(index)
        let charsmapView = memory.copy(draft.charsmap)
        guard let charsmap = Charsmap(charsmapView) else {
            throw Fault(
                .tokenizerBadCharsmap, in: path, "the precompiled charsmap is damaged (its parts do not fit its size)")
        }
        let views = Views(
            pieces: PieceList(count: count, bytes: memory.copy(bytes), index: indexView), pieceIndex: indexView,
            units: memory.copy(units), scores: memory.copy(draft.scores),
            exactScores: memory.copy(UnigramScores.remainder(draft.exactScores, draft.scores)),
            types: memory.copy(types), charsmapBytes: charsmapView, charsmap: charsmap)
        self.init(
            views: views, settings: draft.settings, pipeline: draft.pipeline, modelCount: modelCount,
            specialTokens: draft.specialTokens, specialIDs: draft.specialIDs, template: draft.template,
            owner: .memory(memory))
    }

    private static func checkIDs(_ draft: TokenizerDraft, count: Int) throws(Fault) {
        func check(_ id: Int32?, _ what: String) throws(Fault) {
            guard let id else { return }
            guard id >= 0, Int(id) < count else {
                throw Fault(
                    .tokenizerIdOutsideVocabulary, in: draft.path,
                    "the " + what + " has id " + String(Int(id))
                        + ", but the vocabulary has " + String(count) + " pieces")
            }
        }
        try check(draft.settings.unknownID, "piece for unknown text")
        try check(draft.specialIDs.unknown, "piece for unknown text")
        try check(draft.specialIDs.cls, "token [CLS]")
        try check(draft.specialIDs.sep, "token [SEP]")
        try check(draft.specialIDs.pad, "padding token")
        try check(draft.specialIDs.mask, "token [MASK]")
        for token in draft.specialTokens { try check(token.id, "special token") }
        for item in draft.template.single + draft.template.pair
        where item.id != TokenTemplate.Item.first && item.id != TokenTemplate.Item.second {
            try check(item.id, "token of the template")
        }
    }
}

/// Copies of arrays at fixed addresses, freed together.
final class TokenizerMemory {
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    func copy<T: BitwiseCopyable>(_ array: [T]) -> UnsafeRawBufferPointer {
        array.withUnsafeBytes { bytes in
            guard bytes.count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
            block.copyMemory(from: bytes)
            blocks.append(block)
            return UnsafeRawBufferPointer(block)
        }
    }

    deinit { for block in blocks { block.deallocate() } }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func scoreCount(path: String, pieces: Int, scores: Int) -> Fault {
        Fault(
            .tokenizerScoreCount, in: path,
            "has " + String(pieces) + " pieces but " + String(scores)
                + " scores or types")
    }
}
