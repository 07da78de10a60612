import AlbitCommands
import AlbitImporters
import AlbitModel
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// Which part of a vocabulary a model keeps: what texts use, and as many of the likeliest pieces as are asked for.
package struct VocabularyChoice: Sendable {
    /// A data file.
    package var texts: String
    /// Pieces to fill up to; nil: those that the texts use and that must stay.
    package var pieces: Int?
    /// Which columns are for what, as in `text=review`; nil: as their names say.
    package var columns: String?

    package init(texts: String, pieces: Int? = nil, columns: String? = nil) {
        (self.texts, self.pieces, self.columns) = (texts, pieces, columns)
    }

    /// The source with the rows that are kept. Throws for a model without a tokenizer, and for a file without texts.
    /// `isSegmented`: texts are words, cut by whoever asks.
    package func apply(to source: AlbertSource, isSegmented: Bool = false) throws(Fault) -> AlbertSource {
        let counted = try CountedPieces(self, source, isSegmented: isSegmented)
        return try counted.source(keeping: max(pieces ?? 0, counted.order.usedCount))
    }
}

/// The pieces of a model's tokenizer, and how often the texts of a file use each.
struct CountedPieces {
    let order: VocabularyOrder
    let source: AlbertSource
    private let draft: TokenizerDraft
    private let choice: VocabularyChoice
    private let textCount: Int

    /// `part`: count those texts only; nil: all.
    init(_ choice: VocabularyChoice, _ source: AlbertSource, isSegmented: Bool, part: Int? = nil) throws(Fault) {
        guard let draft = try TokenizerReader.draft(source.tokenizerFiles, isSegmented: isSegmented) else {
            throw Fault(
                .modelNoTokenizer, in: source.report.path, "has no tokenizer whose pieces could be kept",
                advice: "name one with --tokenizer, or leave --keep-vocabulary out")
        }
        let tokenizer = Tokenizer(try TokenizerTables(draft))
        let reader = try ExampleReader(
            path: choice.texts, otherwise: .tableIfNamed, choice: ColumnChoice(optional: choice.columns))
        var counts = [Int](repeating: 0, count: draft.pieces.count)
        var texts = 0
        func count(_ ids: [Int32]) {
            for id in ids where counts.indices.contains(Int(id)) { counts[Int(id)] += 1 }
        }
        for prompt in source.card.prompts.prompts {
            count(source.card.tokens(of: Array(prompt.text.utf8), tokenizer).ids)
        }
        while let example = try reader.next() {
            texts += 1
            if let part, Self.part(ofText: texts) != part { continue }
            if case .ids(let ids, _) = example.input { count(ids) }
            for text in example.texts { count(source.card.tokens(of: text, tokenizer).ids) }
        }
        guard texts > 0 else {
            throw Fault(.dataEmpty, in: choice.texts, "holds no text whose pieces could be kept", expected: "texts")
        }
        order = try source.vocabularyOrder(draft, tokenizer, counts: counts)
        textCount = texts
        self.draft = draft
        self.source = source
        self.choice = choice
    }

    /// Which half of a file its nth text belongs to, 0 or 1.
    static func part(ofText n: Int) -> Int { n % 2 }

    /// The source with the first `count` pieces, at least those that must stay.
    func source(keeping count: Int) throws(Fault) -> AlbertSource {
        let kept = order.keep(count)
        let used = min(order.usedCount, kept.count) - order.requiredCount
        let name = CalibrationData.name(of: choice.texts)
        let all = order.usedCount - order.requiredCount
        var words =
            "\(InspectCommand.grouped(kept.count)) of \(InspectCommand.grouped(source.configuration.vocabSize)) "
        words += "pieces: \(InspectCommand.grouped(order.requiredCount)) that must stay, "
        words += used < all ? "the most frequent \(InspectCommand.grouped(used)) of " : ""
        words += "\(InspectCommand.grouped(all)) more that \(textCount) texts of \(name) use"
        let rest = kept.count - min(order.usedCount, kept.count)
        if rest > 0 { words += ", the likeliest \(InspectCommand.grouped(rest)) of the others" }
        return try source.keeping(kept, of: draft, vocabulary: words)
    }
}

extension DataExample {
    /// All texts of an example, each as the tokenizer gets it.
    fileprivate var texts: [[UInt8]] {
        switch input {
        case .text(let text, let pair): [text] + (pair.map { [$0] } ?? [])
        case .words(let words): words + [Array(words.joined(separator: [0x20]))]
        case .question(let question, let context): [question, context]
        case .choices(let text, let choices): [text] + choices
        case .ids: []
        }
    }
}
