import AlbitRuntime
import AlbitTasks
import AlbitText

/// The records that a command answers, some at a time: each command answers and writes them, until there are none.
struct TaskRun {
    private let reader: TaskReader
    private let tasks: TaskSession
    private let output: Output

    /// Records that are read at a time.
    static let batchCount = 32

    init(_ reader: TaskReader, _ tasks: TaskSession, _ output: Output) {
        self.reader = reader
        self.tasks = tasks
        self.output = output
    }

    /// The next records; nil after the last. Flushes what was written before where answers are awaited, and at the
    /// end, where it warns of texts that were cut.
    func next() throws(Fault) -> [[[UInt8]]]? {
        if reader.isInteractive { try output.flush() }
        let records = try reader.read(upTo: TaskRun.batchCount)
        if !records.isEmpty { return records }
        try output.flush()
        warnOfTruncation()
        return nil
    }

    private func warnOfTruncation() {
        let count = tasks.truncatedTexts
        guard count > 0 else { return }
        Message.warn(
            String(count) + (count == 1 ? " text was" : " texts were") + " longer than "
                + String(tasks.context.maxLength)
                + " tokens and cut; " + String(tasks.truncatedTokens)
                + " tokens were left out (--strict refuses such texts)")
    }
}
