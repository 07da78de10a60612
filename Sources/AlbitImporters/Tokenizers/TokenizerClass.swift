import AlbitText
import AlbitTokenizers

/// What `tokenizer_class` says of a directory: which class of transformers reads the files, and so what they mean.
enum TokenizerClass {
    /// `vocab.txt` in BERT's way.
    case bert
    /// `spiece.model` in ALBERT's way.
    case albert
    /// `sentencepiece.bpe.model` with ids shifted as fairseq has them.
    case xlmRoberta
    case japanese
    /// Nothing is said, or that `tokenizer.json` is all.
    case any
    case other(String)

    init(_ name: String?) {
        guard var name else {
            self = .any
            return
        }
        if name.hasSuffix("Fast") { name.removeLast(4) }
        switch name {
        case "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer",
            "SqueezeBertTokenizer",
            "LxmertTokenizer", "RetriBertTokenizer", "LayoutLMTokenizer":
            self = .bert
        case "AlbertTokenizer": self = .albert
        case "XLMRobertaTokenizer": self = .xlmRoberta
        case "BertJapaneseTokenizer": self = .japanese
        case "PreTrainedTokenizer", "TokenizersBackend", "PythonBackend", "SentencePieceBackend": self = .any
        default: self = .other(name)
        }
    }
}

extension TokenizerConfiguration {
    /// Refuses what another program would have to read. `isSegmented`: words are given, so that no segmenter is needed.
    func check(path: String, hasTokenizerJSON: Bool, isSegmented: Bool) throws(Fault) {
        if hasOwnCode {
            throw .unsupported(
                path: path, what: "tokenizer with Python code of its own", name: "auto_map",
                expected: "a tokenizer.json that transformers runs without code of its own")
        }
        switch TokenizerClass(tokenizerClass) {
        case .japanese where subwordTokenizer == "sentencepiece":
            throw .unsupported(
                path: path, what: "subword tokenizer of BertJapaneseTokenizer", name: subwordTokenizer ?? "",
                expected: "wordpiece or character")
        case .japanese where wordTokenizer == "mecab" || wordTokenizer == "sudachi" || wordTokenizer == "jumanpp":
            guard isSegmented || wordTokenizer == "mecab" && subwordTokenizer == "character" else {
                let segmenter =
                    ["mecab": "MeCab", "sudachi": "Sudachi", "jumanpp": "Juman++"][wordTokenizer ?? ""] ?? ""
                throw .unsupported(
                    path: path, what: "word segmenter of BertJapaneseTokenizer", name: segmenter,
                    expected: "words: segment the text with " + segmenter
                        + " first, then give the words with --pretokenized")
            }
        case .other(let name) where !hasTokenizerJSON || name.hasPrefix("KoBert"):
            throw .unsupported(
                path: path, what: "tokenizer_class", name: name,
                expected:
                    """
                    AlbertTokenizer, BertTokenizer, BertJapaneseTokenizer, XLMRobertaTokenizer or a tokenizer.json; \
                    convert the tokenizer 
                    """
                    + "to a tokenizer.json, or segment the text into pieces first and give ids")
        default: break
        }
    }
}
