import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// `fill`: words for every [MASK] of texts.
package struct FillCommand: TaskCommand {
    package static let specification = CommandSpecification.task(
        "fill", "Find words for [MASK]",
        [
            OptionSpecification("top", value: "N", "Words for each mask", fallback: "5"),
            OptionSpecification(
                "targets", value: "WORD,...", "The only words that may be found, separated by commas"),
        ])

    package var options: TaskOptions
    /// Candidates for each mask.
    package var top = FillCommand.specification.integer("top")
    /// The only words that are candidates; none: all are.
    package var targets: [[UInt8]] = []

    package init(options: TaskOptions, top: Int = FillCommand.specification.integer("top"), targets: String? = nil) {
        self.options = options
        self.top = top
        self.targets = targets.map { $0.utf8.split(separator: 0x2C).map { Array($0) } } ?? []
    }

    package init(options: TaskOptions, _ words: CommandLineArguments) throws(Fault) {
        self.init(options: options, top: try words.count("top") ?? 0, targets: words.value("targets"))
    }

    package func run(_ model: Model, texts: [String], output: Output) throws(Fault) {
        guard top > 0 else { throw Fault(.optionValue, "--top is " + String(top), expected: "1 or more") }
        let tasks = try options.session(model)
        let tokenizer = try model.requireTokenizer()
        let task = try MaskedWords(tasks.context, top: top, targets: targets)
        let reader = try TaskReader(arguments: texts, file: options.file, columns: .text)
        if options.format == .tsv { try output.line("line\tmask\tscore\tid\tpiece\ttext") }
        var line = 0
        var unmasked = 0
        let batches = TaskRun(reader, tasks, output)
        while let records = try batches.next() {
            let answers = try tasks.answers(of: task, to: records.map { TaskText($0[0]) })
            for (record, masks) in zip(records, answers) {
                line += 1
                if masks.isEmpty { unmasked += 1 }
                switch options.format {
                case .json: try writeJSON(masks, tokenizer, record[0], output)
                case .tsv: try writeTSV(masks, tokenizer, record[0], line, output)
                case .table: try writeTable(masks, tokenizer, record[0], output)
                }
            }
        }
        if unmasked > 0 {
            let text =
                String(unmasked) + (unmasked == 1 ? " text holds" : " texts hold")
                + " no [MASK] within the model's length"
            if options.strict { throw Fault(.textWithoutMask, text) }
            Message.warn(text)
        }
    }

    func writeJSON(
        _ masks: [MaskAnswer], _ tokenizer: Tokenizer, _ text: [UInt8], _ output: Output
    ) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("candidates")
        json.beginArray()
        for (mask, answer) in masks.enumerated() {
            for candidate in answer.candidates {
                json.beginObject()
                json.member("piece")
                json.string(tokenizer.piece(Int32(candidate.id)))
                json.member("id")
                json.integer(candidate.id)
                json.member("score")
                json.number(candidate.score)
                json.member("text")
                json.string(filled(text, answer, candidate, tokenizer))
                // With one mask this would say nothing.
                if masks.count > 1 {
                    json.member("mask")
                    json.integer(mask)
                }
                json.endObject()
            }
        }
        json.endArray()
        json.endObject()
        try output.line(json.text)
    }

    private func writeTSV(
        _ masks: [MaskAnswer], _ tokenizer: Tokenizer, _ text: [UInt8], _ line: Int, _ output: Output
    ) throws(Fault) {
        for (mask, answer) in masks.enumerated() {
            for candidate in answer.candidates {
                var row = [String(line), String(mask), candidate.score.description, String(candidate.id)]
                row.append(TableText.field(tokenizer.piece(Int32(candidate.id))))
                row.append(TableText.field(filled(text, answer, candidate, tokenizer)))
                try output.line(row.joined(separator: "\t"))
            }
        }
    }

    private func writeTable(
        _ masks: [MaskAnswer], _ tokenizer: Tokenizer, _ text: [UInt8], _ output: Output
    ) throws(Fault) {
        let table = TableText(output: output)
        try output.line(table.coloured(TableText.line(text, limit: 76), .bold))
        for (mask, answer) in masks.enumerated() {
            if masks.count > 1 { try output.line(table.coloured("  mask " + String(mask + 1), .dim)) }
            let words = answer.candidates.map {
                String(
                    decoding: FilledText.word(
                        tokenizer.piece(Int32($0.id)), isWordPiece: FillCommand.isWordPiece(tokenizer)),
                    as: UTF8.self)
            }
            let width = TableText.width(words)
            for (word, candidate) in zip(words, answer.candidates) {
                try output.line(
                    "  " + table.coloured(TableText.left(word, width), .green) + "  " + TableText.score(candidate.score)
                        + "  " + TableText.line(filled(text, answer, candidate, tokenizer))
                        + (output.isTerminal ? "  " + table.bar(candidate.score) : ""))
            }
        }
    }

    /// The text with a candidate in the place of its mask; the other masks stay.
    private func filled(
        _ text: [UInt8], _ answer: MaskAnswer, _ candidate: MaskCandidate, _ tokenizer: Tokenizer
    ) -> [UInt8] {
        FilledText.text(
            text, with: tokenizer.piece(Int32(candidate.id)), in: answer.range,
            isWordPiece: FillCommand.isWordPiece(tokenizer))
    }

    private static func isWordPiece(_ tokenizer: Tokenizer) -> Bool { tokenizer.tables.settings.kind == .wordPiece }
}
