import AlbitText
import AlbitTokenizers

/// `BertJapaneseTokenizer`: its own order of BERT's steps, and a mode in which every character is a token.
///
/// Source: transformers 4.57, models/bert_japanese/tokenization_bert_japanese.py.
enum JapaneseVocabulary {
    /// The steps for a configuration. Words that are given, instead of a segmenter's, go to the model as they are.
    ///
    /// Characters do not need a segmenter: where words end does not show. MeCab drops tab, line feed, U+000B and the
    /// blank, with each of its dictionaries, and leaves everything else.
    static func pipeline(_ configuration: TokenizerConfiguration) -> TokenizerPipeline {
        let lowers = configuration.lowerCase ?? false
        let isBasic = configuration.wordTokenizer ?? "basic" == "basic"
        var pipeline = TokenizerPipeline()
        pipeline.normalizers = isBasic ? [.cleanText, .form(.nfc)] : [.form(.nfkc14)]
        if lowers { pipeline.normalizers += isBasic ? [.lowercase, .form(.nfd), .stripNonspacingMarks] : [.lowercase] }
        guard configuration.subwordTokenizer == "character" else {
            pipeline.preTokenizers = isBasic ? [.whitespaceSplit, .punctuation(.isolated)] : [.whitespaceSplit]
            return pipeline
        }
        // Words are normalized by themselves: U+0000, which no text has here, keeps them apart meanwhile.
        for space: UInt8 in [0x20, 0x09, 0x0A, 0x0B] {
            pipeline.normalizers.append(.replace(.literal([space]), with: [0]))
        }
        pipeline.normalizers.append(.form(.nfkc14))
        pipeline.preTokenizers = [.delimiter(0), .character]
        pipeline.continuation = []
        return pipeline
    }
}
