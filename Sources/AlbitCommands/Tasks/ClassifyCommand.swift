import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `classify`: label and scores of texts or pairs of texts.
package struct ClassifyCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "classify", "Label texts, or pairs of texts",
        [
            OptionSpecification("pairs", "Texts come in pairs: arguments two by two, lines with a tab between"),
            OptionSpecification(
                "function", value: "NAME",
                "How logits become scores: " + ScoreFunction.names, otherwise: "as the model was trained"),
        ])

    package var options: TaskOptions
    /// Texts come in pairs.
    package var pairs = false
    /// nil: as the model was trained.
    package var function: ScoreFunction?

    /// Labels that a table shows of one text.
    private static let shownLabels = 5
    /// Score from which a label of a set holds.
    private static let threshold: Float = 0.5

    package init(options: TaskOptions, pairs: Bool = false, function: ScoreFunction? = nil) {
        self.options = options
        self.pairs = pairs
        self.function = function
    }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options, pairs: words.flag("pairs"))
        if let name = words.value("function") { function = try ClassifyCommand.function(name) }
    }

    /// By the name that `--function` takes.
    package static func function(_ name: String) throws(Fault) -> ScoreFunction {
        guard let function = ScoreFunction(rawValue: name) else {
            throw Fault(.optionValue, "--function is '" + name + "'", expected: ScoreFunction.names)
        }
        return function
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        let tasks = try options.session(model)
        let task = try SequenceClassification(tasks.context, function: function)
        let isSet = task.problemType == .multiLabel
        let reader = try TaskReader(arguments: texts, file: options.file, columns: pairs ? .pair : .text)
        if options.format == .tsv {
            let names = task.labels.map { TableText.field(Array($0.utf8)) }
            try output.line(
                ((isSet ? ["labels"] + names : ["label", "score"]) + ["text"] + (pairs ? ["pair"] : []))
                    .joined(separator: "\t"))
        }
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let answers = try tasks.answers(
                of: task, to: records.map { TaskText($0[0], pair: $0.count > 1 ? $0[1] : nil) })
            for (record, answer) in zip(records, answers) {
                switch options.format {
                case .json: try writeJSON(answer, task.labels, output, tasks.context.kernel)
                case .tsv:
                    let row =
                        isSet
                        ? [holding(answer).map { task.labels[$0] }.joined(separator: ";")]
                            + answer.scores.map { $0.description }
                        : [
                            answer.label.map { task.labels[$0] } ?? "",
                            (answer.label.map { answer.scores[$0] } ?? answer.scores[0]).description,
                        ]
                    try output.line((row + record.map { TableText.field($0) }).joined(separator: "\t"))
                case .table: try writeTable(answer, task.labels, isSet, record, output)
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

    /// The labels of a set that hold, in the model's order. Sigmoids are above a half where logits are above 0,
    /// whatever function the scores are by.
    private func holding(_ answer: Classification) -> [Int] {
        answer.logits.indices.filter {
            function == nil || function == .sigmoid
                ? answer.scores[$0] >= ClassifyCommand.threshold : answer.logits[$0] >= 0
        }
    }

    /// On a terminal the best labels with bars under the text, elsewhere one line for each text. A set shows all of its
    /// labels, those that hold with a star.
    private func writeTable(
        _ answer: Classification, _ labels: [String], _ isSet: Bool, _ record: [[UInt8]], _ output: Output
    ) throws(Fault) {
        let held = isSet ? holding(answer) : answer.label.map { [$0] } ?? []
        let table = TableText(output: output)
        let text = record.map { TableText.line($0) }.joined(separator: " | ")
        let width = TableText.width(labels)
        guard output.isTerminal else {
            if isSet {
                let scores = labels.indices.map {
                    (held.contains($0) ? "*" : " ") + labels[$0] + " " + TableText.score(answer.scores[$0])
                }
                return try output.line(scores.joined(separator: "  ") + "  " + text)
            }
            let best = answer.label ?? 0
            return try output.line(
                TableText.left(labels[best], width) + "  " + TableText.score(answer.scores[best]) + "  " + text)
        }
        try output.line(table.coloured(text, .bold))
        for label in Scores.largest(answer.scores, count: isSet ? labels.count : ClassifyCommand.shownLabels) {
            let name = TableText.left(labels[label], width)
            try output.line(
                "  " + (held.contains(label) ? table.coloured(name, .green) : name) + "  "
                    + TableText.score(answer.scores[label]) + "  "
                    + (answer.label == nil ? "" : table.bar(answer.scores[label])))
        }
    }
}
