import AlbitModel
import AlbitText

/// The tokenizer in a model file: GGUF's own keys where it has them, ours under `albit.tokenizer.`.
/// The keys are described in formats/tokenizers.md.
extension TokenizerTables {
    private static let standard = "tokenizer.ggml."
    private static let own = "albit.tokenizer."

    /// The oldest version of model files that can hold this tokenizer.
    package var formatVersion: Int { pipeline == nil && settings.kind != .bytePair && !settings.keepsOrigins ? 1 : 3 }

    /// Adds all keys of the tokenizer.
    package func write(to writer: inout GGUFWriter) {
        let (standard, own) = (TokenizerTables.standard, TokenizerTables.own)
        let isUnigram = settings.isSentencePiece
        writer.set(standard + "model", settings.kind == .unigram ? "t5" : isUnigram ? "llama" : "bert")
        writer.set(standard + "tokens", strings: (0..<count).map { piece($0) })
        if isUnigram {
            if exactScores.count != 8 * count { writer.set(standard + "scores", TokenizerTables.floats(scores)) }
            writer.set(standard + "token_type", Array(types))
            if !charsmapBytes.isEmpty { writer.set(standard + "precompiled_charsmap", Array(charsmapBytes)) }
            writer.set(standard + "add_space_prefix", settings.addDummyPrefix)
            writer.set(standard + "remove_extra_whitespaces", settings.removeExtraWhitespaces)
        } else if !charsmapBytes.isEmpty {
            writer.set(standard + "precompiled_charsmap", Array(charsmapBytes))
        }
        func set(_ name: String, _ id: Int32?) {
            if let id { writer.set(standard + name, Int(id)) }
        }
        set("unknown_token_id", specialIDs.unknown)
        set("bos_token_id", specialIDs.cls)
        set("eos_token_id", specialIDs.sep)
        set("cls_token_id", specialIDs.cls)
        // GGUF spells it so.
        set("seperator_token_id", specialIDs.sep)
        set("padding_token_id", specialIDs.pad)
        set("mask_token_id", specialIDs.mask)

        writer.set(own + "piece_offsets", TokenizerTables.words(pieceIndex))
        writer.set(own + "trie", TokenizerTables.words(units))
        writer.set(own + "special_ids", specialTokens.map { $0.id })
        writer.set(
            own + "special_strips",
            specialTokens.map { token in
                (token.stripsLeft ? 1 : 0) | (token.stripsRight ? 2 : 0) | (token.normalized ? 4 : 0)
                    | (token.singleWord ? 8 : 0) as UInt8
            })
        if let pipeline {
            writer.set(own + "pipeline", PipelineCodec.encode(pipeline))
            writer.set(own + "model_pieces", modelCount)
            if !exactScores.isEmpty { writer.set(own + "exact_scores", Array(exactScores)) }
        }
        writer.set(own + "template_single", template.single.flatMap { [$0.id, $0.typeID] })
        writer.set(own + "template_pair", template.pair.flatMap { [$0.id, $0.typeID] })
        writer.set(own + "unknown_id", Int(settings.unknownID))
        writer.set(own + "lower_case", settings.lowerCase)
        if isUnigram {
            writer.set(own + "accents", Int(settings.accents.rawValue))
            writer.set(own + "remove_space", settings.removeSpace)
            writer.set(own + "keeps_trailing_space", settings.keepsTrailingSpace)
            writer.set(own + "join_quotes", settings.joinQuotes)
            writer.set(own + "lowers_first", settings.lowersFirst)
            writer.set(own + "splits_digit_comma", settings.splitsDigitComma)
            writer.set(own + "hides_control_pieces", settings.hidesControlPieces)
            writer.set(own + "byte_fallback", settings.byteFallback)
            if settings.keepsOrigins { writer.set(own + "keeps_origins", true) }
            writer.set(own + "min_score", settings.minScore)
            writer.set(own + "max_score", settings.maxScore)
        } else {
            writer.set(own + "clean_text", settings.cleanText)
            writer.set(own + "separates_cjk", settings.separatesCJK)
            writer.set(own + "strip_accents", settings.stripAccents)
            writer.set(own + "max_word_characters", settings.maxWordCharacters)
        }
    }

    private static func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        words(bytes).map { Float(bitPattern: $0) }
    }

    private static func words(_ bytes: UnsafeRawBufferPointer) -> [UInt32] {
        (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
    }

    /// The tokenizer of a model file, as views into its mapping; nil where the file has none.
    package static func read(_ gguf: GGUF) throws(Fault) -> TokenizerTables? {
        guard let model = try gguf.string(standard + "model") else { return nil }
        let reader = TokenizerMetadataReader(gguf: gguf)
        switch model {
        case "t5": return try reader.tables(.unigram)
        case "bert": return try reader.tables(.wordPiece)
        case "llama": return try reader.tables(.bytePair)
        default:
            throw .badValue(
                path: gguf.file.path, key: standard + "model",
                problem: "is '" + model
                    + "', expected 't5' (Unigram), 'llama' (SentencePiece BPE) or 'bert' (WordPiece)")
        }
    }
}

