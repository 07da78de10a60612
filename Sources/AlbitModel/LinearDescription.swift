import AlbitText

/// What the metadata of a model file says of one int8 matmul; the parallel arrays `albit.linear.*`.
package struct LinearDescription: Sendable, Equatable {
    /// The group of its tensors' names (`TensorName`).
    package let name: String
    /// True output channels N.
    package let rows: Int
    /// True input channels K.
    package let columns: Int
    /// Hadamard block of the input, 0 where it is not rotated.
    package let block: Int
    /// Byte planes of the input, 1 or 2.
    package let planes: Int

    package init(name: String, rows: Int, columns: Int, block: Int, planes: Int) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.block = block
        self.planes = planes
    }

    /// How its weights lie in the file.
    package var panels: Panels { Panels(rows: rows, columns: columns, isRotated: block > 0) }

    static func read(_ gguf: GGUF) throws(Fault) -> [LinearDescription] {
        guard let names = try gguf.strings(ModelKey.linearNames) else { return [] }
        func column(_ key: String) throws(Fault) -> [Int] {
            let values = try gguf.required(key, gguf.integers(key))
            guard values.count == names.count else {
                throw .badValue(
                    path: gguf.file.path, key: key,
                    problem: "has " + String(values.count) + " entries for " + String(names.count) + " names")
            }
            return values
        }
        let rows = try column(ModelKey.linearRows)
        let columns = try column(ModelKey.linearColumns)
        let blocks = try column(ModelKey.linearBlock)
        let planes = try column(ModelKey.linearPlanes)
        var result: [LinearDescription] = []
        for (i, name) in names.enumerated() {
            let block = blocks[i]
            guard (1...4_000_000).contains(rows[i]), (1...16384).contains(columns[i]), (1...2).contains(planes[i]),
                block == 0 || (block >= 16 && block <= 1024 && block & (block - 1) == 0)
            else {
                throw .badValue(
                    path: gguf.file.path, key: "albit.linear.*",
                    problem: "describes '" + name + "' with values out of range")
            }
            let description = LinearDescription(
                name: name, rows: rows[i], columns: columns[i], block: block, planes: planes[i])
            guard block == 0 || description.panels.columns % block == 0 else {
                throw .badValue(
                    path: gguf.file.path, key: ModelKey.linearBlock,
                    problem: "for '" + name + "' does not divide the padded width")
            }
            result.append(description)
        }
        return result
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badValue(path: String, key: String, problem: String) -> Fault {
        Fault(.modelBadValue, in: path, at: "key '" + key + "'", problem)
    }
}
