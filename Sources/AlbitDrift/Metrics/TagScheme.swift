/// How tags spell entities, and what seqeval's strict mode takes for one.
package enum TagScheme: String, Sendable, CaseIterable {
    case iob1 = "IOB1"
    case iob2 = "IOB2"
    case ioe1 = "IOE1"
    case ioe2 = "IOE2"
    case iobes = "IOBES"
    case bilou = "BILOU"

    /// Letters that tags may begin with.
    package var prefixes: String {
        switch self {
        case .iob1, .iob2: "IOB"
        case .ioe1, .ioe2: "IOE"
        case .iobes: "IOBES"
        case .bilou: "BILOU"
        }
    }

    enum Types { case any, same, different }
    struct Pattern {
        let before, now: String
        let types: Types

        init(_ before: String, _ now: String, _ types: Types) {
            (self.before, self.now, self.types) = (before, now, types)
        }
    }

    private static let all = "IOBESUL"

    /// A tag begins an entity, by that before it.
    var start: [Pattern] {
        switch self {
        case .iob1:
            [
                Pattern("O", "I", .any), Pattern("I", "I", .different), Pattern("B", "I", .any),
                Pattern("I", "B", .same), Pattern("B", "B", .same),
            ]
        case .ioe1:
            [Pattern("O", "I", .any), Pattern("I", "I", .different), Pattern("E", "I", .any), Pattern("E", "E", .same)]
        case .iob2: [Pattern(TagScheme.all, "B", .any)]
        case .ioe2: [Pattern("OE", "IE", .any), Pattern("I", "IE", .different)]
        case .iobes: [Pattern(TagScheme.all, "BS", .any)]
        case .bilou: [Pattern(TagScheme.all, "BU", .any)]
        }
    }

    /// A tag continues the entity of that before it.
    var inside: [Pattern] {
        switch self {
        case .iob1, .iob2: [Pattern("BI", "I", .same)]
        case .ioe1, .ioe2: [Pattern("I", "IE", .same)]
        case .iobes: [Pattern("BI", "IE", .same)]
        case .bilou: [Pattern("BI", "IL", .same)]
        }
    }

    /// The entity is over before this tag.
    var end: [Pattern] {
        switch self {
        case .iob1:
            [
                Pattern("I", "I", .different), Pattern("I", "OB", .any), Pattern("B", "O", .any),
                Pattern("B", "I", .different), Pattern("B", "B", .same),
            ]
        case .ioe1:
            [
                Pattern("I", "I", .different), Pattern("I", "O", .any), Pattern("I", "E", .different),
                Pattern("E", "IE", .same),
            ]
        case .iob2:
            [
                Pattern("I", "OB", .any), Pattern("I", "I", .different), Pattern("B", "OB", .any),
                Pattern("B", "I", .different),
            ]
        case .ioe2: [Pattern("E", TagScheme.all, .any)]
        case .iobes: [Pattern("SE", TagScheme.all, .any)]
        case .bilou: [Pattern("UL", TagScheme.all, .any)]
        }
    }
}
