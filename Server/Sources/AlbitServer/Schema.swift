/// What a value may be: requests are held against it, and `/openapi.json` shows it. Objects are closed.
package indirect enum Schema: Sendable {
    case string
    case boolean
    case number
    case integer(ClosedRange<Int>)
    case words([String])
    case list(Schema, atLeast: Int = 0)
    case object([Field])
    /// An object with names of its own, all values alike.
    case map(Schema)
    case either([Schema])
    case null
    /// What a model file says, in a form of its own.
    case anything

    package static var positive: Schema { .integer(1...1_000_000) }
    package static var count: Schema { .integer(0...Int(Int32.max)) }
    package static var text: Schema { .string }
    package static var texts: Schema { .either([.string, .list(.string, atLeast: 1)]) }
    package static var vector: Schema { .list(.number) }
}

/// A member of an object.
package struct Field: Sendable {
    package let name: String
    package let schema: Schema
    package let about: String
    /// Whether it has to be there; else it may be left out or null.
    package let isRequired: Bool

    package init(_ name: String, _ schema: Schema, _ about: String, required: Bool = false) {
        self.name = name
        self.schema = schema
        self.about = about
        isRequired = required
    }
}

extension Schema {
    /// Throws for a value that is something else, naming its place.
    package func check(_ value: JSON, at place: String = "") throws(Refusal) {
        func isNot() -> Refusal {
            Refusal(
                .invalid, "\(place.isEmpty ? "the request" : "'\(place)'") is \(value.kind), expected \(words)",
                parameter: place.isEmpty ? nil : place)
        }
        switch (self, value) {
        case (.string, .string), (.boolean, .bool), (.number, .number), (.number, .integer), (.null, .null),
            (.anything, _):
            return
        case (.integer(let range), .integer(let number)):
            if !range.contains(number) {
                throw Refusal(
                    .invalid, "'\(place)' is \(number), expected \(range.lowerBound) to \(range.upperBound)",
                    parameter: place)
            }
        case (.words(let words), .string(let word)):
            if !words.contains(word) {
                throw Refusal(
                    .invalid, "'\(place)' is '\(word)', expected \(words.joined(separator: ", "))", parameter: place)
            }
        case (.list(let schema, let atLeast), .array(let elements)):
            if elements.count < atLeast {
                throw Refusal(.invalid, "'\(place)' is empty, expected one or more", parameter: place)
            }
            for (index, element) in elements.enumerated() { try schema.check(element, at: "\(place)[\(index)]") }
        case (.map(let schema), .object(let members)):
            for member in members { try schema.check(member.1, at: place + "." + member.0) }
        case (.object(let fields), .object(let members)):
            try Schema.check(members, fields, at: place)
        case (.either(let schemas), _):
            // The one that comes closest tells what is wrong.
            var faults: [Refusal] = []
            for schema in schemas {
                do throws(Refusal) {
                    return try schema.check(value, at: place)
                } catch {
                    faults.append(error)
                }
            }
            throw faults.first { ($0.parameter?.utf8.count ?? 0) > place.utf8.count } ?? isNot()
        default: throw isNot()
        }
    }

    private static func check(_ members: [(String, JSON)], _ fields: [Field], at place: String) throws(Refusal) {
        let prefix = place.isEmpty ? "" : place + "."
        for field in fields {
            switch members.first(where: { $0.0 == field.name })?.1 {
            case nil, .null?:
                if field.isRequired {
                    throw Refusal(.invalid, "'\(prefix + field.name)' is missing", parameter: prefix + field.name)
                }
            case let value?: try field.schema.check(value, at: prefix + field.name)
            }
        }
        for member in members where !fields.contains(where: { $0.name == member.0 }) {
            let names = fields.map(\.name).joined(separator: ", ")
            throw Refusal(
                .invalid, "there is no '\(prefix + member.0)' here, only \(names)", parameter: prefix + member.0)
        }
    }

    /// In words, for messages.
    private var words: String {
        switch self {
        case .string, .words: "a string"
        case .boolean: "true or false"
        case .number: "a number"
        case .integer: "a whole number"
        case .list(let schema, _): "a list, each of it " + schema.words
        case .object, .map: "an object"
        case .either(let schemas): schemas.map(\.words).joined(separator: " or ")
        case .null: "null"
        case .anything: "anything"
        }
    }

    /// As JSON Schema (OpenAPI 3.1).
    package var json: JSON {
        switch self {
        case .string: .object([("type", .string("string"))])
        case .boolean: .object([("type", .string("boolean"))])
        case .number: .object([("type", .string("number"))])
        case .null: .object([("type", .string("null"))])
        case .anything: .object([])
        case .integer(let range):
            .object([
                ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
                ("maximum", .integer(range.upperBound)),
            ])
        case .words(let words):
            .object([("type", .string("string")), ("enum", .array(words.map { .string($0) }))])
        case .list(let schema, let atLeast):
            .object([("type", .string("array")), ("items", schema.json), ("minItems", .integer(atLeast))])
        case .map(let schema):
            .object([("type", .string("object")), ("additionalProperties", schema.json)])
        case .either(let schemas): .object([("anyOf", .array(schemas.map(\.json)))])
        case .object(let fields):
            .object([
                ("type", .string("object")), ("additionalProperties", .bool(false)),
                ("required", .array(fields.filter(\.isRequired).map { .string($0.name) })),
                ("properties", .object(fields.map { ($0.name, $0.json) })),
            ])
        }
    }
}

extension Field {
    fileprivate var json: JSON {
        let schema = isRequired ? schema : .either([schema, .null])
        guard case .object(let members) = schema.json else { return schema.json }
        return .object(members + [("description", .string(about))])
    }
}
