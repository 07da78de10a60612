import AlbitText

/// A file of texts that a command reads, and which of its columns are for what.
package struct TextFile: Sendable, Equatable {
    package let path: String
    package let columns: ColumnChoice

    package init(_ path: String, columns: ColumnChoice = ColumnChoice()) {
        self.path = path
        self.columns = columns
    }

    /// From the values of `--file` and `--columns`; nil without a file.
    /// - Throws: `optionsConflict` where there is no file that has columns, and what `ColumnChoice` throws.
    package init?(path: String?, columns: String?) throws(Fault) {
        let choice: ColumnChoice? = if let columns { try ColumnChoice(columns) } else { nil }
        if choice != nil, path == nil || path == "-" {
            throw Fault(.optionsConflict, "--columns speaks of the columns of --file FILE, but there is none")
        }
        guard let path else { return nil }
        self.init(path, columns: choice ?? ColumnChoice())
    }
}
