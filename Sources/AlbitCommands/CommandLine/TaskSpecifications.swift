import AlbitModel

/// What the commands on text declare in common.
extension CommandSpecification {
    /// A command on text, with the options that all of them take.
    static func task(
        _ name: String, _ help: String, arguments: String = "MODEL [TEXT ...]", _ options: [OptionSpecification]
    ) -> CommandSpecification {
        CommandSpecification(name, arguments: arguments, count: 1...Int.max, help, options: options + shared)
    }

    private static let shared =
        [
            OptionSpecification(
                "file", value: "FILE",
                "Read texts from a file: a line each, TSV, CSV, JSON, CoNLL, SQuAD; - is standard input"),
            OptionSpecification(
                "columns", value: "ROLE=NAME,...",
                "Which columns of the file are for what, as in text=review,pair=reply"),
            OptionSpecification("strict", "Refuse a text that is too long instead of cutting it"),
            OptionSpecification(
                "max-length", value: "N", "Most tokens of a sequence", otherwise: "all that the model takes"),
            OptionSpecification("tsv", "Print columns with tabs between them"),
        ] + CommandTable.computing
}

extension OptionSpecification {
    static let offsets = OptionSpecification(
        "offsets", value: "UNIT", "What offsets count: bytes or characters", fallback: "bytes")

    static let prompt = OptionSpecification(
        "prompt", value: "NAME", "The model's prompt to put before texts, '' for none", otherwise: "its standard one")

    static let pooling = OptionSpecification(
        "pooling", value: "NAME", SentencePooling.names, otherwise: "the model's own, else mean")
}
