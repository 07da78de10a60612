import AlbitModel
import AlbitRuntime
import AlbitText
import CPlatform

/// `summarize`: the sentences of a text that say most of it, in their order.
package struct SummarizeCommand {
    package var options: TaskOptions
    package var method = SentenceRanking.Method.lexRank
    /// Sentences to keep; 0: by `ratio`.
    package var sentences = 0
    /// Share of the sentences to keep where no number is given.
    package var ratio = 0.2
    package var pooling: SentencePooling?

    package init(options: TaskOptions) { self.options = options }

    /// Each text is one to summarize; without any, all of the file or of standard input is.
    package func run(_ model: LoadedModel, texts: [String], output: Output) throws(Fault) {
        guard sentences >= 0, ratio > 0, ratio <= 1 else {
            throw Fault(.optionValue, "--sentences takes 1 or more, --ratio more than 0 and up to 1")
        }
        if options.file != nil, !texts.isEmpty {
            throw Fault(.optionsConflict, "texts come from arguments or from --file, not from both")
        }
        let tasks = try options.session(model)
        let embedding = try SentenceEmbedding(tasks, pooling: pooling ?? model.sentencePooling)
        let documents = texts.isEmpty ? [try SummarizeCommand.read(options.file)] : texts.map { Array($0.utf8) }
        if options.format == .tsv { try output.line("line\tstart\tend\tscore\ttext") }
        for (line, text) in documents.enumerated() {
            let ranges = SentenceSplitter.sentences(text)
            guard ranges.count <= SentenceRanking.mostSentences else {
                throw Fault(
                    .textTooManySentences, "the text has " + String(ranges.count)
                        + " sentences, more than the limit of " + String(SentenceRanking.mostSentences),
                    advice: "summarize its parts")
            }
            let vectors = try embedding.embed(ranges.map { TaskText(part($0, of: text)) })
            let count = sentences > 0 ? sentences : max(1, Int((Double(ranges.count) * ratio).rounded()))
            let chosen = SentenceRanking.choose(count, of: vectors, by: method)
            try write(chosen.map { (ranges[$0.index], $0.score) }, text, line + 1, output)
        }
        try output.flush()
    }

    private static func read(_ path: String?) throws(Fault) -> [UInt8] {
        if let path, path != "-" {
            let file = try MappedFile(path: path)
            return withExtendedLifetime(file) { Array(file.bytes) }
        }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = chunk.withUnsafeMutableBytes { platform_read(0, $0.baseAddress, $0.count) }
            guard got >= 0 else { throw Fault(.inputUnreadable, "standard input can't be read") }
            if got == 0 { return text }
            guard text.count < 1 << 28 else { throw Fault(.inputTooLong, "standard input is longer than 256 MB") }
            text.append(contentsOf: chunk[..<Int(got)])
        }
    }

    private func write(
        _ chosen: [(range: Range<Int>, score: Float)], _ text: [UInt8], _ line: Int, _ output: Output
    ) throws(Fault) {
        let offsets = Offsets(countsCharacters: options.countsCharacters)
        guard options.format == .json else {
            for (range, score) in chosen {
                let sentence = TableText.field(part(range, of: text))
                if options.format == .table {
                    try output.line(sentence)
                } else {
                    var row = [String(line), String(offsets.place(range.lowerBound, in: text))]
                    row.append(String(offsets.place(range.upperBound, in: text)))
                    row.append(score.description)
                    row.append(sentence)
                    try output.line(row.joined(separator: "\t"))
                }
            }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("sentences")
        json.beginArray()
        for (range, score) in chosen {
            json.beginObject()
            json.member("text")
            json.string(part(range, of: text))
            json.member("start")
            json.integer(offsets.place(range.lowerBound, in: text))
            json.member("end")
            json.integer(offsets.place(range.upperBound, in: text))
            json.member("score")
            json.number(score)
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
