/// How text is prepared before pieces are looked up; what a tokenizer's own files say beside its vocabulary.
package struct TokenizerSettings: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        /// SentencePiece Unigram.
        case unigram = 0
        case wordPiece = 1
        /// SentencePiece BPE.
        case bytePair = 2
    }

    /// What is taken out of the text after decomposition.
    package enum Accents: UInt8, Sendable {
        /// No decomposition, everything stays.
        case keep = 0
        /// Decomposed; characters with a combining class go (Hugging Face's AlbertTokenizer).
        case dropCombining = 1
        /// Decomposed; general category M goes (`StripAccents` of the `tokenizers` library).
        case dropMarks = 2
    }

    package var kind: Kind

    // Both kinds.
    package var lowerCase = true
    package var unknownID: Int32 = 0

    // Unigram: ALBERT's own preparation.
    /// Runs of white space become one space, none at the ends.
    package var removeSpace = false
    /// Two backticks or two apostrophes become a quotation mark.
    package var joinQuotes = false
    package var accents = Accents.keep
    /// Special tokens are found, and letters lower-cased, before everything else, as Python's AlbertTokenizer does:
    /// `<PAD>` is then found too, and a capital sigma only becomes a final one where decomposition made it.
    package var lowersFirst = false
    /// A piece of a digit and a comma at its end is cut in two (AlbertTokenizer._tokenize).
    package var splitsDigitComma = false

    // Unigram: the SentencePiece model's normalizer.
    package var addDummyPrefix = true
    package var removeExtraWhitespaces = true
    /// A space at the end stays as one U+2581 of its own: `Metaspace` of a tokenizer.json without `WhitespaceSplit`.
    package var keepsTrailingSpace = false
    /// Control and unknown pieces never come out of ordinary text.
    package var hidesControlPieces = true
    package var byteFallback = false
    /// Offsets are SentencePiece's own: a mark has the place of the white space that it stands for, or none.
    package var keepsOrigins = false
    /// Least and greatest score of ordinary pieces: what an unknown character and a user-defined symbol weigh.
    package var minScore: Float = 0
    package var maxScore: Float = 0

    // WordPiece: BERT's basic tokenizer.
    package var cleanText = true
    package var separatesCJK = true
    package var stripAccents = true
    package var maxWordCharacters = 100

    package init(kind: Kind) { self.kind = kind }

    /// Whether the vocabulary is that of a SentencePiece model, with scores and types.
    var isSentencePiece: Bool { kind != .wordPiece }
}

/// A token that is recognised in text as written, before any normalization.
package struct SpecialToken: Sendable, Equatable {
    package var id: Int32
    package var content: [UInt8]
    /// White space before it belongs to it.
    package var stripsLeft = false
    /// White space after it belongs to it.
    package var stripsRight = false
    /// It is looked for in normalized text, in its own normalized form.
    package var normalized = false
    /// It is not found where a word character touches it.
    package var singleWord = false

    package init(id: Int32, content: [UInt8], stripsLeft: Bool = false, stripsRight: Bool = false) {
        self.id = id
        self.content = content
        self.stripsLeft = stripsLeft
        self.stripsRight = stripsRight
    }
}

/// The frame a model expects around its input: `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`.
package struct TokenTemplate: Sendable, Equatable {
    /// A special token's id, or `first` or `second`; with its token type.
    package struct Item: Sendable, Equatable {
        package static let first: Int32 = -1
        package static let second: Int32 = -2
        package var id: Int32
        package var typeID: Int32

        package init(id: Int32, typeID: Int32) {
            self.id = id
            self.typeID = typeID
        }
    }

    package var single: [Item]
    package var pair: [Item]

    package init(single: [Item], pair: [Item]) {
        self.single = single
        self.pair = pair
    }

    /// BERT's and ALBERT's own.
    package init(cls: Int32, sep: Int32) {
        single = [Item(id: cls, typeID: 0), Item(id: Item.first, typeID: 0), Item(id: sep, typeID: 0)]
        pair = single + [Item(id: Item.second, typeID: 1), Item(id: sep, typeID: 1)]
    }
}

/// Ids of tokens that tasks ask for; nil where the vocabulary has none.
package struct SpecialIDs: Sendable, Equatable {
    package var unknown: Int32?
    package var cls: Int32?
    package var sep: Int32?
    package var pad: Int32?
    package var mask: Int32?

    package init() {}
}

/// SentencePiece's piece types, with its numbers; GGUF uses the same.
package enum PieceType: UInt8, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
}
