import AlbitModel
import AlbitText

/// One line that `serve-lines` answers: plain text, or a JSON object with `text` and perhaps `pair`, or with `ids`
/// and perhaps `typeIds`. A text that itself begins with a brace is given as JSON.
package enum LineRequest: Equatable {
    case text([UInt8], pair: [UInt8]?)
    case ids([Int32], typeIds: [Int32]?)

    package init(line: [UInt8]) throws(Fault) {
        guard line.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) == UInt8(ascii: "{") else {
            guard LineRequest.isUTF8(line) else { throw Fault(.requestNotUTF8, "the request is not UTF-8 text") }
            self = .text(line, pair: nil)
            return
        }
        let json = try JSONValue(parsing: line, depth: 4, place: "the request")
        for member in json.members ?? [] where !["text", "pair", "ids", "typeIds"].contains(member.name) {
            throw Fault(
                .requestUnknownName, "the request has '" + member.name + "'", expected: "text, pair, ids or typeIds")
        }
        if let name = json.duplicateName {
            throw Fault(.requestNamedTwice, "'" + name + "' stands twice in the request")
        }
        let text = try LineRequest.text(json, "text")
        let pair = try LineRequest.text(json, "pair")
        let ids = try LineRequest.list(json, "ids")
        let typeIds = try LineRequest.list(json, "typeIds")
        if let text, ids == nil, typeIds == nil {
            self = .text(text, pair: pair)
        } else if let ids, text == nil, pair == nil {
            self = .ids(ids, typeIds: typeIds)
        } else if text == nil, ids == nil {
            throw Fault(.requestNeitherTextNorIds, "the request has no 'text' and no 'ids'")
        } else {
            throw .wrongType(
                name: text == nil ? "pair" : "ids", expected: "possible beside '" + (text == nil ? "ids" : "text") + "'"
            )
        }
    }

    private static func text(_ json: JSONValue, _ name: String) throws(Fault) -> [UInt8]? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let bytes = value.bytes else { throw .wrongType(name: name, expected: "a string") }
        return bytes
    }

    private static func list(_ json: JSONValue, _ name: String) throws(Fault) -> [Int32]? {
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

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func wrongType(name: String, expected: String) -> Fault {
        Fault(.requestWrongType, "'" + name + "' of the request is not " + expected)
    }
}
