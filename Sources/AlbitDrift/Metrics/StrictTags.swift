/// A sentence's tags read by one scheme, as seqeval's strict mode reads them (`seqeval.scheme.Tokens`): an entity
/// counts only where begin, middle and end are spelled as the scheme says. A tag whose letter the scheme does not have
/// is outside, where seqeval refuses the file: callers name it first.
struct StrictTags {
    private let prefixes: [Unicode.Scalar]
    private let types: [[UInt8]]
    private let scheme: TagScheme
    private let count: Int

    init(_ tags: [String], _ scheme: TagScheme) {
        self.scheme = scheme
        count = tags.count
        prefixes =
            tags.map { tag in
                let first = tag.unicodeScalars.first ?? "O"
                return scheme.prefixes.unicodeScalars.contains(first) ? first : "O"
            } + ["O"]
        types =
            tags.map { tag in
                let dash = UInt8(ascii: "-")
                let rest = Array(String(tag.unicodeScalars.dropFirst()).utf8).drop { $0 == dash }
                let kept = Array(rest.reversed().drop { $0 == dash }.reversed())
                return kept.isEmpty ? Array("_".utf8) : kept
            } + [Array("_".utf8)]
    }

    var entities: [TaggedEntity] {
        var result: [TaggedEntity] = []
        let outside = count
        var before = outside
        var position = 0
        while position <= count {
            if isMatch(before, position, scheme.start) {
                let end = forward(from: position)
                if isMatch(end - 1, end, scheme.end) {
                    result.append(TaggedEntity(type: types[position], first: position, last: end - 1))
                }
                position = end
            } else {
                position += 1
            }
            before = position - 1
        }
        return result
    }

    /// The first tag that does not continue the entity; what lies behind the last tag never does.
    private func forward(from start: Int) -> Int {
        var before = start
        for position in stride(from: start + 1, through: count, by: 1) {
            guard isMatch(before, position, scheme.inside) else { return position }
            before = position
        }
        return count
    }

    private func isMatch(_ before: Int, _ now: Int, _ patterns: [TagScheme.Pattern]) -> Bool {
        patterns.contains { pattern in
            guard pattern.before.unicodeScalars.contains(prefixes[before]),
                pattern.now.unicodeScalars.contains(prefixes[now])
            else { return false }
            return switch pattern.types {
            case .any: true
            case .same: types[before] == types[now]
            case .different: types[before] != types[now]
            }
        }
    }
}
