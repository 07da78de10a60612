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
            OptionSpecification("top", value: "N", "Matches to print", fallback: "5"),
            OptionSpecification("embeddings", "Compare vectors even where the model has a pair head"),
            .pooling, .prompt,
            OptionSpecification(
                "candidate-prompt", value: "NAME", "The same for candidates", otherwise: "the model's standard one"),
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
    package var top = MatchCommand.specification.integer("top")
    /// Compare vectors even where the model has a pair head.
    package var embeddings = false
    package var pooling: SentencePooling?
    /// Names of the prompts that go before questions, and before candidates; nil: the model's standard one, empty:
    /// none.
    package var prompt: String?
    package var candidatePrompt: String?

    package init(options: TaskOptions) { self.options = options }

    private struct Match {
        let index: Int
        let text: [UInt8]
        let score: Float
        /// Whether the score is 0...1 by itself or a cosine; else it is what the model says that it is.
        var isShare = true

        /// A cosine below zero says no more than zero does.
        var shown: Float { isShare ? max(0, min(1, score)) : score }
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
        prompt = words.value("prompt")
        candidatePrompt = words.value("candidate-prompt")
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        guard top > 0 else { throw Fault(.optionValue, "--top is " + String(top), expected: "1 or more") }
        if index != nil, candidates != nil || saveIndex != nil {
            throw Fault(
                .optionsConflict, "--index holds its candidates already",
                advice: "leave out --candidates and --save-index")
        }
        let tasks = try options.session(model)
        let similarity = embeddingSimilarity(model)
        func embedding(_ prompt: String?) throws(Fault) -> SentenceEmbedding {
            var choice = SentenceEmbedding.Options(pooling: pooling, isNormalized: similarity == .cosine ? true : nil)
            choice.prompt = try model.prompt(prompt)
            return try SentenceEmbedding(tasks.context, options: choice)
        }
        let vectors = Vectors(
            question: try embedding(prompt), candidate: try embedding(candidatePrompt), similarity: similarity)
        if let saveIndex { try save(saveIndex, tasks, vectors) }
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
        let find = try finder(tasks, vectors, list)
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

    /// How vectors are made and compared.
    private struct Vectors {
        let question: SentenceEmbedding
        let candidate: SentenceEmbedding
        let similarity: SimilarityFunction
    }

    /// How the model's own vectors are compared; those of a pooling that is named by their cosine.
    private func embeddingSimilarity(_ model: Model) -> SimilarityFunction {
        pooling == nil ? model.card.similarity ?? .cosine : .cosine
    }

    /// What made the vectors of an index: weights and pipeline. Throws for vectors that an index cannot compare.
    private func source(_ model: Model, _ vectors: Vectors) throws(Fault) -> String {
        guard vectors.similarity == .cosine || vectors.similarity == .dot else {
            throw Fault(
                .optionsConflict, in: model.path,
                "its vectors are compared by their " + vectors.similarity.rawValue
                    + " distance, but an index holds them "
                    + "for products", advice: "give --candidates each time")
        }
        let name =
            try model.file?.gguf.string(ModelKey.selfTestDigest) ?? model.weights.configuration.architecture.name + " "
            + String(model.weights.configuration.hiddenSize)
        let prompt = candidatePrompt.map { ", prompt '" + $0 + "'" } ?? ""
        return name + " " + vectors.candidate.pipeline.name + prompt
    }

    private func save(_ path: String, _ tasks: TaskSession, _ made: Vectors) throws(Fault) {
        guard let candidates else { throw Fault(.argumentsMissing, "--save-index needs --candidates FILE") }
        let reader = try TaskReader(arguments: [], file: TextFile(candidates), columns: .text)
        let source = try source(tasks.model, made)
        var writer = VectorIndexWriter(width: made.candidate.width)
        var count = 0
        while true {
            let records = try reader.read(upTo: TaskRun.batchCount)
            guard !records.isEmpty else { break }
            let vectors = try tasks.answers(of: made.candidate, to: records.map { TaskText($0[0]) })
            for (record, vector) in zip(records, vectors) { writer.add(record[0], vector) }
            count += records.count
        }
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
        case index(VectorIndex, Vectors)
        case pairs(PairRanking, [[UInt8]])
        case vectors([[Float]], [[UInt8]], Vectors)

        /// The best `top` candidates for a question, best first.
        func matches(_ question: [UInt8], top: Int, _ tasks: TaskSession) throws(Fault) -> [Match] {
            switch self {
            case .index(let index, let made):
                let vector = try tasks.answer(of: made.question, to: TaskText(question))
                let found = try index.search(vector, top: top, kernel: tasks.context.kernel)
                return zip(found, index.texts(found.map { $0.index })).map {
                    Match(index: $0.index, text: $1, score: $0.score, isShare: made.similarity == .cosine)
                }
            case .pairs(let pairs, let candidates):
                let found = try tasks.answer(of: pairs, to: ChoiceQuestion(question, choices: candidates))
                return found.best(top).map {
                    Match(index: $0, text: candidates[$0], score: found.scores[$0], isShare: pairs.givesShares)
                }
            case .vectors(let vectors, let candidates, let made):
                let vector = try tasks.answer(of: made.question, to: TaskText(question))
                let scores = vectors.map { SentenceVector.similarity($0, vector, by: made.similarity) }
                return Scores.largest(scores, count: top).map {
                    Match(index: $0, text: candidates[$0], score: scores[$0], isShare: made.similarity == .cosine)
                }
            }
        }
    }

    private func finder(
        _ tasks: TaskSession, _ made: Vectors, _ candidates: [[UInt8]]
    ) throws(Fault) -> Finder {
        if let index {
            return .index(try VectorIndex(path: index, source: source(tasks.model, made)), made)
        }
        if !embeddings, let pairs = PairRanking(tasks.context, prompt: try tasks.model.prompt(prompt)) {
            return .pairs(pairs, candidates)
        }
        return .vectors(try tasks.answers(of: made.candidate, to: candidates.map { TaskText($0) }), candidates, made)
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
                json.number(match.shown)
                json.endObject()
            }
            json.endArray()
            json.endObject()
            try output.line(json.text)
        case .tsv:
            for match in matches {
                var row = [String(line), String(match.index), match.shown.description]
                row.append(TableText.field(match.text))
                row.append(TableText.field(question))
                try output.line(row.joined(separator: "\t"))
            }
        case .table:
            try output.line(table.coloured(TableText.line(question, limit: 76), .bold))
            for match in matches {
                try output.line(
                    "  " + TableText.score(match.shown) + "  "
                        + TableText.line(match.text, limit: 70))
            }
        }
    }
}
