import AlbitRuntime
import AlbitTasks
import AlbitText

/// `tag`: the entities of texts.
package struct TagCommand: TaskCommand {
    package static let usualAggregation = EntityAggregation.word
    package static let specification = CommandSpecification.task(
        "tag", "Find the entities in texts",
        [
            OptionSpecification(
                "aggregation", value: "NAME",
                "How tokens become entities: word, first, average, max, simple or none",
                fallback: usualAggregation.rawValue),
            OptionSpecification(
                "stride", value: "N", "Tokens that the windows of a long text share",
                fallback: String(TokenClassification.defaultStride)),
            .offsets,
        ])

    package var options: TaskOptions
    package var aggregation = TagCommand.usualAggregation
    /// Tokens that the windows of a long text share.
    package var stride = TokenClassification.defaultStride

    package init(
        options: TaskOptions, aggregation: EntityAggregation = TagCommand.usualAggregation,
        stride: Int = TokenClassification.defaultStride
    ) {
        self.options = options
        self.aggregation = aggregation
        self.stride = stride
    }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
        if let name = words.value("aggregation") { aggregation = try TagCommand.aggregation(name) }
        if let stride = try words.count("stride", from: 0) { self.stride = stride }
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        guard stride >= 0 else { throw Fault(.optionValue, "--stride is " + String(stride), expected: "0 or more") }
        let tasks = try options.session(model)
        let task = try TokenClassification(tasks.context, aggregation: aggregation, stride: stride)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: .text)
        if options.format == .tsv { try output.line("line\tlabel\tstart\tend\tscore\ttext") }
        var line = 0
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let answers = try tasks.answers(of: task, to: records.map { $0[0] })
            for (record, answer) in zip(records, answers) {
                let entities = answer.entities
                line += 1
                switch options.format {
                case .json: try writeJSON(entities, record[0], output)
                case .tsv: try writeTSV(entities, record[0], line, output)
                case .table: try writeTable(entities, record[0], output)
                }
            }
        }
    }

    /// By the name that `--aggregation` takes.
    package static func aggregation(_ name: String) throws(Fault) -> EntityAggregation {
        guard let aggregation = EntityAggregation(rawValue: name) else {
            throw Fault(
                .optionValue, "--aggregation is '" + name + "'", expected: "word, first, average, max, simple or none")
        }
        return aggregation
    }

    private var offsets: Offsets { Offsets(countsCharacters: options.countsCharacters) }

    func writeJSON(_ entities: [Entity], _ text: [UInt8], _ output: Output) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("entities")
        json.beginArray()
        for entity in entities {
            json.beginObject()
            json.member("label")
            json.string(entity.label)
            json.member("text")
            json.string(part(entity.range, of: text))
            json.member("start")
            json.integer(offsets.place(entity.range.lowerBound, in: text))
            json.member("end")
            json.integer(offsets.place(entity.range.upperBound, in: text))
            json.member("score")
            json.number(entity.score)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        try output.line(json.text)
    }

    private func writeTSV(_ entities: [Entity], _ text: [UInt8], _ line: Int, _ output: Output) throws(Fault) {
        for entity in entities {
            var row = [String(line), entity.label]
            row.append(String(offsets.place(entity.range.lowerBound, in: text)))
            row.append(String(offsets.place(entity.range.upperBound, in: text)))
            row.append(entity.score.description)
            row.append(TableText.field(part(entity.range, of: text)))
            try output.line(row.joined(separator: "\t"))
        }
    }

    private func writeTable(_ entities: [Entity], _ text: [UInt8], _ output: Output) throws(Fault) {
        let table = TableText(output: output)
        try output.line(table.coloured(TableText.line(text, limit: 76), .bold))
        let width = TableText.width(entities.map { $0.label })
        for entity in entities {
            let place =
                String(offsets.place(entity.range.lowerBound, in: text)) + "-"
                + String(offsets.place(entity.range.upperBound, in: text))
            try output.line(
                "  " + table.coloured(TableText.left(entity.label, width), .green) + "  "
                    + TableText.score(entity.score) + "  "
                    + TableText.line(part(entity.range, of: text)) + table.coloured("  " + place, .dim))
        }
        if entities.isEmpty { try output.line(table.coloured("  no entities", .dim)) }
    }
}
