import AlbitRuntime

/// The loop that all commands on text share: read some records, answer them, write, until there are none.
struct TaskRun {
    let options: TaskOptions
    let tasks: TaskSession
    let output: Output

    /// Records that are read at a time.
    static let batchCount = 32

    /// Hands `body` batches of records; flushes after each where answers are awaited. Warns of texts that were cut.
    func forEachBatch(
        _ reader: TaskReader, _ body: (_ records: [[[UInt8]]]) throws(CommandError) -> Void
    ) throws(CommandError) {
        while true {
            let records = try reader.read(upTo: TaskRun.batchCount)
            guard !records.isEmpty else { break }
            try body(records)
            if reader.isInteractive { try output.flush() }
        }
        try output.flush()
        warnOfTruncation()
    }

    private func warnOfTruncation() {
        let count = tasks.truncatedTexts
        guard count > 0 else { return }
        Message.warn(
            String(count) + (count == 1 ? " text was" : " texts were") + " longer than " + String(tasks.maxLength)
                + " tokens and cut; " + String(tasks.truncatedTokens) + " tokens were left out (--strict refuses such texts)")
    }
}
