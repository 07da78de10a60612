import AlbitText
import AlbitTokenizers

/// Reads the normalizer of a `tokenizer.json`; a `Sequence` becomes its steps in order.
struct NormalizerReader {
    let path: String
    private(set) var steps: [NormalizerStep] = []
    private(set) var charsmap: [UInt8] = []

    init(path: String) { self.path = path }

    mutating func read(_ json: JSONValue?) throws(Fault) {
        guard let json, !json.isNull else { return }
        guard let type = json["type"]?.string else { throw .missingMember(path: path, member: "normalizer.type") }
        switch type {
        case "Sequence":
            guard let list = json["normalizers"]?.array else { throw .missingMember(path: path, member: "normalizers") }
            for step in list { try read(step) }
        case "BertNormalizer":
            let lowercase = json["lowercase"]?.bool ?? true
            steps += TokenizerPipeline.bertNormalizers(
                cleanText: json["clean_text"]?.bool ?? true,
                spaceIdeographs: json["handle_chinese_chars"]?.bool ?? true,
                stripAccents: json["strip_accents"]?.bool ?? lowercase, lowercase: lowercase)
        case "NFC": steps.append(.form(.nfc))
        case "NFD": steps.append(.form(.nfd))
        case "NFKC": steps.append(.form(.nfkc))
        case "NFKD": steps.append(.form(.nfkd))
        case "Lowercase": steps.append(.lowercase)
        case "StripAccents": steps.append(.stripAccents)
        case "Nmt": steps.append(.nmt)
        case "Strip":
            guard let left = json["strip_left"]?.bool, let right = json["strip_right"]?.bool else {
                throw .missingMember(path: path, member: "normalizer.strip_left or .strip_right")
            }
            steps.append(.strip(left: left, right: right))
        case "Prepend":
            guard let prefix = json["prepend"]?.bytes else {
                throw .missingMember(path: path, member: "normalizer.prepend")
            }
            if !prefix.isEmpty { steps.append(.prepend(prefix)) }
        case "Replace":
            guard let content = json["content"]?.bytes else {
                throw .missingMember(path: path, member: "normalizer.content")
            }
            steps.append(
                .replace(try PatternReader(path: path).read(json["pattern"], of: "normalizer Replace"), with: content))
        case "Precompiled":
            guard let text = json["precompiled_charsmap"]?.bytes, let blob = Base64.decode(text) else {
                throw .missingMember(path: path, member: "precompiled_charsmap (base64)")
            }
            guard charsmap.isEmpty || charsmap == blob else {
                throw .unsupported(path: path, what: "normalizer", name: "Precompiled", expected: "one character map")
            }
            charsmap = blob
            steps.append(.precompiled)
        default:
            throw .unsupported(
                path: path, what: "normalizer", name: type,
                expected:
                    """
                    BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, Nmt, Precompiled, Prepend, Replace, Strip or \
                    StripAccents
                    """
            )
        }
    }
}
