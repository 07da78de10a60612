/// Objects of a JSON array, or of the array `data` of a JSON object, one at a time: what an element takes is bounded,
/// what the file takes is not.
struct JSONElements {
    private let stream: ByteStream
    private var state: State

    private enum State {
        /// Before the array itself: nothing was read.
        case array
        /// Before the object whose member is the array.
        case members
        case element(isFirst: Bool, inObject: Bool)
        case ended
    }

    /// Bytes of one element at most.
    static let limit = 1 << 24

    init(array stream: ByteStream) {
        self.stream = stream
        state = .array
    }

    init(data stream: ByteStream) {
        self.stream = stream
        state = .members
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// The next element and the line where it begins; nil behind the last one.
    mutating func next() throws(Fault) -> (value: JSONValue, line: Int)? {
        if case .array = state {
            _ = try character()
            state = .element(isFirst: true, inObject: false)
        } else if case .members = state {
            guard try character() == UInt8(ascii: "{") else { throw wrong("expected an object") }
            try seekData()
        }
        guard case .element(let isFirst, let inObject) = state else { return nil }
        var byte = try character()
        if byte == UInt8(ascii: "]") {
            try finish(inObject: inObject)
            return nil
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw wrong("expected ',' or ']' behind an element") }
            byte = try character()
        }
        guard byte == UInt8(ascii: "{") else {
            throw Fault(
                .dataNotObject, in: stream.name, at: "line " + String(stream.lineFeeds + 1),
                "an element of the array is no object",
                expected: "{\"text\": ...}")
        }
        let line = stream.lineFeeds + 1
        let value = try JSONElements.parse(try collect(byte), in: stream.name, line: line)
        state = .element(isFirst: false, inObject: inObject)
        return (value, line)
    }

    static func parse(_ bytes: [UInt8], in file: String, line: Int) throws(Fault) -> JSONValue {
        try JSONValue(parsing: bytes, file: file, place: "line " + String(line))
    }

    private func wrong(_ problem: String) -> Fault {
        Fault(.dataNotJSON, in: stream.name, at: "line " + String(stream.lineFeeds + 1), "is not JSON: " + problem)
    }

    /// The next byte that is no space.
    private func character() throws(Fault) -> UInt8 {
        while let byte = try stream.next() { if !JSONElements.isSpace(byte) { return byte } }
        throw Fault(.dataUnfinishedJSON, in: stream.name, "ends inside its JSON", advice: "fetch it again")
    }

    /// The bytes of the value that begins with `first`, a brace, a bracket or a quote.
    private func collect(_ first: UInt8) throws(Fault) -> [UInt8] {
        var bytes = [first]
        var scan = JSONScan()
        let line = stream.lineFeeds + 1
        var isDone = scan.push(first)
        while !isDone {
            guard let byte = try stream.next() else {
                throw Fault(
                    .dataUnfinishedJSON, in: stream.name, at: "line " + String(line),
                    "the value that begins there does not end",
                    advice: "fetch the file again")
            }
            guard bytes.count < JSONElements.limit else {
                throw Fault(
                    .dataRecordTooLong, in: stream.name, at: "line " + String(line),
                    "the value that begins there is longer than " + String(JSONElements.limit) + " bytes")
            }
            bytes.append(byte)
            isDone = scan.push(byte)
        }
        return bytes
    }

    /// Passes over members up to the array `data`.
    private mutating func seekData() throws(Fault) {
        while true {
            guard try character() == UInt8(ascii: "\"") else { throw wrong("expected a member's name in quotes") }
            let name = try JSONElements.parse(
                try collect(UInt8(ascii: "\"")), in: stream.name, line: stream.lineFeeds + 1)
            guard try character() == UInt8(ascii: ":") else { throw wrong("expected ':'") }
            let first = try character()
            if name.bytes == Array("data".utf8), first == UInt8(ascii: "[") {
                state = .element(isFirst: true, inObject: true)
                return
            }
            guard try passOver(first) == UInt8(ascii: ",") else { throw wrong("expected ','") }
        }
    }

    /// Passes over a value, and takes the first byte behind it.
    private func passOver(_ first: UInt8) throws(Fault) -> UInt8 {
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"") {
            _ = try JSONElements.parse(try collect(first), in: stream.name, line: stream.lineFeeds + 1)
            return try character()
        }
        while true {
            let byte = try character()
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { return byte }
        }
    }

    /// Behind the array: other members, then nothing but space.
    private mutating func finish(inObject: Bool) throws(Fault) {
        state = .ended
        if inObject {
            var byte = try character()
            while byte == UInt8(ascii: ",") {
                guard try character() == UInt8(ascii: "\"") else { throw wrong("expected a member's name in quotes") }
                _ = try collect(UInt8(ascii: "\""))
                guard try character() == UInt8(ascii: ":") else { throw wrong("expected ':'") }
                byte = try passOver(try character())
            }
            guard byte == UInt8(ascii: "}") else { throw wrong("expected ',' or '}'") }
        }
        while let byte = try stream.next() {
            if !JSONElements.isSpace(byte) { throw wrong("text follows behind the end") }
        }
    }

    /// Whether the object that `head` begins with has a member `data` that is a list of objects, as far as `head` goes.
    static func hasDataArray(_ head: ArraySlice<UInt8>) -> Bool {
        let wanted = Array("\"data\"".utf8)
        var depth = 0
        var index = head.startIndex
        while index < head.endIndex {
            let byte = head[index]
            if byte == UInt8(ascii: "\"") {
                var scan = JSONScan()
                let start = index
                while index < head.endIndex, !scan.push(head[index]) { index += 1 }
                if depth == 1, index < head.endIndex, head[start...index].elementsEqual(wanted) {
                    let rest = head[(index + 1)...].lazy.filter { !isSpace($0) }.prefix(3)
                    if rest.elementsEqual([UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{")]) { return true }
                }
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
                if depth == 0 { return false }
            }
            index += 1
        }
        return false
    }
}

/// Where a JSON value that begins with a brace, a bracket or a quote ends.
struct JSONScan {
    private var depth = 0
    private var inString = false
    private var isEscaped = false

    /// Takes a byte; true where the value ends with it.
    mutating func push(_ byte: UInt8) -> Bool {
        if inString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString = false
                return depth == 0
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): inString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth == 0
        default: break
        }
        return false
    }
}
