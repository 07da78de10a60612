import AlbitImporters
import AlbitText
import AlbitTokenizers

/// Encodes every line of a file and prints bytes and tokens a second.
/// usage: tokenizer-benchmark TEXTS REPETITIONS TOKENIZER_FILE…
/// With 0 repetitions it prints the ids of each line instead, for comparison with other tokenizers.
@main struct TokenizerBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let repetitions = Int(arguments[2]), repetitions >= 0 else {
            print("usage: tokenizer-benchmark TEXTS REPETITIONS TOKENIZER_FILE…")
            return
        }
        let lines = try FileBytes(path: arguments[1]).allBytes(what: "texts", limit: 1 << 30).split(separator: 0x0A)
            .map(Array.init)
        let files = try arguments[3...].map { path in
            TokenizerFile(
                name: path, path: path, bytes: try FileBytes(path: path).allBytes(what: "a tokenizer", limit: 1 << 30))
        }
        guard let tables = try TokenizerReader.read(files) else {
            print("no tokenizer among the files")
            return
        }
        let tokenizer = Tokenizer(tables)
        if repetitions == 0 {
            for line in lines { print(tokenizer.encode(line).ids.map { String($0) }.joined(separator: " ")) }
            return
        }
        let bytes = lines.reduce(0) { $0 + $1.count }
        var digest = SHA256()
        var tokens = 0
        var best = Duration.seconds(1_000_000)
        let clock = ContinuousClock()
        for repetition in 0..<repetitions {
            tokens = 0
            let time = clock.measure {
                for line in lines {
                    let encoding = tokenizer.encode(line)
                    tokens += encoding.count
                    if repetition == 0 { encoding.ids.withUnsafeBytes { digest.update($0) } }
                }
            }
            best = min(best, time)
        }
        let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
        var json = JSONWriter()
        json.beginObject()
        json.member("bytes")
        json.integer(bytes)
        json.member("tokens")
        json.integer(tokens)
        json.member("seconds")
        json.number(seconds)
        json.member("digest")
        json.string(digest.hexDigest())
        json.endObject()
        print(json.text)
    }
}
