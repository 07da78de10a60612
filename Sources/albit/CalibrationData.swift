import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// Sequences to calibrate with, and where they came from in words.
struct CalibrationData {
    var sequences: [EncoderInput]
    var description: String

    /// 16 sequences calibrate as well as 100 (formats/int8.md); more cost time only.
    private static let mostSequences = 48
    private static let mostTokens = 128

    /// From a file of texts or ids; else the tool's own sentences; else, without a tokenizer, fixed random ids.
    static func load(_ path: String?, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?) throws -> CalibrationData {
        let limit = min(mostTokens, checkpoint.configuration.maxPositionEmbeddings)
        guard let path else {
            if let tokenizer {
                return CalibrationData(
                    sequences: CalibrationText.sentences.map { input(tokenizer.encode($0, maxLength: limit), checkpoint) },
                    description: String(CalibrationText.sentences.count) + " sentences of the tool's own")
            }
            return CalibrationData(
                sequences: randomSequences(checkpoint.configuration, length: min(64, limit)),
                description: "16 sequences of random ids, as the model has no tokenizer")
        }
        let sequences = try isTable(path) ? records(path, limit, checkpoint, tokenizer) : lines(path, limit, checkpoint, tokenizer)
        guard !sequences.isEmpty else { throw Fault(.calibrationEmpty, in: path, "holds no line to calibrate with") }
        return CalibrationData(
            sequences: sequences, description: String(sequences.count) + " sequences of " + Quantize.name(of: path))
    }

    /// Whether a file is JSON lines or has a header that names `text` or `ids`; else each line is a text.
    private static func isTable(_ path: String) throws -> Bool {
        let file = try MappedFile(path: path)
        return withExtendedLifetime(file) {
            let first = file.bytes.prefix { $0 != 10 && $0 != 13 }
            if first.first == UInt8(ascii: "{") { return true }
            return first.split(whereSeparator: { $0 == 9 || $0 == UInt8(ascii: ",") }).contains {
                $0.elementsEqual("text".utf8) || $0.elementsEqual("ids".utf8)
            }
        }
    }

    private static func records(
        _ path: String, _ limit: Int, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?
    ) throws -> [EncoderInput] {
        var data = try DataFile(path: path)
        var sequences: [EncoderInput] = []
        while sequences.count < mostSequences, let example = try data.next() {
            switch example.input {
            case .ids(let ids, let typeIds):
                guard !ids.isEmpty else { continue }
                sequences.append(EncoderInput(ids: Array(ids.prefix(limit)), typeIds: typeIds.map { Array($0.prefix(limit)) }))
            case .text(let text, let pair):
                guard let tokenizer else { throw Fault.needsTokenizer(path: path, line: example.line) }
                sequences.append(input(tokenizer.encode(text, pair: pair, maxLength: limit), checkpoint))
            }
        }
        return sequences
    }

    private static func lines(
        _ path: String, _ limit: Int, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?
    ) throws -> [EncoderInput] {
        guard let tokenizer else { throw Fault.needsTokenizer(path: path, line: 1) }
        let file = try MappedFile(path: path)
        defer { withExtendedLifetime(file) {} }
        return file.bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).prefix(mostSequences).map {
            input(tokenizer.encode(Array($0), maxLength: limit), checkpoint)
        }
    }

    private static func input(_ encoding: Encoding, _ checkpoint: AlbertSource) -> EncoderInput {
        EncoderInput(encoding, checkpoint.configuration)
    }

    private static func randomSequences(_ configuration: Configuration, length: Int) -> [EncoderInput] {
        var state: UInt32 = 1
        return (0..<16).map { _ in
            EncoderInput(ids: (0..<length).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Int32((state >> 8) % UInt32(configuration.vocabSize))
            })
        }
    }
}

/// Faults that are found in several places of this file.
private extension Fault {
    static func needsTokenizer(path: String, line: Int) -> Fault {
        Fault(
            .dataNeedsTokenizer, in: path, at: "line \(line)", "is text, but the model has no tokenizer",
            advice: "give ids")
    }
}
