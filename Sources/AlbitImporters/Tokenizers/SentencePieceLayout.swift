import AlbitText
import AlbitTokenizers

/// What a checkpoint makes of its SentencePiece model: ALBERT's preparation and frame, or the ids of XLM-R.
enum SentencePieceLayout {
    /// `isBare`: a bare file, which without a frame's tokens is SentencePiece and no more.
    static func draft(
        _ file: TokenizerFile, _ configuration: TokenizerConfiguration, _ kind: TokenizerClass, isBare: Bool
    ) throws(Fault) -> TokenizerDraft {
        let draft = try SentencePieceReader.read(file.bytes, path: file.path)
        if case .xlmRoberta = kind { return try xlmRoberta(draft, configuration) }
        let name = configuration.cls?.content ?? "[CLS]"
        if file.name.hasSuffix("sentencepiece.bpe.model"), !draft.pieces.contains(Array(name.utf8)) {
            return try xlmRoberta(draft, configuration)
        }
        if isBare, !draft.pieces.contains(Array("[CLS]".utf8)), !draft.pieces.contains(Array("[SEP]".utf8)) {
            return plain(draft)
        }
        return try albert(draft, configuration)
    }

    /// ALBERT's tokenizer, with the defaults of Hugging Face's `AlbertTokenizer`.
    private static func albert(
        _ model: TokenizerDraft, _ configuration: TokenizerConfiguration
    ) throws(Fault) -> TokenizerDraft {
        var draft = model
        draft.settings.lowerCase = configuration.lowerCase ?? true
        draft.settings.removeSpace = configuration.removeSpace ?? true
        draft.settings.accents = configuration.keepAccents ?? false ? .keep : .dropCombining
        draft.settings.joinQuotes = true
        draft.settings.lowersFirst = true
        draft.settings.splitsDigitComma = true
        var vocabulary = SpecialVocabulary(draft: draft)
        try vocabulary.add(configuration)
        let cls = try vocabulary.require(configuration.cls, "[CLS]")
        let sep = try vocabulary.require(configuration.sep, "[SEP]")
        vocabulary.draft.specialIDs.cls = cls
        vocabulary.draft.specialIDs.sep = sep
        vocabulary.draft.specialIDs.unknown =
            vocabulary.find(configuration.unknown, "<unk>") ?? draft.settings.unknownID
        vocabulary.draft.specialIDs.pad = vocabulary.find(configuration.pad, "<pad>")
        // AlbertTokenizer lets the mask take the space before it, like a word would.
        vocabulary.draft.specialIDs.mask = vocabulary.find(configuration.mask, "[MASK]", stripsLeft: true)
        vocabulary.addFurther(configuration)
        vocabulary.draft.template = TokenTemplate(cls: cls, sep: sep)
        return vocabulary.draft
    }

    /// XLM-R: the ids of fairseq, `<s> <pad> </s> <unk>` and then the model's pieces from the fourth on, `<mask>` last.
    ///
    /// Source: transformers 4.57, `XLMRobertaTokenizer`.
    private static func xlmRoberta(
        _ model: TokenizerDraft, _ configuration: TokenizerConfiguration
    ) throws(Fault) -> TokenizerDraft {
        let usual = ["<unk>", "<s>", "</s>"].map { Array($0.utf8) }
        guard model.pieces.starts(with: usual) else {
            throw .missingSpecialToken(path: model.path, token: "<unk>, <s>, </s> as its first pieces")
        }
        var draft = model
        draft.settings.keepsOrigins = true
        let control = PieceType.control.rawValue
        draft.pieces =
            [usual[1], Array("<pad>".utf8), usual[2], usual[0]] + model.pieces[3...] + [Array("<mask>".utf8)]
        draft.scores = [0, 0, 0, 0] + model.scores[3...] + [0]
        draft.types = [control, control, control, PieceType.unknown.rawValue] + model.types[3...] + [control]
        draft.settings.unknownID = 3
        draft.specialIDs.unknown = 3
        var vocabulary = SpecialVocabulary(draft: draft)
        try vocabulary.add(configuration)
        let cls = try vocabulary.require(configuration.cls, "<s>")
        let sep = try vocabulary.require(configuration.sep, "</s>")
        vocabulary.draft.specialIDs.cls = cls
        vocabulary.draft.specialIDs.sep = sep
        _ = vocabulary.find(configuration.unknown, "<unk>")
        vocabulary.draft.specialIDs.pad = vocabulary.find(configuration.pad, "<pad>")
        vocabulary.draft.specialIDs.mask = vocabulary.find(configuration.mask, "<mask>", stripsLeft: true)
        vocabulary.addFurther(configuration)
        let single = [
            TokenTemplate.Item(id: cls, typeID: 0), TokenTemplate.Item(id: TokenTemplate.Item.first, typeID: 0),
            TokenTemplate.Item(id: sep, typeID: 0),
        ]
        vocabulary.draft.template = TokenTemplate(
            single: single,
            pair: single + [
                TokenTemplate.Item(id: sep, typeID: 0), TokenTemplate.Item(id: TokenTemplate.Item.second, typeID: 0),
                TokenTemplate.Item(id: sep, typeID: 0),
            ])
        return vocabulary.draft
    }

    /// SentencePiece by itself: no special tokens, no frame.
    private static func plain(_ model: TokenizerDraft) -> TokenizerDraft {
        var draft = model
        draft.settings.keepsOrigins = true
        let first = TokenTemplate.Item(id: TokenTemplate.Item.first, typeID: 0)
        draft.template = TokenTemplate(
            single: [first], pair: [first, TokenTemplate.Item(id: TokenTemplate.Item.second, typeID: 0)])
        return draft
    }
}
