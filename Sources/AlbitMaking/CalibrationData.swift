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
    private static let maxSequences = 48
    private static let maxTokens = 128

    /// From a file of texts or ids; else the tool's own sentences; else, without a tokenizer, fixed random ids.
    static func load(
        _ path: String?, _ columns: ColumnChoice, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?
    ) throws -> CalibrationData {
        let limit = min(maxTokens, checkpoint.configuration.maxPositionEmbeddings)
        guard let path else {
            if let tokenizer {
                return CalibrationData(
                    sequences: CalibrationText.sentences.map {
                        input(tokenizer.encode($0, maxLength: limit), checkpoint)
                    },
                    description: String(CalibrationText.sentences.count) + " sentences of the tool's own")
            }
            return CalibrationData(
                sequences: randomSequences(checkpoint.configuration, length: min(64, limit)),
                description: "16 sequences of random ids, as the model has no tokenizer")
        }
        let sequences = try read(path, columns, limit, checkpoint, tokenizer)
        guard !sequences.isEmpty else { throw Fault(.calibrationEmpty, in: path, "holds no line to calibrate with") }
        return CalibrationData(
            sequences: sequences, description: String(sequences.count) + " sequences of " + name(of: path))
    }

    /// The first sequences of a data file; empty lines are none.
    private static func read(
        _ path: String, _ columns: ColumnChoice, _ limit: Int, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?
    ) throws -> [EncoderInput] {
        let data = try ExampleReader(path: path, otherwise: .tableIfNamed, choice: columns)
        var sequences: [EncoderInput] = []
        while sequences.count < maxSequences, let example = try data.next() {
            var texts: [(text: [UInt8], pair: [UInt8]?)] = []
            switch example.input {
            case .ids(let ids, let typeIds):
                guard !ids.isEmpty else { continue }
                sequences.append(
                    EncoderInput(ids: Array(ids.prefix(limit)), typeIds: typeIds.map { Array($0.prefix(limit)) }))
            case .text(let text, let pair): texts = [(text, pair)]
            case .words(let words): texts = [(Array(words.joined(separator: [0x20])), nil)]
            case .question(let question, let context): texts = [(question, context)]
            case .choices(let text, let choices): texts = choices.map { (text, $0) }
            }
            for (text, pair) in texts where !text.isEmpty || pair != nil {
                guard let tokenizer else {
                    throw Fault(
                        .dataNeedsTokenizer, in: path, at: example.place, "is text, but the model has no tokenizer",
                        advice: "give ids")
                }
                sequences.append(input(tokenizer.encode(text, pair: pair, maxLength: limit), checkpoint))
            }
        }
        return sequences
    }

    private static func input(_ encoding: Encoding, _ checkpoint: AlbertSource) -> EncoderInput {
        EncoderInput(encoding, checkpoint.configuration)
    }

    /// The last component of a path.
    static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    private static func randomSequences(_ configuration: Configuration, length: Int) -> [EncoderInput] {
        var state: UInt32 = 1
        return (0..<16).map { _ in
            EncoderInput(
                ids: (0..<length).map { _ in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    return Int32((state >> 8) % UInt32(configuration.vocabSize))
                })
        }
    }
}
