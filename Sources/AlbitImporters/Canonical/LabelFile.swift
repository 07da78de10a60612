import AlbitText

/// Names of a classifier's rows that a person gives: a label a line, in the order of the rows, in UTF-8.
package struct LabelFile {
    private let path: String
    private let labels: [String]

    /// 1 MiB.
    private static let maxBytes = 1 << 20

    /// Throws where the file cannot be read, is no UTF-8, or has an empty line or the same label twice.
    init(path: String) throws(Fault) {
        try self.init(FileBytes(path: path).allBytes(what: "the labels", limit: LabelFile.maxBytes), path: path)
    }

    /// `path` is for messages.
    package init(_ bytes: [UInt8], path: String) throws(Fault) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var labels: [String] = []
        var seen: Set<[UInt8]> = []
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let number = labels.count + 1
            let label = line.last == 0x0D ? line.dropLast() : line
            // What ends with a line feed has an empty rest; editors leave blank lines there too.
            if label.isEmpty, text[line.endIndex...].allSatisfy({ $0 == 0x0A || $0 == 0x0D }) { break }
            guard !label.isEmpty else { throw .badLabel(path: path, line: number, problem: "is empty") }
            guard let name = String(validating: label, as: UTF8.self) else {
                throw .badLabel(path: path, line: number, problem: "is not UTF-8")
            }
            guard seen.insert(Array(label)).inserted else {
                throw .badLabel(path: path, line: number, problem: "repeats '\(name)'")
            }
            labels.append(name)
        }
        self.path = path
        self.labels = labels
    }

    /// Throws where there are not as many as the classifier has rows.
    package func labels(rows: Int) throws(Fault) -> [String] {
        guard labels.count == rows else {
            throw Fault(
                .importLabelFileCount, in: path, "names \(labels.count) labels, but the classifier has \(rows) rows",
                advice: "give a label a line, in the order of the rows")
        }
        return labels
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badLabel(path: String, line: Int, problem: String) -> Fault {
        Fault(.importBadLabel, in: path, at: "line \(line)", problem, advice: "give a label a line")
    }
}
