import ArgumentParser

/// A number of bytes as a person writes it: 2800000, 2800K, 2.8M.
enum ByteCount {
    static func parse(_ text: String) throws -> Int {
        let units: [(Character, Double)] = [("K", 1e3), ("k", 1e3), ("M", 1e6), ("G", 1e9)]
        let unit = units.first { $0.0 == text.last }
        let number = Double(unit == nil ? text : String(text.dropLast()))
        guard let number, number > 0, number.isFinite, number * (unit?.1 ?? 1) < 1e15 else {
            throw ValidationError("'\(text)' is no number of bytes, expected one like 2800000, 2800K or 2.8M.")
        }
        return Int((number * (unit?.1 ?? 1)).rounded())
    }
}
