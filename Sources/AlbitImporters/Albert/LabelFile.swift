/// Names of a classifier's rows that a person gives: a label a line, in the order of the rows, in UTF-8.
struct LabelFile {
    let path: String
    let labels: [String]

    private static let maxBytes = 1 << 20

    /// Throws where the file cannot be read, is no UTF-8, or has an empty line or the same label twice.
    init(path: String) throws(ImportError) {
        self.path = path
        let bytes = try wrapping { try FileBytes(path: path).allBytes(what: "the labels", limit: LabelFile.maxBytes) }
        var labels: [String] = []
        var seen: Set<[UInt8]> = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let number = labels.count + 1
            let label = line.last == 0x0D ? line.dropLast() : line
            // What ends with a line feed has an empty rest.
            if label.isEmpty, line.endIndex == bytes.endIndex { break }
            guard !label.isEmpty else { throw .badLabel(path: path, line: number, problem: "is empty") }
            guard let text = String(validating: label, as: UTF8.self) else { throw .badLabel(path: path, line: number, problem: "is not UTF-8") }
            guard seen.insert(Array(label)).inserted else { throw .badLabel(path: path, line: number, problem: "repeats '\(text)'") }
            labels.append(text)
        }
        self.labels = labels
    }
}
