import AlbitText
import AlbitTokenizers

/// Reads the pre-tokenizer of a `tokenizer.json`; a `Sequence` becomes its steps in order.
struct PreTokenizerReader {
    let path: String
    private(set) var steps: [PreTokenizerStep] = []

    init(path: String) { self.path = path }

    mutating func read(_ json: JSONValue?) throws(Fault) {
        guard let json, !json.isNull else { return }
        guard let type = json["type"]?.string else { throw .missingMember(path: path, member: "pre_tokenizer.type") }
        switch type {
        case "Sequence":
            guard let list = json["pretokenizers"]?.array else {
                throw .missingMember(path: path, member: "pretokenizers")
            }
            for step in list { try read(step) }
        case "BertPreTokenizer": steps += [.whitespaceSplit, .punctuation(.isolated)]
        case "Whitespace": steps.append(.whitespace)
        case "WhitespaceSplit": steps.append(.whitespaceSplit)
        case "Punctuation": steps.append(.punctuation(try behavior(json["behavior"] ?? .string("Isolated"))))
        case "Digits": steps.append(.digits(individual: json["individual_digits"]?.bool ?? false))
        case "CharDelimiterSplit": steps.append(.delimiter(try character(json["delimiter"], "delimiter").code))
        case "Split":
            let pattern = try PatternReader(path: path).read(json["pattern"], of: "pre-tokenizer Split")
            steps.append(.split(pattern, try behavior(json["behavior"]), inverted: json["invert"]?.bool ?? false))
        case "Metaspace": steps.append(.metaspace(try metaspace(json)))
        default:
            throw .unsupported(
                path: path, what: "pre-tokenizer", name: type,
                expected:
                    """
                    BertPreTokenizer, CharDelimiterSplit, Digits, Metaspace, Punctuation, Split, Whitespace or \
                    WhitespaceSplit
                    """
            )
        }
    }

    private func metaspace(_ json: JSONValue) throws(Fault) -> Metaspace {
        let scheme: Metaspace.Scheme
        switch json["prepend_scheme"]?.string {
        case "always"?: scheme = .always
        case "first"?: scheme = .first
        case "never"?: scheme = .never
        // Files from before the schemes.
        case nil: scheme = json["add_prefix_space"]?.bool ?? true ? .always : .never
        case let name?:
            throw .unsupported(path: path, what: "prepend_scheme", name: name, expected: "always, first or never")
        }
        return Metaspace(
            replacement: try character(json["replacement"], "replacement").bytes, scheme: scheme,
            splits: json["split"]?.bool ?? true)
    }

    private func character(_ json: JSONValue?, _ name: String) throws(Fault) -> (code: UInt32, bytes: [UInt8]) {
        guard let bytes = json?.bytes,
            let decoded = bytes.withUnsafeBytes({ $0.isEmpty ? nil : UTF8Bytes.decode($0, at: 0) }),
            decoded.count == bytes.count
        else { throw .missingMember(path: path, member: "pre_tokenizer." + name + " (one character)") }
        return (decoded.code, bytes)
    }

    private func behavior(_ json: JSONValue?) throws(Fault) -> SplitBehavior {
        switch json?.string {
        case "Removed"?: return .removed
        case "Isolated"?: return .isolated
        case "MergedWithPrevious"?: return .mergedWithPrevious
        case "MergedWithNext"?: return .mergedWithNext
        case "Contiguous"?: return .contiguous
        default: throw .missingMember(path: path, member: "pre_tokenizer.behavior")
        }
    }
}
