import AlbitModel
import AlbitText

/// Why a request line can't be answered; its words are the answer's `error`.
package enum LineRequestError: AlbitError, Equatable {
    case notJSON(reason: String)
    case notUTF8
    case unknownName(String)
    case namedTwice(String)
    case wrongType(name: String, expected: String)
    case neitherTextNorIds

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .notJSON(let reason): "the request begins as JSON, but " + reason
        case .notUTF8: "the request is not UTF-8 text"
        case .unknownName(let name): "the request has '" + name + "', expected text, pair, ids or typeIds"
        case .namedTwice(let name): "'" + name + "' stands twice in the request"
        case .wrongType(let name, let expected): "'" + name + "' of the request is not " + expected
        case .neitherTextNorIds: "the request has no 'text' and no 'ids'"
        }
    }
}

/// One line that `serve-lines` answers: plain text, or a JSON object with `text` and perhaps `pair`, or with `ids`
/// and perhaps `typeIds`. A text that itself begins with a brace is given as JSON.
package enum LineRequest: Equatable {
    case text([UInt8], pair: [UInt8]?)
    case ids([Int32], typeIds: [Int32]?)

    package init(line: [UInt8]) throws(LineRequestError) {
        guard line.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) == UInt8(ascii: "{") else {
            guard LineRequest.isUTF8(line) else { throw .notUTF8 }
            self = .text(line, pair: nil)
            return
        }
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: line, depth: 4)
        } catch {
            throw .notJSON(reason: error.description)
        }
        for member in json.members ?? [] where !["text", "pair", "ids", "typeIds"].contains(member.name) {
            throw .unknownName(member.name)
        }
        if let name = json.duplicateName { throw .namedTwice(name) }
        let text = try LineRequest.text(json, "text")
        let pair = try LineRequest.text(json, "pair")
        let ids = try LineRequest.list(json, "ids")
        let typeIds = try LineRequest.list(json, "typeIds")
        if let text, ids == nil, typeIds == nil {
            self = .text(text, pair: pair)
        } else if let ids, text == nil, pair == nil {
            self = .ids(ids, typeIds: typeIds)
        } else if text == nil, ids == nil {
            throw .neitherTextNorIds
        } else {
            throw .wrongType(name: text == nil ? "pair" : "ids", expected: "possible beside '" + (text == nil ? "ids" : "text") + "'")
        }
    }

    private static func text(_ json: JSONValue, _ name: String) throws(LineRequestError) -> [UInt8]? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let bytes = value.bytes else { throw .wrongType(name: name, expected: "a string") }
        return bytes
    }

    private static func list(_ json: JSONValue, _ name: String) throws(LineRequestError) -> [Int32]? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let elements = value.array, !elements.isEmpty else {
            throw .wrongType(name: name, expected: "a list of whole numbers")
        }
        var result: [Int32] = []
        result.reserveCapacity(elements.count)
        for element in elements {
            guard let number = element.integer.flatMap({ Int32(exactly: $0) }) else {
                throw .wrongType(name: name, expected: "a list of whole numbers")
            }
            result.append(number)
        }
        return result
    }

    private static func isUTF8(_ line: [UInt8]) -> Bool {
        line.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                guard let next = UTF8Bytes.decode(bytes, at: offset) else { return false }
                offset += next.count
            }
            return true
        }
    }
}
