import AlbitText
import AlbitTokenizers

/// `tokenize`: ids, pieces and offsets of a text.
package struct TokenizeCommand {
    package var json = false
    /// Offsets in code points instead of UTF-8 bytes.
    package var characters = false
    /// Leave out the frame ([CLS], [SEP]).
    package var bare = false
    /// Texts are words with a blank between two, each taken by itself.
    package var pretokenized = false

    package init(json: Bool, characters: Bool, bare: Bool) {
        self.json = json
        self.characters = characters
        self.bare = bare
    }

    /// Writes the tokens of one text, or of a pair.
    package func run(_ tokenizer: Tokenizer, text: [UInt8], pair: [UInt8]?, output: Output) throws(Fault) {
        // An empty second text is none, as for the commands that ask a model.
        let pair = pair.flatMap { $0.isEmpty ? nil : $0 }
        let encoding =
            pretokenized
            ? tokenizer.encode(
                tokenizer.tokens(words: words(text)), pair: pair.map { tokenizer.tokens(words: words($0)) })
            : tokenizer.encode(text, pair: pair)
        let kept = encoding.ids.indices.filter { !bare || encoding.segments[$0] != Encoding.frame }
        if json {
            try writeJSON(tokenizer, encoding, kept, text, pair, output)
        } else {
            for i in kept {
                let offsets = offsets(encoding, i, text, pair)
                try output.line(
                    String(encoding.ids[i]) + "\t" + String(decoding: tokenizer.piece(encoding.ids[i]), as: UTF8.self)
                        + "\t"
                        + String(offsets.start) + "\t" + String(offsets.end))
            }
        }
    }

    private func words(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
    }

    private func offsets(_ encoding: Encoding, _ i: Int, _ text: [UInt8], _ pair: [UInt8]?) -> (start: Int, end: Int) {
        let (start, end) = (Int(encoding.starts[i]), Int(encoding.ends[i]))
        guard characters else { return (start, end) }
        return (encoding.segments[i] == 1 ? pair ?? [] : text).withUnsafeBytes {
            (UTF8Bytes.characters(in: $0, before: start), UTF8Bytes.characters(in: $0, before: end))
        }
    }

    private func writeJSON(
        _ tokenizer: Tokenizer, _ encoding: Encoding, _ kept: [Int], _ text: [UInt8], _ pair: [UInt8]?, _ output: Output
    ) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("ids")
        json.beginArray()
        for i in kept { json.integer(Int(encoding.ids[i])) }
        json.endArray()
        json.member("pieces")
        json.beginArray()
        for i in kept { json.string(tokenizer.piece(encoding.ids[i])) }
        json.endArray()
        json.member("offsets")
        json.beginArray()
        for i in kept {
            let offsets = offsets(encoding, i, text, pair)
            json.beginArray()
            json.integer(offsets.start)
            json.integer(offsets.end)
            json.endArray()
        }
        json.endArray()
        json.endObject()
        try output.line(json.text)
    }
}
