/// Which column a person said to be for what: `text=review,label=stars`. Columns are called by their names, or by their
/// numbers from 1 where a file has no header.
package struct ColumnChoice: Sendable, Equatable {
    package private(set) var columns: [(role: ColumnRole, name: String)] = []

    /// No choice: columns are told by their names.
    package init() {}

    /// What `--columns` takes. Throws `columnsMalformed`, `columnsUnknownRole`, `columnsRoleTwice`.
    package init(_ text: String) throws(Fault) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equal = part.utf8.firstIndex(of: UInt8(ascii: "=")), equal > part.startIndex,
                part.utf8.index(after: equal) < part.endIndex
            else {
                throw Fault(
                    .columnsMalformed, "--columns has '" + String(part) + "'",
                    expected: "ROLE=COLUMN, as in text=review,label=stars")
            }
            let name = String(part[..<equal])
            guard let role = ColumnRole(name: name) else {
                throw Fault(
                    .columnsUnknownRole, "--columns has no '" + name + "'",
                    expected: ColumnRole.allCases.map { $0.rawValue }.joined(separator: ", "))
            }
            // Choices and labels of several labels may have a column each.
            guard role == .choices || role == .label || !columns.contains(where: { $0.role == role }) else {
                throw Fault(.columnsRoleTwice, "--columns says twice which column is '" + name + "'")
            }
            columns.append((role, String(part[part.utf8.index(after: equal)...])))
        }
    }

    package static func == (a: ColumnChoice, b: ColumnChoice) -> Bool {
        a.columns.count == b.columns.count
            && zip(a.columns, b.columns).allSatisfy { $0.role == $1.role && $0.name == $1.name }
    }

    /// Names of the columns that are for this.
    func names(_ role: ColumnRole) -> [String] { columns.filter { $0.role == role }.map { $0.name } }

    /// The number of a column, from 1, where a number was given.
    func number(_ role: ColumnRole) -> Int? {
        names(role).first.flatMap { Int($0) }.flatMap { $0 > 0 && $0 <= DelimitedRecord.maxColumns ? $0 : nil }
    }

    /// Whether all columns are called by numbers.
    var isNumbered: Bool { !columns.isEmpty && columns.allSatisfy { number($0.role) != nil && Int($0.name) != nil } }

    /// Whether a first line is a header in spite of numbers: a number is a column's name, or the column that it counts
    /// to is called as such columns are.
    func isNamed(in header: [String]) -> Bool {
        columns.contains { chosen in
            if header.contains(where: { $0.utf8.elementsEqual(chosen.name.utf8) }) { return true }
            guard let number = Int(chosen.name), number > 0, number <= header.count else { return false }
            return chosen.role.names.contains(ASCIIText.key(header[number - 1].utf8))
        }
    }
}
