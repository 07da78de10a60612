/// A label as a data file has it: what it was there decides how it may be read.
package enum LabelValue: Sendable, Equatable {
    /// In a table: the number of a label, its name, or a number to be predicted.
    case written([UInt8])
    /// A JSON string.
    case name([UInt8])
    /// A JSON number, or a truth value as 1 or 0.
    case number(Double)

    init?(_ value: JSONValue) {
        switch value {
        case .string: self = .name(value.bytes ?? [])
        case .bool(let isTrue): self = .number(isTrue ? 1 : 0)
        default:
            guard let number = value.double else { return nil }
            self = .number(number)
        }
    }

    /// For messages and reports.
    package var text: String {
        switch self {
        case .written(let bytes), .name(let bytes): String(decoding: bytes, as: UTF8.self)
        case .number(let number): LabelValue.whole(number).map { String($0) } ?? number.description
        }
    }

    /// The number that was meant, if any.
    package var number: Double? {
        switch self {
        case .number(let number): number
        case .written(let bytes), .name(let bytes):
            DecimalText.double(String(decoding: ASCIIText.trimmed(bytes), as: UTF8.self))
        }
    }

    /// The whole number that was meant, also one written as 1.0.
    package var integer: Int? { number.flatMap { LabelValue.whole($0) } }

    private static func whole(_ number: Double) -> Int? {
        guard number.magnitude < 1e9 else { return nil }
        let integer = Int(number)
        return Double(integer) == number ? integer : nil
    }
}

/// What an example should be answered with.
package enum ExampleLabel: Sendable, Equatable {
    case one(LabelValue)
    /// A set of labels.
    case several([LabelValue])
    /// Whether each label of the model holds, in its order.
    case flags([Bool])

    package var text: String {
        switch self {
        case .one(let value): value.text
        case .several(let values): values.map { $0.text }.joined(separator: ", ")
        case .flags(let flags): flags.map { $0 ? "1" : "0" }.joined(separator: " ")
        }
    }
}
