import AlbitRuntime
import AlbitTasks
import AlbitText

/// `order`: whether the second of two texts follows the first.
package struct OrderCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "order", "Tell whether the second of two texts follows the first", arguments: "MODEL [TEXT TEXT ...]", [])

    package var options: TaskOptions

    package init(options: TaskOptions) { self.options = options }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        let tasks = try options.session(model)
        let task = try SentenceOrder(tasks.context)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: .pair)
        if options.format == .tsv { try output.line("inOrder\tscore\ttext\tpair") }
        let table = TableText(output: output)
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let answers = try tasks.answers(of: task, to: records.map { TaskText($0[0], pair: $0[1]) })
            for (record, answer) in zip(records, answers) {
                switch options.format {
                case .json: try writeJSON(answer, output)
                case .tsv:
                    let row = [answer.inOrder ? "true" : "false", answer.score.description]
                    try output.line((row + record.map { TableText.field($0) }).joined(separator: "\t"))
                case .table:
                    let verdict = answer.inOrder ? "in order    " : "not in order"
                    try output.line(
                        (answer.inOrder ? table.coloured(verdict, .green) : verdict) + "  "
                            + TableText.score(answer.score) + "  "
                            + record.map { TableText.line($0, limit: 30) }.joined(separator: " | "))
                }
            }
        }
    }

    func writeJSON(_ answer: OrderAnswer, _ output: Output) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("inOrder")
        json.bool(answer.inOrder)
        json.member("score")
        json.number(answer.score)
        json.endObject()
        try output.line(json.text)
    }
}
