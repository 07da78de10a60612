import AlbitCommands
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
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
        var sequences: [EncoderInput] = []
        var number = 0
        let file = try MappedFile(path: path)
        defer { withExtendedLifetime(file) {} }
        for line in file.bytes.split(separator: 10) where sequences.count < mostSequences {
            number += 1
            if let sequence = try sequence(Array(line), path, number, limit, checkpoint, tokenizer) { sequences.append(sequence) }
        }
        guard !sequences.isEmpty else { throw CommandError.input(path + ": holds no line to calibrate with") }
        return CalibrationData(
            sequences: sequences, description: String(sequences.count) + " sequences of " + Quantize.name(of: path))
    }

    /// One line: a JSON object with ids or text, or the text itself (of a TSV the first column).
    private static func sequence(
        _ line: [UInt8], _ path: String, _ number: Int, _ limit: Int, _ checkpoint: AlbertSource, _ tokenizer: Tokenizer?
    ) throws -> EncoderInput? {
        var text = line
        if line.first == UInt8(ascii: "{") {
            let value: JSONValue
            do { value = try JSONValue(parsing: line) } catch {
                throw CommandError.input(path + ": line \(number): " + error.description)
            }
            if let ids = value["ids"]?.array {
                let kept = ids.compactMap(\.integer).prefix(limit).map { Int32(truncatingIfNeeded: $0) }
                return kept.isEmpty ? nil : EncoderInput(ids: kept)
            }
            guard let bytes = value["text"]?.bytes else {
                throw CommandError.input(path + ": line \(number) has neither ids nor text")
            }
            text = bytes
        } else {
            let columns = line.split(separator: 9, omittingEmptySubsequences: false)
            // The header of a TSV is no text.
            if number == 1, columns.count > 1, columns.contains(where: { $0.elementsEqual("text".utf8) }) { return nil }
            if columns.count > 1 { text = Array(columns[0]) }
        }
        guard let tokenizer else {
            throw CommandError.input(path + ": line \(number) is text, but the model has no tokenizer; give ids as {\"ids\": [...]}")
        }
        return text.isEmpty ? nil : input(tokenizer.encode(text, maxLength: limit), checkpoint)
    }

    private static func input(_ encoding: Encoding, _ checkpoint: AlbertSource) -> EncoderInput {
        EncoderInput(ids: encoding.ids, typeIds: checkpoint.configuration.typeVocabSize > 1 ? encoding.typeIDs : nil)
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
