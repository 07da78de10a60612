import AlbitRuntime
import AlbitTasks
import AlbitText

/// `choose`: which of several choices fits a text best.
package struct ChooseCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "choose", "Choose what fits a text best", arguments: "MODEL [TEXT CHOICE CHOICE ...]", [])

    package var options: TaskOptions

    package init(options: TaskOptions) { self.options = options }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        let tasks = try options.session(model)
        let task = try MultipleChoice(tasks.context)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: .list)
        if options.format == .tsv { try output.line("index\tscore\ttext\tchoice") }
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            for record in records {
                let choices = Array(record.dropFirst())
                let answer = try tasks.answer(of: task, to: ChoiceQuestion(record[0], choices: choices))
                try write(answer, record[0], choices, output)
            }
        }
    }

    private func write(
        _ answer: ChoiceAnswer, _ text: [UInt8], _ choices: [[UInt8]], _ output: Output
    ) throws(Fault) {
        let best = answer.index ?? 0
        switch options.format {
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.member("index")
            json.integer(best)
            json.member("scores")
            json.floats(answer.scores[...])
            json.endObject()
            try output.line(json.text)
        case .tsv:
            let row = [
                String(best), answer.scores[best].description, TableText.field(text), TableText.field(choices[best]),
            ]
            try output.line(row.joined(separator: "\t"))
        case .table:
            let table = TableText(output: output)
            try output.line(table.coloured(TableText.line(text, limit: 76), .bold))
            let names = choices.map { TableText.line($0, limit: 40) }
            let width = TableText.width(names)
            for (index, name) in names.enumerated() {
                let cell = TableText.left(name, width)
                try output.line(
                    (index == best ? "* " + table.coloured(cell, .green) : "  " + cell) + "  "
                        + TableText.score(answer.scores[index]) + "  " + table.bar(answer.scores[index]))
            }
        }
    }
}
