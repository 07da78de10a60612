/// What an example is made of.
package enum ExampleForm: Sendable, Equatable {
    /// A text, or two that are read together, or ids; perhaps with a label.
    case plain
    /// Words, perhaps with a tag each.
    case tagged
    /// A question and its context, perhaps with right answers.
    case questions
    /// A text and what may follow it, perhaps with the number of what does.
    case choices
}

/// Which columns of a table are for what: by what a person chose, else by the names that columns have.
package struct Columns: Sendable {
    package private(set) var form = ExampleForm.plain
    /// Places of columns by role, in order: several for choices and for labels with a column each.
    private(set) var places: [ColumnRole: [Int]] = [:]
    /// Whether labels stand as flags, a column each in the order of the model's labels.
    private(set) var labelsAreFlags = false

    private let header: [String]
    private let keys: [String]
    private let file: String
    private let choice: ColumnChoice

    /// - Parameters:
    ///   - header: names of the columns as written.
    ///   - choice: what a person said; goes before all names.
    ///   - labels: the model's labels, which may be names of columns.
    /// - Throws: `dataNoColumn`, `dataAmbiguousColumn`, `columnsNoSuchColumn`, `dataMissingFlags`.
    package init(
        _ header: [String], in file: String, choice: ColumnChoice = ColumnChoice(), labels: [String] = []
    )
        throws(Fault)
    {
        self.header = header
        keys = header.map { ASCIIText.key($0.utf8) }
        self.file = file
        self.choice = choice
        for (role, name) in choice.columns { places[role, default: []].append(try place(name)) }
        try resolve(labels: labels)
    }

    package func place(_ role: ColumnRole) -> Int? { places[role]?.first }

    /// What the column of a role is called in the file; the role where it has none.
    func name(_ role: ColumnRole) -> String {
        guard let place = place(role) else { return role.rawValue }
        return header[place]
    }

    /// Whether texts are read two and two.
    package var hasPairs: Bool { places[.pair] != nil }
    /// What the columns of labels are called in the file.
    package var labelNames: [String] { (places[.label] ?? []).map { header[$0] } }

    /// Places of the columns that are for something.
    package var used: [Int] { places.values.reduce(into: []) { $0 += $1 } }

    // Finding columns ---------------------------------------------------------------------------

    /// The column that a person named, or numbered from 1.
    private func place(_ name: String) throws(Fault) -> Int {
        if let place = header.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return place }
        if let place = keys.firstIndex(of: ASCIIText.key(name.utf8)) { return place }
        if let number = Int(name), number > 0, number <= header.count { return number - 1 }
        throw Fault(.columnsNoSuchColumn, in: file, "has no column '" + name + "'", expected: "one of " + list(header))
    }

    private func list(_ names: [String]) -> String { names.map { "'" + $0 + "'" }.joined(separator: ", ") }

    /// Gives a role the column of one of its names, unless a person gave it one. Returns whether it has one.
    @discardableResult
    private mutating func find(_ role: ColumnRole, besides other: ColumnRole? = nil) throws(Fault) -> Bool {
        if places[role] != nil { return true }
        if !role.names.isEmpty, let own = keys.firstIndex(of: role.names[0]), !isTaken(own) {
            places[role] = [own]
            return true
        }
        let found = keys.indices.filter { role.names.contains(keys[$0]) && !isTaken($0) }
        guard found.count < 2 else { throw ambiguous(role.rawValue, found) }
        if let place = found.first { places[role] = [place] }
        return !found.isEmpty
    }

    private func isTaken(_ place: Int) -> Bool { places.values.contains { $0.contains(place) } }

    private func ambiguous(_ role: String, _ found: [Int]) -> Fault {
        Fault(
            .dataAmbiguousColumn, in: file, "'" + role + "' may be " + list(found.map { header[$0] }),
            advice: "say which, as in --columns " + role + "=" + header[found[0]])
    }

    private func has(_ role: ColumnRole) -> Bool { places[role] != nil || role.names.contains { keys.contains($0) } }

    // Forms -------------------------------------------------------------------------------------

    private mutating func resolve(labels: [String]) throws(Fault) {
        let wantsText = places[.text] != nil || places[.words] == nil && keys.contains("text")
        let hasTags = places[.tags] != nil || ColumnRole.tags.names.dropLast(2).contains { keys.contains($0) }
        if has(.words), hasTags || !wantsText {
            form = .tagged
            try find(.words)
            try find(.tags)
        } else if try findChoices() {
            form = .choices
            try find(.label)
        } else if places[.text] == nil, has(.question), has(.context) {
            form = .questions
            try find(.question)
            try find(.context)
            try find(.answers)
            try find(.impossible)
        } else {
            try findTexts()
            try find(.ids)
            try find(.typeIds)
            guard places[.text] != nil || places[.ids] != nil else { throw noColumn() }
            try findLabels(labels)
        }
    }

    /// Two texts, or one.
    private mutating func findTexts() throws(Fault) {
        if places[.text] == nil, places[.pair] == nil {
            // A column 'text' is the text, whatever stands beside it.
            let found = ColumnRole.pairs.filter {
                keys.contains($0.text) && keys.contains($0.pair) && ($0.text == "text" || !keys.contains("text"))
            }
            if found.count > 1, found[0].text != "text" {
                throw ambiguous("text", found.compactMap { pair in keys.firstIndex(of: pair.text) })
            }
            if let first = found.first, let text = keys.firstIndex(of: first.text),
                let pair = keys.firstIndex(of: first.pair)
            {
                places[.text] = [text]
                places[.pair] = [pair]
                return
            }
        }
        try find(.text)
        try find(.pair)
    }

    /// Choices in one list or in a column each, and the text that they belong to.
    private mutating func findChoices() throws(Fault) -> Bool {
        if places[.choices] == nil {
            if let list = keys.firstIndex(where: { ColumnRole.choices.names.contains($0) }) {
                places[.choices] = [list]
            } else {
                let numbered = ColumnRole.numberedChoices.map { numberedColumns($0) }.first { $0.count > 1 }
                guard let numbered else { return false }
                places[.choices] = numbered
            }
        }
        if places[.text] == nil {
            let isSwag = keys.contains("sent1") && keys.contains("sent2")
            let prompts = isSwag ? ["sent1"] : ColumnRole.prompts
            guard let place = prompts.compactMap({ keys.firstIndex(of: $0) }).first(where: { !isTaken($0) }) else {
                throw noColumn()
            }
            if keys[place] == "question",
                let passage = keys.firstIndex(where: { ColumnRole.passages.contains($0) }), !isTaken(passage)
            {
                throw ambiguous("text", [passage, place])
            }
            places[.text] = [place]
            if isSwag { try find(.stem) }
        }
        return true
    }

    /// Columns `name0`, `name1` and so on, or from 1, in the order of their numbers.
    private func numberedColumns(_ name: String) -> [Int] {
        let start = keys.contains(name + "0") ? 0 : 1
        var found: [Int] = []
        while let place = keys.firstIndex(of: name + String(start + found.count)) { found.append(place) }
        return found
    }

    /// One column of labels, or one for each label of the model.
    private mutating func findLabels(_ labels: [String]) throws(Fault) {
        if let chosen = places[.label] {
            labelsAreFlags = chosen.count > 1
            guard labelsAreFlags, !labels.isEmpty else { return }
            places[.label] = try flags(labels, among: chosen)
            return
        }
        if try find(.label) { return }
        let named = labels.filter { label in keys.contains(ASCIIText.key(label.utf8)) }
        guard named.count > 1 else { return }
        labelsAreFlags = true
        places[.label] = try flags(labels, among: Array(keys.indices))
    }

    /// The columns of all labels of the model, in its order.
    private func flags(_ labels: [String], among places: [Int]) throws(Fault) -> [Int] {
        var result: [Int] = []
        for label in labels {
            let key = ASCIIText.key(label.utf8)
            guard let place = places.first(where: { keys[$0] == key }) else {
                throw Fault(
                    .dataMissingFlags, in: file,
                    "has a column for some of the model's labels, but none for '" + label + "'",
                    expected: "one for each of " + list(labels))
            }
            result.append(place)
        }
        return result
    }

    private func noColumn() -> Fault {
        Fault(
            .dataNoColumn, in: file, "names no column 'text'; it has " + list(header),
            expected: "a header such as text<TAB>label, or members 'text' and 'label'",
            advice: "say which column holds the text, as in --columns text=" + (header.first { !$0.isEmpty } ?? "1"))
    }
}
