import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitText

extension FuzzTarget {
    static let dataFiles: [FuzzTarget] = [
        FuzzTarget("json", maxLength: 1 << 14) { bytes in
            let value = try JSONValue(parsing: bytes)
            _ = value.duplicateName
            _ = value["label"]?.string
        },
        // TSV, CSV and JSON lines for verify and quantize.
        FuzzTarget("data-file", maxLength: 1 << 14) { bytes in
            var data = try DataFile(path: FuzzFile.shared.holding(bytes))
            var count = 0
            while count < 10_000, try data.next() != nil { count += 1 }
        },
        FuzzTarget("labels", maxLength: 1 << 10) { bytes in _ = try LabelFile(bytes, path: "labels.txt").labels(rows: bytes.count % 4) },
        // What serve-lines answers, a request a line.
        FuzzTarget("line-request", maxLength: 1 << 12) { bytes in
            for line in bytes.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false) {
                _ = try LineRequest(line: Array(line))
            }
        },
    ]
}
