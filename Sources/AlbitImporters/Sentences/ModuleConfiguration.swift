import AlbitModel
import AlbitText

/// The `config.json` of one module, and which of its keys were looked at.
struct ModuleConfiguration {
    let path: String
    private let json: JSONValue?
    private var known: Set<String> = []
    /// Keys that change no answer, and why.
    private var inert: [(key: String, why: String)] = []

    /// Empty where the module has no such file. Throws for one that is not an object.
    init(_ tree: any FileTree, _ module: SentenceModule, name: String = "config.json") throws(Fault) {
        let place = module.folder.isEmpty ? name : module.folder + "/" + name
        try self.init(tree, file: place)
    }

    init(_ tree: any FileTree, file name: String) throws(Fault) {
        guard let file = try tree.open(name) else {
            path = tree.path + "/" + name
            json = nil
            return
        }
        path = file.path
        let value = try ModuleList.parse(file)
        guard value.members != nil else {
            throw Fault(.sentenceBadConfiguration, in: path, "is not a JSON object", expected: "the keys of a module")
        }
        json = value
    }

    var isThere: Bool { json != nil }

    /// The value of a key; nil where it is missing or null.
    mutating func value(_ key: String) -> JSONValue? {
        known.insert(key)
        return json?[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// Looks at keys that change no answer.
    mutating func pass(_ keys: String..., why: String) {
        for key in keys where json?[key] != nil { inert.append((key, why)) }
    }

    mutating func string(_ key: String) throws(Fault) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw wrong(key, "a string") }
        return string
    }

    mutating func bool(_ key: String) throws(Fault) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.bool else { throw wrong(key, "true or false") }
        return bool
    }

    /// A whole number from 1.
    mutating func count(_ key: String) throws(Fault) -> Int? {
        guard let value = value(key) else { return nil }
        guard let integer = value.integer, integer > 0 else { throw wrong(key, "a whole number from 1") }
        return integer
    }

    /// Throws where a string is there and not the one that Albit runs.
    mutating func require(_ key: String, _ wanted: String) throws(Fault) {
        guard let found = try string(key), found != wanted else { return }
        throw unsupported(key, "is '\(found)'", expected: "'\(wanted)'")
    }

    /// What became of the file's keys.
    func review() -> ImportReport.ReadFile {
        var result = ImportReport.ReadFile(path: path)
        result.inert = inert
        for member in json?.members ?? [] where !inert.contains(where: { $0.key == member.name }) {
            if known.contains(member.name) {
                result.used.append(member.name)
            } else {
                result.unknown.append(member.name)
            }
        }
        return result
    }

    /// Throws for a key that nobody looked at: the library's modules refuse arguments that they do not know.
    func requireKnownKeys() throws(Fault) {
        let unread = json?.members?.first { member in
            !known.contains(member.name) && !inert.contains { $0.key == member.name }
        }
        guard let unread else { return }
        throw Fault(
            .sentenceUnsupportedOption, in: path, at: "key '\(unread.name)'",
            "is unknown to Albit, and to the module of sentence-transformers 6.2 that it is an argument of",
            advice: "take it out if the vectors do not need it")
    }

    func wrong(_ key: String, _ expected: String) -> Fault {
        Fault(.sentenceBadConfiguration, in: path, at: "key '\(key)'", "has another type or value", expected: expected)
    }

    func unsupported(_ key: String, _ problem: String, expected: String? = nil) -> Fault {
        Fault(
            .sentenceUnsupportedOption, in: path, at: "key '\(key)'", problem + ", which Albit does not run",
            expected: expected ?? "")
    }
}
