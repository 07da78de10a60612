import AlbitModel
import AlbitText
import AlbitTokenizers
import CSchemas

/// Reads `spiece.model` and `30k-clean.model`.
///
/// Source: google/sentencepiece, src/sentencepiece_model.proto; formats/tokenizers.md.
package enum SentencePieceReader {
    package static let maxBytes = 64 << 20

    /// The vocabulary, character map and normalizer settings of a model, without anything that ALBERT adds.
    package static func read(_ bytes: [UInt8], path: String) throws(Fault) -> TokenizerDraft {
        guard !bytes.isEmpty else {
            throw Fault(.sentencePieceEmpty, in: path, "is empty or holds no pieces", expected: "a SentencePiece model")
        }
        guard bytes.count <= maxBytes else {
            throw Fault(
                .sentencePieceTooLarge, in: path,
                "has \(bytes.count) bytes, more than the limit of \(maxBytes) for a SentencePiece model")
        }
        var scanned: Result<Void, Fault> = .success(())
        bytes.withUnsafeBytes { raw in
            do throws(Fault) { try SentencePieceScan.check(raw, path: path) } catch { scanned = .failure(error) }
        }
        try scanned.get()
        guard let model = albit__sentencepiece__model__unpack(nil, bytes.count, bytes) else {
            throw Fault(
                .sentencePieceMalformed, in: path,
                "is damaged: its fields do not have the types of a SentencePiece model", advice: "download it again")
        }
        defer { albit__sentencepiece__model__free_unpacked(model, nil) }
        return try draft(model.pointee, path: path)
    }

    private static func draft(_ model: Albit__Sentencepiece__Model, path: String) throws(Fault) -> TokenizerDraft {
        var settings = TokenizerSettings(kind: .unigram)
        settings.lowerCase = false
        if let trainer = model.trainer_spec?.pointee {
            if trainer.model_type == 2 { settings.kind = .bytePair }
            guard trainer.model_type == 1 || trainer.model_type == 2 else {
                let names: [Int32: String] = [3: "word", 4: "char"]
                throw Fault(
                    .sentencePieceUnsupportedModelType, in: path,
                    "is a SentencePiece model of type "
                        + "\(names[trainer.model_type] ?? String(trainer.model_type))",
                    expected: "unigram or BPE")
            }
            guard trainer.treat_whitespace_as_suffix == 0 else {
                throw Fault(
                    .sentencePieceUnsupportedOption, in: path,
                    "uses treat_whitespace_as_suffix, which no ALBERT model does and Albit does not support",
                    advice: "give the spiece.model of an ALBERT")
            }
            settings.byteFallback = trainer.byte_fallback != 0
        }
        var charsmap: [UInt8] = []
        if let normalizer = model.normalizer_spec?.pointee {
            guard normalizer.escape_whitespaces != 0 else {
                throw Fault(
                    .sentencePieceUnsupportedOption, in: path,
                    "uses escape_whitespaces = false, which no ALBERT model does and Albit does not support",
                    advice: "give the spiece.model of an ALBERT")
            }
            settings.addDummyPrefix = normalizer.add_dummy_prefix != 0
            settings.removeExtraWhitespaces = normalizer.remove_extra_whitespaces != 0
            charsmap = array(normalizer.precompiled_charsmap)
        }

        let count = model.n_pieces
        guard count > 0 else {
            throw Fault(.sentencePieceEmpty, in: path, "is empty or holds no pieces", expected: "a SentencePiece model")
        }
        var draft = TokenizerDraft(
            path: path, pieces: [], settings: settings, template: TokenTemplate(single: [], pair: []))
        draft.charsmap = charsmap
        draft.pieces.reserveCapacity(count)
        var places = [[UInt8]: Int](minimumCapacity: count)
        var unknowns: [Int] = []
        var byteCount = 0
        // As SentencePiece: least and greatest score of ordinary pieces, the greatest not below the smallest normal
        // float.
        settings.minScore = .greatestFiniteMagnitude
        settings.maxScore = .leastNormalMagnitude
        for id in 0..<count {
            guard let entry = model.pieces[id]?.pointee else {
                throw Fault(
                    .sentencePieceMalformed, in: path,
                    "is damaged: its fields do not have the types of a SentencePiece model", advice: "download it again"
                )
            }
            let piece = array(entry.piece)
            guard !piece.isEmpty else {
                throw Fault(
                    .sentencePieceEmptyPiece, in: path, at: "piece \(id)", "is empty",
                    advice: "the file is damaged, download it again")
            }
            if let first = places.updateValue(id, forKey: piece) {
                throw Fault(
                    .sentencePieceDuplicatePiece, in: path, at: "piece '\(String(decoding: piece, as: UTF8.self))'",
                    "stands twice, as \(first) and \(id)", advice: "the file is damaged")
            }
            guard entry.score.isFinite else {
                throw Fault(
                    .sentencePieceScoreNotFinite, in: path, at: "piece \(id)", "has a score that is NaN or infinite",
                    advice: "the file is damaged, download it again")
            }
            guard let type = UInt8(exactly: entry.type).flatMap({ PieceType(rawValue: $0) }) else {
                throw Fault(
                    .sentencePieceUnknownPieceType, in: path, at: "piece \(id)", "has type \(Int(entry.type))",
                    expected: "1 to 6", advice: "download it again")
            }
            switch type {
            case .normal:
                settings.minScore = min(settings.minScore, entry.score)
                settings.maxScore = max(settings.maxScore, entry.score)
            case .unknown: unknowns.append(id)
            case .byte:
                guard piece.withUnsafeBytes({ UnigramTokenizer.byte(ofPiece: $0) }) != nil else {
                    throw Fault(
                        .sentencePieceBadBytePiece, in: path, at: "piece \(id)",
                        "is of type byte but not written as <0x00> to <0xFF>", advice: "download it again")
                }
                byteCount += 1
            case .control, .userDefined, .unused: break
            }
            draft.pieces.append(piece)
            draft.scores.append(entry.score)
            draft.types.append(type.rawValue)
        }
        guard unknowns.count == 1 else {
            throw Fault(
                .sentencePieceUnknownPieceCount, in: path, "has \(unknowns.count) pieces for unknown text",
                expected: "one", advice: "download it again")
        }
        guard !settings.byteFallback || byteCount == 256 else {
            throw Fault(
                .sentencePieceMissingBytePieces, in: path, "falls back to bytes but has \(byteCount) byte pieces",
                expected: "256", advice: "download it again")
        }
        if settings.minScore == .greatestFiniteMagnitude { settings.minScore = 0 }
        settings.unknownID = Int32(unknowns[0])
        draft.specialIDs.unknown = settings.unknownID
        draft.settings = settings
        return draft
    }

    private static func array(_ data: ProtobufCBinaryData) -> [UInt8] {
        guard let start = data.data, data.len > 0 else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: data.len))
    }
}
