import AlbitModel
import AlbitRuntime
import AlbitText

/// `match`: which of some candidates (answers, intents, paragraphs) fits a question.
///
/// A model with a pair head reads question and candidate together; any other compares their vectors.
package struct MatchCommand {
    package var options: TaskOptions
    /// Candidates a line each; nil: they follow the question as arguments.
    package var candidates: String?
    /// An index that was saved before.
    package var index: String?
    /// Where to save the candidates' vectors.
    package var saveIndex: String?
    package var force = false
    /// Matches to print of each question.
    package var top = 5
    /// Compare vectors even where the model has a pair head.
    package var embeddings = false
    package var pooling: SentencePooling?

    package init(options: TaskOptions) { self.options = options }

    private struct Match {
        let index: Int
        let text: [UInt8]
        let score: Float
    }

    package func run(_ model: LoadedModel, texts: [String], output: Output) throws(CommandError) {
        guard top > 0 else { throw .usage("--top is " + String(top) + ", expected 1 or more") }
        if index != nil, candidates != nil || saveIndex != nil {
            throw .usage("--index holds its candidates already; leave out --candidates and --save-index")
        }
        let tasks = try options.session(model)
        let embedding = try answering { () throws(TaskError) in
            try SentenceEmbedding(tasks, pooling: pooling ?? model.sentencePooling)
        }
        if let saveIndex { try save(saveIndex, model, embedding) }
        if saveIndex != nil, texts.isEmpty, options.file == nil { return }
        let fromArguments = index == nil && candidates == nil
        if fromArguments, texts.count < 2 { throw .usage("match needs a question and candidates, --candidates FILE, or --index FILE") }
        let list = try fromArguments ? texts.dropFirst().map { Array($0.utf8) } : candidates.map { (path) throws(CommandError) in try MatchCommand.read(path) }
        let find = try finder(model, tasks, embedding, list)
        let reader = try TaskReader(arguments: fromArguments ? [texts[0]] : texts, file: options.file, columns: .text)
        if options.format == .tsv { try output.line("line\tindex\tscore\ttext\tquestion") }
        var line = 0
        try TaskRun(options: options, tasks: tasks, output: output).forEachBatch(reader) { (records) throws(CommandError) in
            for record in records {
                line += 1
                try write(try find(record[0]), record[0], line, output)
            }
        }
    }

    /// What made the vectors of an index: weights and pooling.
    private func source(_ model: LoadedModel, _ embedding: SentenceEmbedding) throws(CommandError) -> String {
        var name = ""
        do throws(ModelFileError) {
            name = try model.file?.gguf.string("albit.selftest.digest") ?? model.weights.configuration.architecture.name + " "
                + String(model.weights.configuration.hiddenSize)
        } catch {
            throw .model(error)
        }
        return name + " " + embedding.pooling.rawValue
    }

    private func save(_ path: String, _ model: LoadedModel, _ embedding: SentenceEmbedding) throws(CommandError) {
        guard let candidates else { throw .usage("--save-index needs --candidates FILE") }
        let reader = try TaskReader(arguments: [], file: candidates, columns: .text)
        var writer = VectorIndexWriter(width: model.weights.configuration.hiddenSize)
        var count = 0
        while true {
            let records = try reader.read(upTo: TaskRun.batchCount)
            guard !records.isEmpty else { break }
            let vectors = try answering { () throws(TaskError) in try embedding.embed(records.map { TaskText($0[0]) }) }
            for (record, vector) in zip(records, vectors) { writer.add(record[0], vector) }
            count += records.count
        }
        let source = try source(model, embedding)
        do throws(OutputError) {
            try writer.write(to: path, source: source, overwrite: force)
        } catch {
            throw error.failure == .machine ? .machine(error.description) : .usage(error.description)
        }
        Message.say(path + ": " + String(count) + " candidates")
    }

    private static func read(_ path: String) throws(CommandError) -> [[UInt8]] {
        let reader = try TaskReader(arguments: [], file: path, columns: .text)
        var texts: [[UInt8]] = []
        while let record = try reader.read() { texts.append(record[0]) }
        return texts
    }

    /// How a question is answered: by index, by pairs or by vectors.
    private func finder(
        _ model: LoadedModel, _ tasks: TaskSession, _ embedding: SentenceEmbedding, _ candidates: [[UInt8]]?
    ) throws(CommandError) -> (_ question: [UInt8]) throws(CommandError) -> [Match] {
        let top = top
        if let index {
            let source = try source(model, embedding)
            let opened: VectorIndex
            do throws(VectorIndexError) { opened = try VectorIndex(path: index, source: source) } catch { throw MatchCommand.command(error) }
            return { (question) throws(CommandError) in
                let vector = try answering { () throws(TaskError) in try embedding.embed([TaskText(question)])[0] }
                do throws(VectorIndexError) {
                    let found = try opened.search(vector, top: top, kernel: tasks.kernel)
                    return zip(found, opened.texts(found.map { $0.index })).map { Match(index: $0.index, text: $1, score: $0.score) }
                } catch {
                    throw MatchCommand.command(error)
                }
            }
        }
        let candidates = candidates ?? []
        if !embeddings, let pairs = PairRanking(tasks, heads: model.heads, labels: model.labels) {
            return { (question) throws(CommandError) in
                let scores = try answering { () throws(TaskError) in try pairs.scores(question, candidates) }
                return Scores.largest(scores, count: top).map { Match(index: $0, text: candidates[$0], score: scores[$0]) }
            }
        }
        let vectors = try answering { () throws(TaskError) in try embedding.embed(candidates.map { TaskText($0) }) }
        return { (question) throws(CommandError) in
            let vector = try answering { () throws(TaskError) in try embedding.embed([TaskText(question)])[0] }
            let scores = vectors.map { SentenceRanking.cosine($0, vector) }
            return Scores.largest(scores, count: top).map { Match(index: $0, text: candidates[$0], score: scores[$0]) }
        }
    }

    private static func command(_ error: VectorIndexError) -> CommandError {
        switch error {
        case .model(let inner): .model(inner)
        case .runtime(let inner): .runtime(inner)
        case .notAnIndex, .otherModel: .input(error.description)
        }
    }

    private func write(_ matches: [Match], _ question: [UInt8], _ line: Int, _ output: Output) throws(CommandError) {
        let table = TableText(output: output)
        switch options.format {
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.member("matches")
            json.beginArray()
            for match in matches {
                json.beginObject()
                json.member("index")
                json.integer(match.index)
                json.member("text")
                json.string(match.text)
                json.member("score")
                json.number(MatchCommand.shown(match.score))
                json.endObject()
            }
            json.endArray()
            json.endObject()
            try output.line(json.text)
        case .tsv:
            for match in matches {
                var row = [String(line), String(match.index), MatchCommand.shown(match.score).description]
                row.append(TableText.field(match.text))
                row.append(TableText.field(question))
                try output.line(row.joined(separator: "\t"))
            }
        case .table:
            try output.line(table.coloured(TableText.line(question, limit: 76), .bold))
            for match in matches {
                try output.line("  " + TableText.score(MatchCommand.shown(match.score)) + "  " + TableText.line(match.text, limit: 70))
            }
        }
    }

    /// Scores are 0...1: a cosine below zero says no more than zero does.
    private static func shown(_ score: Float) -> Float { max(0, min(1, score)) }
}
