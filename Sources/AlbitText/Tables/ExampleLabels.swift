/// Labels of a record: one, a list, flags, or several in one written value.
extension ExampleRecord {
    func label() throws(Fault) -> ExampleLabel? {
        if columns.labelsAreFlags { return try flagColumns() }
        guard let place = columns.place(.label), let cell = row[place], !cell.isNull else { return nil }
        if isMultiLabel, let list = cell.structure?.array { return try labels(list) }
        if case .written(let bytes) = cell {
            if ASCIIText.trimmed(bytes).isEmpty { return nil }
            return isMultiLabel ? separated(bytes) : .one(.written(bytes))
        }
        guard case .json(let value) = cell, let label = LabelValue(value) else { throw notALabel }
        return .one(label)
    }

    private var notALabel: Fault {
        wrong(.label, .exampleNotLabel, isMultiLabel ? "a name or a number, or a list of them" : "a name or a number")
    }

    /// Names, numbers, or a flag for each label of the model.
    private func labels(_ list: [JSONValue]) throws(Fault) -> ExampleLabel {
        var values: [LabelValue] = []
        for element in list {
            guard let value = LabelValue(element) else { throw notALabel }
            values.append(value)
        }
        guard !labels.isEmpty, values.count == labels.count else { return .several(values) }
        var flags: [Bool] = []
        var isSpelled = true
        for (element, value) in zip(list, values) {
            guard case .number(let number) = value, number == 0 || number == 1 else { return .several(values) }
            if case .integer = element { isSpelled = false }
            flags.append(number == 1)
        }
        // Of two labels, [0, 1] may be both, or a flag for each; 0.0 and true are flags.
        guard flags != [false, true] && flags != [true, false] || isSpelled else {
            throw Fault(
                .labelFlagsOrIds, in: file, at: row.place,
                "'label' is [0, 1] of two labels: two numbers of labels, or a flag for each",
                advice: "write names, or flags as true and false")
        }
        return .flags(flags)
    }

    /// Labels in one value: with the first of these between them that is there, unless the whole is the name of a
    /// label.
    private func separated(_ bytes: [UInt8]) -> ExampleLabel {
        let key = ASCIIText.key(bytes)
        if labels.contains(where: { ASCIIText.key($0.utf8) == key }) { return .several([.written(bytes)]) }
        for separator in [UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: ","), 0x20] where bytes.contains(separator)
        {
            let parts = bytes.split(separator: separator).map { Array(ASCIIText.trimmed(Array($0))) }.filter {
                !$0.isEmpty
            }
            return .several(parts.map { .written($0) })
        }
        return .several([.written(bytes)])
    }

    private func flagColumns() throws(Fault) -> ExampleLabel? {
        var flags: [Bool] = []
        for place in columns.places[.label] ?? [] {
            guard let cell = row[place], !cell.isNull else { return nil }
            let value: LabelValue?
            switch cell {
            case .written(let bytes):
                switch ASCIIText.key(bytes) {
                case "true": value = .number(1)
                case "false": value = .number(0)
                default: value = .written(bytes)
                }
            case .json(let json): value = LabelValue(json)
            }
            guard let number = value?.number, number == 0 || number == 1 else {
                // -1 marks what nobody labelled.
                if value?.number == -1 { return nil }
                throw Fault(
                    .labelNotFlag, in: file, at: row.place, "a label's own column holds no flag", expected: "0 or 1")
            }
            flags.append(number == 1)
        }
        return .flags(flags)
    }
}
