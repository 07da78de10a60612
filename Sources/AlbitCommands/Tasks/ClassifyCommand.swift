import AlbitRuntime
import AlbitTasks
import AlbitText

/// `classify`: label and scores of texts or pairs of texts.
package struct ClassifyCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "classify", "Label texts, or pairs of texts",
        [OptionSpecification("pairs", "Texts come in pairs: arguments two by two, lines with a tab between")])

    package var options: TaskOptions
    /// Texts come in pairs.
    package var pairs = false

    /// Labels that a table shows of one text.
    private static let shownLabels = 5

    package init(options: TaskOptions, pairs: Bool = false) {
        self.options = options
        self.pairs = pairs
    }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options, pairs: words.flag("pairs"))
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        let tasks = try options.session(model)
        let task = try SequenceClassification(tasks.context)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: pairs ? .pair : .text)
        if options.format == .tsv { try output.line("label\tscore\ttext" + (pairs ? "\tpair" : "")) }
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let answers = try tasks.answers(
                of: task, to: records.map { TaskText($0[0], pair: $0.count > 1 ? $0[1] : nil) })
            for (record, answer) in zip(records, answers) {
                switch options.format {
                case .json: try writeJSON(answer, task.labels, output, tasks.context.kernel)
                case .tsv:
                    try output.line(
                        ([
                            answer.label.map { task.labels[$0] } ?? "",
                            (answer.label.map { answer.scores[$0] } ?? answer.scores[0]).description,
                        ]
                            + record.map { TableText.field($0) }).joined(separator: "\t"))
                case .table: try writeTable(answer, task.labels, record, output)
                }
            }
        }
    }

    func writeJSON(
        _ answer: Classification, _ labels: [String], _ output: Output, _ kernel: Kernel
    ) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("label")
        if let label = answer.label { json.string(labels[label]) } else { json.null() }
        json.member("scores")
        json.beginObject()
        for (label, score) in zip(labels, answer.scores) {
            json.member(label)
            json.number(score)
        }
        json.endObject()
        json.member("logits")
        json.floats(answer.logits[...])
        json.member("kernel")
        json.string(kernel.name)
        json.endObject()
        try output.line(json.text)
    }

    /// On a terminal the best labels with bars under the text, elsewhere one line for each text.
    private func writeTable(
        _ answer: Classification, _ labels: [String], _ record: [[UInt8]], _ output: Output
    ) throws(Fault) {
        let table = TableText(output: output)
        let text = record.map { TableText.line($0) }.joined(separator: " | ")
        let width = TableText.width(labels)
        guard output.isTerminal else {
            let best = answer.label ?? 0
            return try output.line(
                TableText.left(labels[best], width) + "  " + TableText.score(answer.scores[best]) + "  " + text)
        }
        try output.line(table.coloured(text, .bold))
        for label in Scores.largest(answer.scores, count: ClassifyCommand.shownLabels) {
            let name = TableText.left(labels[label], width)
            try output.line(
                "  " + (label == answer.label ? table.coloured(name, .green) : name) + "  "
                    + TableText.score(answer.scores[label]) + "  "
                    + (answer.label == nil ? "" : table.bar(answer.scores[label])))
        }
    }
}
