import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// How the answers of a task are written.
package enum TaskFormat: Sendable, Equatable {
    /// For people: colours and bars on a terminal only.
    case table
    /// One object a line.
    case json
    /// Columns with tabs between them, under a header.
    case tsv
}

/// What every command on text takes beside the model.
package struct TaskOptions: Sendable {
    package var run = RunOptions()
    package var tsv = false
    /// Texts from a file: lines, or a table by its name or content; `-` is standard input.
    package var file: TextFile?
    /// Refuse a text that is longer than the model takes, rather than cut it.
    package var strict = false
    /// Most tokens of a sequence; 0: all that the model has positions for.
    package var maxLength = 0
    /// Count offsets in code points instead of UTF-8 bytes.
    package var countsCharacters = false

    package init(run: RunOptions = RunOptions()) { self.run = run }

    package var format: TaskFormat { run.json ? .json : tsv ? .tsv : .table }

    /// A session on text. Throws for a model without tokenizer.
    package func session(_ model: Model) throws(Fault) -> TaskSession {
        if run.json && tsv { throw Fault(.optionsConflict, "--json and --tsv exclude each other") }
        guard maxLength >= 0 else {
            throw Fault(.optionValue, "--max-length is " + String(maxLength), expected: "1 or more")
        }
        _ = try model.requireTokenizer()
        return try TaskSession(
            model, session: run.session(model.weights), maxLength: maxLength == 0 ? nil : maxLength, strict: strict)
    }

    /// Offsets by the name that `--offsets` takes.
    package static func countsCharacters(_ name: String) throws(Fault) -> Bool {
        switch name {
        case "bytes": false
        case "characters": true
        default: throw Fault(.optionValue, "--offsets is '" + name + "'", expected: "bytes or characters")
        }
    }
}
