import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `answer`: the part of a context that answers a question.
package struct AnswerCommand: TaskCommand {
    private static let usual = QuestionAnswering.Options()
    package static let specification = CommandSpecification.task(
        "answer", "Find the answer to a question in a text", arguments: "MODEL [QUESTION TEXT ...]",
        [
            OptionSpecification("context", value: "FILE", "Search this file for every question"),
            OptionSpecification("top", value: "N", "Answers to print", fallback: String(usual.top)),
            OptionSpecification("no-answer", "The text may not hold the answer (SQuAD 2)"),
            OptionSpecification(
                "max-answer", value: "N", "Longest answer in tokens", fallback: String(usual.maxAnswerTokens)),
            OptionSpecification(
                "stride", value: "N", "Tokens that the windows of a long text share", fallback: String(usual.stride)),
            .offsets,
        ])

    package var options: TaskOptions
    package var answering = QuestionAnswering.Options()
    /// A file that is the context of every question; nil: each question brings its own.
    package var context: String?

    package init(options: TaskOptions) { self.options = options }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options)
        context = words.value("context")
        answering.allowsNoAnswer = words.flag("no-answer")
        if let top = try words.count("top") { answering.top = top }
        if let length = try words.count("max-answer") { answering.maxAnswerTokens = length }
        if let stride = try words.count("stride", from: 0) { answering.stride = stride }
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        var settings = answering
        if options.maxLength > 0 { settings.maxLength = options.maxLength }
        guard settings.top > 0, settings.stride >= 0, settings.maxAnswerTokens > 0 else {
            throw Fault(.optionValue, "--top and --max-answer take numbers from 1, --stride from 0")
        }
        let tasks = try options.session(model)
        let task = try QuestionAnswering(tasks.context, options: settings)
        let shared = try context.map(AnswerCommand.read)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: shared == nil ? .pair : .text)
        if options.format == .tsv { try output.line("line\tscore\tstart\tend\ttext\tquestion") }
        var line = 0
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            for record in records {
                line += 1
                let context = shared ?? record[1]
                let found = try tasks.answer(of: task, to: ContextQuestion(record[0], in: context))
                switch options.format {
                case .json: try writeJSON(found, context, output)
                case .tsv: try writeTSV(found, record[0], context, line, output)
                case .table: try writeTable(found, record[0], context, output)
                }
            }
        }
    }

    private static func read(_ path: String) throws(Fault) -> [UInt8] {
        let file = try MappedFile(path: path)
        // The mapping ends with the object.
        return withExtendedLifetime(file) { Array(file.bytes) }
    }

    private var offsets: Offsets { Offsets(countsCharacters: options.countsCharacters) }

    private func members(_ answer: Answer?, _ context: [UInt8], _ json: inout JSONWriter) {
        let range = answer.flatMap { $0.range }
        json.member("text")
        if let range { json.string(part(range, of: context)) } else { json.null() }
        json.member("start")
        if let range { json.integer(offsets.place(range.lowerBound, in: context)) } else { json.null() }
        json.member("end")
        if let range { json.integer(offsets.place(range.upperBound, in: context)) } else { json.null() }
        json.member("score")
        if let answer { json.number(answer.score) } else { json.null() }
    }

    func writeJSON(_ found: AnswerList, _ context: [UInt8], _ output: Output) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        members(found.answers.first, context, &json)
        json.member("noAnswerScore")
        json.number(found.noAnswerScore)
        if answering.top > 1 {
            json.member("answers")
            json.beginArray()
            for answer in found.answers {
                json.beginObject()
                members(answer, context, &json)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        try output.line(json.text)
    }

    private func writeTSV(
        _ found: AnswerList, _ question: [UInt8], _ context: [UInt8], _ line: Int, _ output: Output
    ) throws(Fault) {
        for answer in found.answers {
            var row = [String(line), answer.score.description]
            row.append(answer.range.map { String(offsets.place($0.lowerBound, in: context)) } ?? "")
            row.append(answer.range.map { String(offsets.place($0.upperBound, in: context)) } ?? "")
            row.append(answer.range.map { TableText.field(part($0, of: context)) } ?? "")
            row.append(TableText.field(question))
            try output.line(row.joined(separator: "\t"))
        }
    }

    private func writeTable(
        _ found: AnswerList, _ question: [UInt8], _ context: [UInt8], _ output: Output
    ) throws(Fault) {
        let table = TableText(output: output)
        try output.line(table.coloured(TableText.line(question, limit: 76), .bold))
        for answer in found.answers {
            var line = "  " + TableText.score(answer.score) + "  "
            if let range = answer.range {
                line += AnswerCommand.before(range, context)
                line +=
                    output.hasColour
                    ? table.coloured(TableText.line(part(range, of: context)), .green)
                    : "[" + TableText.line(part(range, of: context)) + "]"
                line += AnswerCommand.after(range, context)
            } else {
                line += table.coloured("no answer", .dim)
            }
            try output.line(line)
        }
        if found.answers.isEmpty { try output.line(table.coloured("  no answer", .dim)) }
    }

    /// Some bytes of the context around an answer, cut at whole characters.
    private static let around = 32

    private static func before(_ range: Range<Int>, _ context: [UInt8]) -> String {
        let end = min(range.lowerBound, context.count)
        var start = max(0, end - around)
        while start < end, context[start] & 0xC0 == 0x80 { start += 1 }
        return (start > 0 ? "\u{2026}" : "") + TableText.line(Array(context[start..<end]))
    }

    private static func after(_ range: Range<Int>, _ context: [UInt8]) -> String {
        let start = min(range.upperBound, context.count)
        var end = min(context.count, start + around)
        while end > start, end < context.count, context[end] & 0xC0 == 0x80 { end -= 1 }
        return TableText.line(Array(context[start..<end])) + (end < context.count ? "\u{2026}" : "")
    }
}