/// Reads what `TokenizerTables.write` wrote, trusting none of it.
private struct TokenizerMetadataReader {
    let gguf: GGUF

    private var path: String { gguf.file.path }

    func tables(_ kind: TokenizerSettings.Kind) throws(Fault) -> TokenizerTables {
        let tokens = try array("tokenizer.ggml.tokens", .string, "an array of strings")
        let count = tokens.count
        guard count > 0, count <= TokenizerTables.maxPieces else {
            throw bad("tokenizer.ggml.tokens", "has " + String(count) + " pieces")
        }
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        let index = try array("albit.tokenizer.piece_offsets", .uint32, "an array of unsigned 32-bit integers").bytes
        let units = try array("albit.tokenizer.trie", .uint32, "an array of unsigned 32-bit integers").bytes
        guard index.count / 4 == (count + PieceList.stride - 1) / PieceList.stride else {
            throw bad("albit.tokenizer.piece_offsets", "does not fit the number of pieces")
        }
        let own = "albit.tokenizer."
        var (scores, exactScores, types, charsmapBytes) = (empty, empty, empty, empty)
        if kind != .wordPiece {
            if gguf[own + "exact_scores"] != nil {
                exactScores = try array(own + "exact_scores", .uint8, "an array of bytes").bytes
                guard exactScores.count == count || exactScores.count == 8 * count else {
                    throw bad(own + "exact_scores", "does not fit the number of pieces")
                }
            }
            if exactScores.count != 8 * count {
                scores = try array("tokenizer.ggml.scores", .float32, "an array of floats").bytes
            }
            types = try array("tokenizer.ggml.token_type", .uint8, "an array of bytes").bytes
            guard exactScores.count == 8 * count || scores.count / 4 == count, types.count == count else {
                throw bad("tokenizer.ggml.scores", "or token_type does not fit the number of pieces")
            }
        }
        if gguf["tokenizer.ggml.precompiled_charsmap"] != nil {
            charsmapBytes = try array("tokenizer.ggml.precompiled_charsmap", .uint8, "an array of bytes").bytes
        }
        guard let charsmap = Charsmap(charsmapBytes) else {
            throw bad("tokenizer.ggml.precompiled_charsmap", "is damaged")
        }
        let pieces = PieceList(count: count, bytes: tokens.bytes, index: index)
        var pipeline: TokenizerPipeline?
        var modelCount = count
        if gguf[own + "pipeline"] != nil {
            pipeline = PipelineCodec.decode(try array(own + "pipeline", .uint8, "an array of bytes").bytes)
            guard pipeline != nil else {
                throw bad(own + "pipeline", "holds steps that this program does not know; update Albit")
            }
            modelCount = try gguf.required(own + "model_pieces", try gguf.integer(own + "model_pieces"))
            guard modelCount >= 0, modelCount <= count else {
                throw bad(own + "model_pieces", "is outside the vocabulary")
            }
        }
        return TokenizerTables(
            views: TokenizerTables.Views(
                pieces: pieces, pieceIndex: index, units: units, scores: scores, exactScores: exactScores, types: types,
                charsmapBytes: charsmapBytes, charsmap: charsmap),
            settings: try settings(kind, count), pipeline: pipeline, modelCount: modelCount,
            specialTokens: try specialTokens(pieces), specialIDs: try specialIDs(count),
            template: TokenTemplate(
                single: try template("albit.tokenizer.template_single", count),
                pair: try template("albit.tokenizer.template_pair", count)),
            owner: .file(gguf))
    }

    private func bad(_ key: String, _ problem: String) -> Fault {
        Fault.badValue(path: path, key: key, problem: problem)
    }

    private func array(_ key: String, _ type: GGUFType, _ expected: String) throws(Fault) -> GGUFArray {
        let array = try gguf.required(key, try gguf.array(key))
        guard array.elementType == type else {
            throw Fault(.modelWrongKeyType, in: path, at: "key '" + key + "'", "is not " + expected)
        }
        return array
    }

    private func flag(_ name: String) throws(Fault) -> Bool {
        guard case .bool(let value) = try gguf.required(name, gguf[name]) else {
            throw Fault(.modelWrongKeyType, in: path, at: "key '" + name + "'", "is not a bool")
        }
        return value
    }

    private func id(_ name: String, _ count: Int) throws(Fault) -> Int32? {
        guard let value = try gguf.integer(name) else { return nil }
        guard value >= 0, value < count else { throw bad(name, "is " + String(value) + ", outside the vocabulary") }
        return Int32(truncatingIfNeeded: value)
    }

