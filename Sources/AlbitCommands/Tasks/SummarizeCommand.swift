import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// `summarize`: the sentences of a text that say most of it, in their order.
package struct SummarizeCommand: TaskCommand {
    package static let usualMethod = SentenceRanking.Method.lexRank
    package static let specification = CommandSpecification.task(
        "summarize", "Take the sentences out of a text that say most of it",
        [
            OptionSpecification("sentences", value: "N", "Sentences to keep", otherwise: "by --ratio"),
            OptionSpecification("ratio", value: "R", "Share of the sentences to keep", fallback: "0.2"),
            OptionSpecification("method", value: "NAME", "lexrank or mmr", fallback: usualMethod.rawValue),
            .pooling, .prompt, .offsets,
        ])

    package var options: TaskOptions
    package var method = SummarizeCommand.usualMethod
    /// Sentences to keep; 0: by `ratio`.
    package var sentences = 0
    /// Share of the sentences to keep where no number is given.
    package var ratio = SummarizeCommand.specification.number("ratio")
    package var pooling: SentencePooling?
    /// Name of the prompt that goes before sentences; nil: the model's standard one, empty: none.
    package var prompt: String?

    package init(options: TaskOptions) { self.options = options }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
        sentences = try words.count("sentences") ?? 0
        if let text = words.value("ratio") {
            guard let ratio = DecimalText.double(text) else {
                throw Fault(.optionValue, "--ratio is '" + text + "'", expected: "a number up to 1")
            }
            self.ratio = ratio
        }
        if let name = words.value("method") { method = try SummarizeCommand.method(name) }
        pooling = try words.pooling()
        prompt = words.value("prompt")
    }

    /// Each text is one to summarize; without any, all of the file or of standard input is.
    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        guard sentences >= 0, ratio > 0, ratio <= 1 else {
            throw Fault(.optionValue, "--sentences takes 1 or more, --ratio more than 0 and up to 1")
        }
        if options.file != nil, !texts.isEmpty {
            throw Fault(.optionsConflict, "texts come from arguments or from --file, not from both")
        }
        if let file = options.file, file != TextFile(file.path) {
            throw Fault(.optionsConflict, "summarize takes a whole file for one text, so --columns has no meaning")
        }
        let tasks = try options.session(model)
        var choice = SentenceEmbedding.Options(pooling: pooling, isNormalized: true)
        choice.prompt = try model.prompt(prompt)
        let embedding = try SentenceEmbedding(tasks.context, options: choice)
        let task = Summarization(
            embedding, length: sentences > 0 ? .sentences(sentences) : .share(ratio), method: method)
        let documents = texts.isEmpty ? [try SummarizeCommand.read(options.file?.path)] : texts.map { Array($0.utf8) }
        if options.format == .tsv { try output.line("line\tstart\tend\tscore\ttext") }
        for (line, text) in documents.enumerated() {
            try write(tasks.answer(of: task, to: text), text, line + 1, output)
        }
        try output.flush()
    }

    private static func read(_ path: String?) throws(Fault) -> [UInt8] {
        if let path, path != "-" {
            let file = try MappedFile(path: path)
            return withExtendedLifetime(file) { Array(file.bytes) }
        }
        return try read(descriptor: 0)
    }

    /// All that a descriptor gives, 256 MB at most.
    package static func read(descriptor: Int32, limit: Int = 1 << 28) throws(Fault) -> [UInt8] {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = chunk.withUnsafeMutableBytes { platform_read(descriptor, $0.baseAddress, $0.count) }
            guard got >= 0 else { throw Fault(.inputUnreadable, "standard input can't be read") }
            if got == 0 { return text }
            guard text.count + Int(got) <= limit else {
                throw Fault(.inputTooLong, "standard input is longer than " + String(limit >> 20) + " MB")
            }
            text.append(contentsOf: chunk[..<Int(got)])
        }
    }

    private func write(
        _ chosen: [ChosenSentence], _ text: [UInt8], _ line: Int, _ output: Output
    ) throws(Fault) {
        let offsets = Offsets(countsCharacters: options.countsCharacters)
        guard options.format == .json else {
            for sentence in chosen {
                let words = TableText.field(part(sentence.range, of: text))
                if options.format == .table {
                    try output.line(words)
                } else {
                    var row = [String(line), String(offsets.place(sentence.range.lowerBound, in: text))]
                    row.append(String(offsets.place(sentence.range.upperBound, in: text)))
                    row.append(sentence.score.description)
                    row.append(words)
                    try output.line(row.joined(separator: "\t"))
                }
            }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("sentences")
        json.beginArray()
        for sentence in chosen {
            json.beginObject()
            json.member("text")
            json.string(part(sentence.range, of: text))
            json.member("start")
            json.integer(offsets.place(sentence.range.lowerBound, in: text))
            json.member("end")
            json.integer(offsets.place(sentence.range.upperBound, in: text))
            json.member("score")
            json.number(sentence.score)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        try output.line(json.text)
    }

    /// By the name that `--method` takes.
    package static func method(_ name: String) throws(Fault) -> SentenceRanking.Method {
        guard let method = SentenceRanking.Method(rawValue: name) else {
            throw Fault(.optionValue, "--method is '" + name + "'", expected: "lexrank or mmr")
        }
        return method
    }
}
