/// Examples of a data file, one at a time, for what measures and calibrates.
package final class ExampleReader {
    package let table: TextTable
    private let choice: ColumnChoice
    private let labels: [String]
    /// Whether a record may have several labels, so that one written value may be a list of them.
    private let isMultiLabel: Bool
    private var columns: Columns
    private var columnCount: Int
    private var isUsed: [Bool] = []
    /// Examples that were read, and those among them without a truth.
    package private(set) var count = 0
    package private(set) var countWithoutTruth = 0

    /// - Parameters:
    ///   - labels: the model's labels, for labels that have a column each and for lists.
    ///   - isMultiLabel: whether the model gives several labels to a text.
    package init(
        _ table: TextTable, choice: ColumnChoice = ColumnChoice(), labels: [String] = [], isMultiLabel: Bool = false
    ) throws(Fault) {
        self.table = table
        self.choice = choice
        self.labels = labels
        self.isMultiLabel = isMultiLabel
        columnCount = table.columns.count
        columns = try ExampleReader.columns(table, choice, labels)
    }

    package convenience init(
        path: String, otherwise: TableFormat.Otherwise = .table, choice: ColumnChoice = ColumnChoice(),
        labels: [String] = [],
        isMultiLabel: Bool = false
    ) throws(Fault) {
        let table = try TextTable(path: path, otherwise: otherwise, choice: choice)
        try self.init(table, choice: choice, labels: labels, isMultiLabel: isMultiLabel)
    }

    /// A CoNLL file's numbers were taken by the table.
    private static func columns(_ table: TextTable, _ choice: ColumnChoice, _ labels: [String]) throws(Fault) -> Columns
    {
        try Columns(
            table.columns, in: table.name, choice: table.format == .conll ? ColumnChoice() : choice, labels: labels)
    }

    package var path: String { table.name }
    package var form: ExampleForm { columns.form }

    /// Columns that no example so far used, as they are called in the file.
    package var unusedColumns: [String] {
        table.columns.indices.filter { $0 >= isUsed.count || !isUsed[$0] }.map { table.columns[$0] }
            + table.columnsPassedOver
    }

    /// Columns whose labels say nothing of what the head answers: `isTruthRead` is false where it reads no labels at
    /// all, and an embedding model reads scores of pairs only.
    package func unusedColumns(isTruthRead: Bool, ofPairsOnly: Bool) -> [String] {
        let isRead = isTruthRead && (!ofPairsOnly || columns.hasPairs)
        return unusedColumns + (isRead ? [] : columns.labelNames.filter { !unusedColumns.contains($0) })
    }

    /// The next example; nil after the last one.
    package func next() throws(Fault) -> DataExample? {
        guard let row = try table.next() else { return nil }
        if table.columns.count != columnCount {
            columnCount = table.columns.count
            columns = try ExampleReader.columns(table, choice, labels)
        }
        let record = ExampleRecord(
            row: row, columns: columns, file: table.name, labels: labels, isMultiLabel: isMultiLabel)
        let (example, used) = try record.example()
        while isUsed.count < columnCount { isUsed.append(false) }
        for place in used { isUsed[place] = true }
        count += 1
        if example.truth == nil { countWithoutTruth += 1 }
        return example
    }
}
