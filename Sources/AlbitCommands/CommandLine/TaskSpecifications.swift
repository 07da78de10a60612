/// The commands on text, as the board program parses them.
extension CommandTable {
    private static let texts = "MODEL [TEXT ...]"
    private static let offsets = OptionSpecification("offsets", value: "UNIT", "What offsets count: bytes or characters (default: bytes)")

    private static let pooling = OptionSpecification(
        "pooling", value: "NAME", "mean, cls, max or pooler (default: the model's own, else mean)")

    /// What all of them take.
    private static let shared = [
        OptionSpecification("file", value: "FILE", "Read texts from a file: a line each, or .tsv, .csv, .jsonl; - is standard input"),
        OptionSpecification("strict", "Refuse a text that is too long instead of cutting it"),
        OptionSpecification("max-length", value: "N", "Most tokens of a sequence (default: all that the model takes)"),
        OptionSpecification("tsv", "Print columns with tabs between them"),
    ] + computing

    private static func task(
        _ name: String, _ help: String, arguments: String = texts, _ options: [OptionSpecification]
    ) -> CommandSpecification {
        CommandSpecification(name, arguments: arguments, count: 1...Int.max, help, options: options + shared)
    }

    package static let classify = task(
        "classify", "Label texts, or pairs of texts",
        [OptionSpecification("pairs", "Texts come in pairs: arguments two by two, lines with a tab between")])

    package static let tag = task(
        "tag", "Find the entities in texts",
        [
            OptionSpecification(
                "aggregation", value: "NAME", "word, first, average, max, simple or none: how tokens become entities (default: word)"),
            OptionSpecification("stride", value: "N", "Tokens that the windows of a long text share (default: 64)"),
            offsets,
        ])

    package static let answer = task(
        "answer", "Find the answer to a question in a text", arguments: "MODEL [QUESTION TEXT ...]",
        [
            OptionSpecification("context", value: "FILE", "Search this file for every question"),
            OptionSpecification("top", value: "N", "Answers to print (default: 1)"),
            OptionSpecification("no-answer", "The text may not hold the answer (SQuAD 2)"),
            OptionSpecification("max-answer", value: "N", "Longest answer in tokens (default: 15)"),
            OptionSpecification("stride", value: "N", "Tokens that the windows of a long text share (default: 128)"),
            offsets,
        ])

    package static let fill = task(
        "fill", "Find words for [MASK]", [OptionSpecification("top", value: "N", "Words for each mask (default: 5)")])

    package static let embed = task(
        "embed", "Turn texts into vectors",
        [
            pooling,
            OptionSpecification("raw", "Do not scale vectors to length 1"),
        ])

    package static let order = task("order", "Tell whether the second of two texts follows the first", arguments: "MODEL [TEXT TEXT ...]", [])

    package static let choose = task(
        "choose", "Choose what fits a text best", arguments: "MODEL [TEXT CHOICE CHOICE ...]", [])

    package static let summarize = task(
        "summarize", "Take the sentences out of a text that say most of it",
        [
            OptionSpecification("sentences", value: "N", "Sentences to keep (default: by --ratio)"),
            OptionSpecification("ratio", value: "R", "Share of the sentences to keep (default: 0.2)"),
            OptionSpecification("method", value: "NAME", "lexrank or mmr (default: lexrank)"),
            pooling, offsets,
        ])

    package static let match = task(
        "match", "Find what fits a question among candidates", arguments: "MODEL [QUESTION CANDIDATE ...]",
        [
            OptionSpecification("candidates", value: "FILE", "Candidates, a line each, or .tsv, .csv, .jsonl; arguments are questions then"),
            OptionSpecification("save-index", value: "FILE", "Save the candidates' vectors"),
            OptionSpecification("index", value: "FILE", "Search an index that was saved"),
            OptionSpecification("force", "Replace the index where it exists"),
            OptionSpecification("top", value: "N", "Matches to print (default: 5)"),
            OptionSpecification("embeddings", "Compare vectors even where the model has a pair head"),
            pooling,
        ])

    package static let tasks = [classify, tag, answer, fill, embed, order, choose, summarize, match]
}
