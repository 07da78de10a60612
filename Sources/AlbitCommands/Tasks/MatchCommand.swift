import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `match`: which of some candidates (answers, intents, paragraphs) fits a question.
///
/// A model with a pair head reads question and candidate together; any other compares their vectors.
package struct MatchCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "match", "Find what fits a question among candidates", arguments: "MODEL [QUESTION CANDIDATE ...]",
        [
            OptionSpecification(
                "candidates", value: "FILE",
                "Candidates, a line each, or a table as for --file; arguments are questions then"),
            OptionSpecification("save-index", value: "FILE", "Save the candidates' vectors"),
            OptionSpecification("index", value: "FILE", "Search an index that was saved"),
            OptionSpecification("force", "Replace the index where it exists"),
            OptionSpecification("top", value: "N", "Matches to print (default: 5)"),
            OptionSpecification("embeddings", "Compare vectors even where the model has a pair head"),
            .pooling,
        ])

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

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
        candidates = words.value("candidates")
        index = words.value("index")
        saveIndex = words.value("save-index")
        force = words.flag("force")
        if let top = try words.count("top") { self.top = top }
        embeddings = words.flag("embeddings")
        pooling = try words.pooling()
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        guard top > 0 else { throw Fault(.optionValue, "--top is " + String(top), expected: "1 or more") }
        if index != nil, candidates != nil || saveIndex != nil {
            throw Fault(
                .optionsConflict, "--index holds its candidates already",
                advice: "leave out --candidates and --save-index")
        }
        let tasks = try options.session(model)
        let embedding = try SentenceEmbedding(tasks.context, options: .init(pooling: pooling))
        if let saveIndex { try save(saveIndex, tasks, embedding) }
        if saveIndex != nil, texts.isEmpty, options.file == nil { return }
        let fromArguments = index == nil && candidates == nil
        if fromArguments, texts.count < 2 {
            throw Fault(.argumentsMissing, "match needs a question and candidates, --candidates FILE, or --index FILE")
        }
        var list: [[UInt8]] = []
        if fromArguments {
            list = texts.dropFirst().map { Array($0.utf8) }
        } else if let candidates {
            list = try MatchCommand.read(candidates)
        }
        let find = try finder(tasks, embedding, list)
        let reader = try TaskReader(arguments: fromArguments ? [texts[0]] : texts, file: options.file, columns: .text)
        if options.format == .tsv { try output.line("line\tindex\tscore\ttext\tquestion") }
        var line = 0
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            for record in records {
                line += 1
                try write(try find.matches(record[0], top: top, tasks), record[0], line, output)
            }
        }
    }

    /// What made the vectors of an index: weights and pooling.
    private func source(_ model: Model, _ embedding: SentenceEmbedding) throws(Fault) -> String {
        let name =
            try model.file?.gguf.string(ModelKey.selfTestDigest) ?? model.weights.configuration.architecture.name + " "
            + String(model.weights.configuration.hiddenSize)
        return name + " " + embedding.pipeline.name
    }

    private func save(_ path: String, _ tasks: TaskSession, _ embedding: SentenceEmbedding) throws(Fault) {
        guard let candidates else { throw Fault(.argumentsMissing, "--save-index needs --candidates FILE") }
        let reader = try TaskReader(arguments: [], file: TextFile(candidates), columns: .text)
        var writer = VectorIndexWriter(width: embedding.width)
        var count = 0
        while true {
            let records = try reader.read(upTo: TaskRun.batchCount)
            guard !records.isEmpty else { break }
            let vectors = try tasks.answers(of: embedding, to: records.map { TaskText($0[0]) })
            for (record, vector) in zip(records, vectors) { writer.add(record[0], vector) }
            count += records.count
        }
        let source = try source(tasks.model, embedding)
        try writer.write(to: path, source: source, overwrite: force)
        Message.say(path + ": " + String(count) + " candidates")
    }

    private static func read(_ path: String) throws(Fault) -> [[UInt8]] {
        let reader = try TaskReader(arguments: [], file: TextFile(path), columns: .text)
        var texts: [[UInt8]] = []
        while let record = try reader.read() { texts.append(record[0]) }
        return texts
    }

    /// How a question is answered.
    private enum Finder {
        case index(VectorIndex, SentenceEmbedding)
        case pairs(PairRanking, [[UInt8]])
        case vectors([[Float]], [[UInt8]], SentenceEmbedding)

        /// The best `top` candidates for a question, best first.
        func matches(_ question: [UInt8], top: Int, _ tasks: TaskSession) throws(Fault) -> [Match] {
            switch self {
            case .index(let index, let embedding):
                let vector = try tasks.answer(of: embedding, to: TaskText(question))
                let found = try index.search(vector, top: top, kernel: tasks.context.kernel)
                return zip(found, index.texts(found.map { $0.index })).map {
                    Match(index: $0.index, text: $1, score: $0.score)
                }
            case .pairs(let pairs, let candidates):
                let found = try tasks.answer(of: pairs, to: ChoiceQuestion(question, choices: candidates))
                return found.best(top).map { Match(index: $0, text: candidates[$0], score: found.scores[$0]) }
            case .vectors(let vectors, let candidates, let embedding):
                let vector = try tasks.answer(of: embedding, to: TaskText(question))
                let scores = vectors.map { SentenceVector.cosine($0, vector) }
                return Scores.largest(scores, count: top).map {
                    Match(index: $0, text: candidates[$0], score: scores[$0])
                }
            }
        }
    }

    private func finder(
        _ tasks: TaskSession, _ embedding: SentenceEmbedding, _ candidates: [[UInt8]]
    ) throws(Fault) -> Finder {
        if let index {
            return .index(try VectorIndex(path: index, source: source(tasks.model, embedding)), embedding)
        }
        if !embeddings, let pairs = PairRanking(tasks.context) {
            return .pairs(pairs, candidates)
        }
        return .vectors(try tasks.answers(of: embedding, to: candidates.map { TaskText($0) }), candidates, embedding)
    }

    private func write(_ matches: [Match], _ question: [UInt8], _ line: Int, _ output: Output) throws(Fault) {
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
                try output.line(
                    "  " + TableText.score(MatchCommand.shown(match.score)) + "  "
                        + TableText.line(match.text, limit: 70))
            }
        }
    }

    /// Scores are 0...1: a cosine below zero says no more than zero does.
    private static func shown(_ score: Float) -> Float { max(0, min(1, score)) }
}
