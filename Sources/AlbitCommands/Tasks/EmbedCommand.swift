import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `embed`: one vector for each text.
package struct EmbedCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "embed", "Turn texts into vectors",
        [
            .pooling, .prompt,
            OptionSpecification("raw", "Do not scale vectors to length 1"),
        ])

    package var options: TaskOptions
    /// nil: the model's own pipeline, else the mean.
    package var pooling: SentencePooling?
    /// Scale vectors to length 1 no more than the model's own pipeline does.
    package var raw = false
    /// Name of the prompt that goes before texts; nil: the model's standard one, empty: none.
    package var prompt: String?

    package init(options: TaskOptions, pooling: SentencePooling? = nil, raw: Bool = false, prompt: String? = nil) {
        self.options = options
        self.pooling = pooling
        self.raw = raw
        self.prompt = prompt
    }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(
            options: options, pooling: try words.pooling(), raw: words.flag("raw"), prompt: words.value("prompt"))
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        let tasks = try options.session(model)
        var choice = SentenceEmbedding.Options(pooling: pooling, isNormalized: raw ? false : nil)
        choice.prompt = try model.prompt(prompt)
        let task = try SentenceEmbedding(tasks.context, options: choice)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: .text)
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let vectors = try tasks.answers(of: task, to: records.map { TaskText($0[0]) })
            for vector in vectors {
                if options.format == .json {
                    try writeJSON(vector, output)
                } else {
                    try output.line(
                        vector.map { $0.description }.joined(separator: options.format == .tsv ? "\t" : " "))
                }
            }
        }
    }

    func writeJSON(_ vector: [Float], _ output: Output) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("embedding")
        json.floats(vector[...])
        json.endObject()
        try output.line(json.text)
    }

    /// By the name that `--pooling` takes.
    package static func pooling(_ name: String) throws(Fault) -> SentencePooling {
        guard let pooling = SentencePooling(rawValue: name) else {
            throw Fault(.optionValue, "--pooling is '" + name + "'", expected: SentencePooling.names)
        }
        return pooling
    }
}
