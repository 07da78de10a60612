/// How labels of data become labels of a model. Numbers and names that can be confused are refused until a person says
/// which they are.
package struct LabelReading: Sendable {
    /// What labels of data are, as `--label-values` says.
    package enum Values: String, Sendable { case ids, names }

    /// The model's labels; empty where it only counts them.
    package let names: [String]
    /// How many labels the model has.
    package let count: Int
    package let values: Values?
    private let keys: [String]

    package init(names: [String], count: Int, values: Values? = nil) {
        self.names = names
        self.count = count
        self.values = values
        keys = names.map { ASCIIText.key($0.utf8) }
    }

    /// The label that a value stands for; nil where it says that there is none: nothing, -1 or a dash.
    /// - Throws: `labelUnknown`, `labelConfusable`.
    package func index(of value: LabelValue, in file: String, at place: String) throws(Fault) -> Int? {
        let named = values == .ids ? nil : self.named(value)
        var numbered: Int?
        if values != .names, let integer = value.integer, integer >= 0, integer < count { numbered = integer }
        // A string of JSON was meant as a name where it is one.
        if case .name = value, named != nil { numbered = nil }
        if let named, let numbered, named != numbered {
            throw Fault(
                .labelConfusable, in: file, at: place,
                "label '" + value.text + "' is the name of label " + String(named) + " and the number of label '"
                    + names[numbered] + "'",
                advice: "say --label-values ids or --label-values names")
        }
        if let found = named ?? numbered { return found }
        if isNone(value) { return nil }
        throw Fault(.labelUnknown, in: file, at: place, "has label '" + value.text + "'", expected: known)
    }

    /// A tag of a word. Numbers count the labels of the data, not of the model, so they need a person's word.
    /// - Throws: `labelUnknown`, `labelConfusable`, `labelNumbered`.
    package func tag(_ value: LabelValue, in file: String, at place: String) throws(Fault) -> Int {
        if values == nil, value.integer != nil, named(value) == nil {
            throw Fault(
                .labelNumbered, in: file, at: place, "has tags by number",
                advice:
                    "write their names, or say --label-values ids where the numbers are those of the model's labels: "
                    + known)
        }
        guard let found = try index(of: value, in: file, at: place) else {
            throw Fault(.labelUnknown, in: file, at: place, "has tag '" + value.text + "'", expected: known)
        }
        return found
    }

    /// Whether each label of the model holds; nil where the record does not say.
    /// - Throws: `labelUnknown`, `labelConfusable`, `labelFlagCount`.
    package func set(of label: ExampleLabel, in file: String, at place: String) throws(Fault) -> [Bool]? {
        var result = [Bool](repeating: false, count: count)
        switch label {
        case .flags(let flags):
            guard flags.count == count else {
                throw Fault(
                    .labelFlagCount, in: file, at: place, "has " + String(flags.count) + " flags",
                    expected: "one for each of " + known)
            }
            return flags
        case .several(let values):
            for value in values { if let index = try index(of: value, in: file, at: place) { result[index] = true } }
        case .one(let value):
            guard let index = try index(of: value, in: file, at: place) else { return nil }
            result[index] = true
        }
        return result
    }

    /// The number that a model with one output should give; nil where there is nothing.
    /// - Throws: `labelNotNumber`.
    package static func number(_ value: LabelValue, in file: String, at place: String) throws(Fault) -> Double? {
        if case .written(let bytes) = value, ASCIIText.trimmed(bytes).isEmpty { return nil }
        guard let number = value.number, number.isFinite else {
            throw Fault(.labelNotNumber, in: file, at: place, "has label '" + value.text + "'", expected: "a number")
        }
        return number
    }

    /// The label that is called so: exactly, else but for capitals and blanks where only one is.
    private func named(_ value: LabelValue) -> Int? {
        let text: [UInt8]
        switch value {
        case .written(let bytes), .name(let bytes): text = bytes
        case .number: text = Array(value.text.utf8)
        }
        if let exact = names.firstIndex(where: { $0.utf8.elementsEqual(text) }), exact < count { return exact }
        let key = ASCIIText.key(text)
        let alike = keys.indices.filter { keys[$0] == key && $0 < count }
        return alike.count == 1 ? alike[0] : nil
    }

    private func isNone(_ value: LabelValue) -> Bool {
        if case .number(let number) = value { return number == -1 }
        return ["", "-", "-1"].contains(ASCIIText.key(value.text.utf8))
    }

    /// The labels in words.
    package var known: String {
        let range = "0 to " + String(count - 1)
        guard !names.isEmpty else { return range }
        let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " ..." : "")
        return values == .names ? shown : shown + " or " + range
    }
}
