import AlbitImporters
import AlbitText
import AlbitTokenizers
import Testing

/// The tokenizers of Tests/Data/tokenizer, read once.
enum GoldenTokenizers {
    static let albert = Result { try directory(["spiece.model", "tokenizer_config.json"]) }
    static let albertJSON = Result { try directory(["tokenizer.json"]) }
    static let wordPiece = Result { try directory(["wordpiece_tokenizer.json"]) }
    static let vocabulary = Result { try directory(["vocab.txt"]) }

    static func directory(_ names: [String]) throws -> Tokenizer {
        let files = try names.map { name in
            TokenizerFile(name: name, path: name, bytes: try GoldenFile.bytes("tokenizer/" + name))
        }
        return Tokenizer(try #require(try TokenizerReader.read(files)))
    }

    static func cases(_ name: String) throws -> [JSONValue] {
        try #require(try GoldenFile.json("tokenizer/" + name)["cases"]?.array)
    }

    static func integers(_ value: JSONValue?) throws -> [Int32] {
        try #require(value?.array).map { Int32(try #require($0.integer)) }
    }

    /// Offsets of an encoding in code points, as the goldens count them; (0, 0) for the frame.
    static func characterOffsets(_ encoding: Encoding, _ text: [UInt8]) -> [[Int32]] {
        // Code points before each byte.
        var before: [Int32] = []
        var count: Int32 = 0
        for byte in text {
            if byte & 0xC0 != 0x80 { count += 1 }
            before.append(byte & 0xC0 != 0x80 ? count - 1 : count)
        }
        before.append(count)
        return zip(encoding.starts, encoding.ends).map { [before[Int($0)], before[Int($1)]] }
    }

    /// Cases whose ids, or where they hold any, offsets differ.
    static func differences(
        _ tokenizer: Tokenizer, _ cases: [JSONValue], ids idsName: String, offsets: Bool
    ) throws -> [String] {
        var result: [String] = []
        for entry in cases {
            let text = try #require(entry["text"]?.bytes)
            let encoding = tokenizer.encode(text)
            let shown = String(decoding: text.prefix(60), as: UTF8.self)
            if encoding.ids != (try integers(entry[idsName])) { result.append("ids: " + shown) }
            if offsets {
                let expected = try #require(entry["char_offsets"]?.array).map { try integers($0) }
                if characterOffsets(encoding, text) != expected { result.append("offsets: " + shown) }
            }
        }
        return result
    }
}
