import AlbitModel
import AlbitRuntime
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
    /// Texts from a file: text lines, or by its name `.tsv`, `.csv`, `.jsonl`; `-` is standard input.
    package var file: String?
    /// Refuse a text that is longer than the model takes, rather than cut it.
    package var strict = false
    /// Most tokens of a sequence; 0: all that the model has positions for.
    package var maxLength = 0
    /// Count offsets in code points instead of UTF-8 bytes.
    package var countsCharacters = false

    package init(run: RunOptions = RunOptions()) { self.run = run }

    package var format: TaskFormat { run.json ? .json : tsv ? .tsv : .table }

    /// A session on text. Throws for a model without tokenizer.
    package func session(_ model: LoadedModel) throws(CommandError) -> TaskSession {
        if run.json && tsv { throw .usage("--json and --tsv exclude each other") }
        guard maxLength >= 0 else { throw .usage("--max-length is " + String(maxLength) + ", expected 1 or more") }
        guard let tokenizer = model.tokenizer else {
            throw .usage(model.path + ": " + TaskError.noTokenizer.description)
        }
        guard tokenizer.count <= model.weights.configuration.vocabSize else {
            throw .input(
                model.path + ": the tokenizer has " + String(tokenizer.count) + " pieces, the model only "
                    + String(model.weights.configuration.vocabSize) + " embeddings; they do not belong together")
        }
        return TaskSession(
            session: try run.session(model.weights), tokenizer: tokenizer, maxLength: maxLength == 0 ? nil : maxLength,
            strict: strict)
    }

    /// Offsets by the name that `--offsets` takes.
    package static func countsCharacters(_ name: String) throws(CommandError) -> Bool {
        switch name {
        case "bytes": false
        case "characters": true
        default: throw .usage("--offsets is '" + name + "', expected bytes or characters")
        }
    }
}

extension CommandError {
    package init(_ error: TaskError) {
        if case .runtime(let inner) = error {
            self = .runtime(inner)
        } else if error.failure == .usage {
            self = .usage(error.description)
        } else {
            self = .input(error.description)
        }
    }
}

/// Runs a step of a task.
func answering<T>(_ body: () throws(TaskError) -> T) throws(CommandError) -> T {
    do { return try body() } catch { throw CommandError(error) }
}