    private func settings(_ kind: TokenizerSettings.Kind, _ count: Int) throws(Fault) -> TokenizerSettings {
        let own = "albit.tokenizer."
        var settings = TokenizerSettings(kind: kind)
        settings.unknownID = try gguf.required(own + "unknown_id", try id(own + "unknown_id", count))
        settings.lowerCase = try flag(own + "lower_case")
        if kind != .wordPiece {
            if gguf[own + "keeps_origins"] != nil { settings.keepsOrigins = try flag(own + "keeps_origins") }
            let accents = try gguf.required(own + "accents", try gguf.integer(own + "accents"))
            guard let rule = UInt8(exactly: accents).flatMap({ TokenizerSettings.Accents(rawValue: $0) }) else {
                throw bad(own + "accents", "is " + String(accents) + ", expected 0 to 2")
            }
            settings.accents = rule
            settings.removeSpace = try flag(own + "remove_space")
            settings.keepsTrailingSpace = try flag(own + "keeps_trailing_space")
            settings.joinQuotes = try flag(own + "join_quotes")
            settings.lowersFirst = try flag(own + "lowers_first")
            settings.splitsDigitComma = try flag(own + "splits_digit_comma")
            settings.hidesControlPieces = try flag(own + "hides_control_pieces")
            settings.byteFallback = try flag(own + "byte_fallback")
            settings.addDummyPrefix = try flag("tokenizer.ggml.add_space_prefix")
            settings.removeExtraWhitespaces = try flag("tokenizer.ggml.remove_extra_whitespaces")
            settings.minScore = Float(try gguf.required(own + "min_score", try gguf.float(own + "min_score")))
            settings.maxScore = Float(try gguf.required(own + "max_score", try gguf.float(own + "max_score")))
        } else {
            settings.cleanText = try flag(own + "clean_text")
            settings.separatesCJK = try flag(own + "separates_cjk")
            settings.stripAccents = try flag(own + "strip_accents")
            settings.maxWordCharacters = try gguf.required(
                own + "max_word_characters", try gguf.integer(own + "max_word_characters"))
            guard settings.maxWordCharacters > 0, settings.maxWordCharacters <= 100_000 else {
                throw bad(own + "max_word_characters", "is outside 1 to 100000")
            }
        }
        return settings
    }

    private func specialTokens(_ pieces: PieceList) throws(Fault) -> [SpecialToken] {
        let key = "albit.tokenizer.special_ids"
        let ids = try gguf.required(key, try gguf.integers(key))
        let strips = try gguf.required(
            "albit.tokenizer.special_strips", try gguf.integers("albit.tokenizer.special_strips"))
        guard ids.count == strips.count, ids.count <= 4096 else { throw bad(key, "does not fit special_strips") }
        var tokens: [SpecialToken] = []
        for (id, strip) in zip(ids, strips) {
            guard id >= 0, id < pieces.count else { throw bad(key, "holds " + String(id) + ", outside the vocabulary") }
            var token = SpecialToken(
                id: Int32(truncatingIfNeeded: id), content: Array(pieces.piece(id)), stripsLeft: strip & 1 != 0,
                stripsRight: strip & 2 != 0)
            token.normalized = strip & 4 != 0
            token.singleWord = strip & 8 != 0
            tokens.append(token)
        }
        return tokens
    }

    private func specialIDs(_ count: Int) throws(Fault) -> SpecialIDs {
        var ids = SpecialIDs()
        ids.unknown = try id("tokenizer.ggml.unknown_token_id", count)
        ids.cls = try id("tokenizer.ggml.cls_token_id", count)
        ids.sep = try id("tokenizer.ggml.seperator_token_id", count)
        ids.pad = try id("tokenizer.ggml.padding_token_id", count)
        ids.mask = try id("tokenizer.ggml.mask_token_id", count)
        return ids
    }

    private func template(_ key: String, _ count: Int) throws(Fault) -> [TokenTemplate.Item] {
        let values = try gguf.required(key, try gguf.integers(key))
        guard values.count % 2 == 0, values.count <= 64 else { throw bad(key, "is no list of ids and types") }
        var items: [TokenTemplate.Item] = []
        for i in stride(from: 0, to: values.count, by: 2) {
            guard values[i] >= Int(TokenTemplate.Item.second), values[i] < count, values[i + 1] >= 0,
                values[i + 1] < 1024
            else {
                throw bad(key, "holds an id or type out of range")
            }
            items.append(
                TokenTemplate.Item(
                    id: Int32(truncatingIfNeeded: values[i]), typeID: Int32(truncatingIfNeeded: values[i + 1])))
        }
        return items
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badValue(path: String, key: String, problem: String) -> Fault {
        Fault(.modelBadValue, in: path, at: "key '" + key + "'", problem)
    }
}
