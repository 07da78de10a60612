import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// Finds the most accurate file of so many bytes: with each number of bits of a word row, as many pieces of the
/// vocabulary as fit, those of the texts and the likeliest first.
///
/// What fits is made and measured: how far the states of texts are from those of the whole model in float32, each model
/// with its own tokenizer. Of a text that is the state of its first token and the mean of all: tokens have no
/// counterparts where a text becomes other pieces. Texts that pieces were chosen by would not show what the others are
/// worth, so the pieces for measuring are chosen by every second text, and measured on the rest; where data are named,
/// on those.
package struct SizeSearch {
    /// A file that fits.
    package struct Candidate: Sendable {
        package let bits: Int
        /// Pieces that are kept; nil: all, as no texts say which.
        package let pieces: Int?
        package let bytes: Int
        /// Nil where nothing else fits, so that nothing was measured.
        package internal(set) var error: Double?
    }

    package struct Choice {
        let source: AlbertSource
        package let best: Candidate
        package let candidates: [Candidate]
        let maxBytes: Int
        /// Texts that errors were measured on.
        let texts: Int

        /// What was chosen and what it costs, for a person.
        var words: [String] {
            func text(_ it: Candidate) -> String {
                "\(it.bits)-bit word rows" + (it.pieces.map { ", \(InspectCommand.grouped($0)) pieces" } ?? "")
                    + ", \(InspectCommand.grouped(it.bytes)) bytes"
                    + (it.error.map { ", error " + DecimalText.fixed($0, digits: 4) } ?? "")
            }
            let others = candidates.filter { $0.bits != best.bits }
            return ["size         at most \(InspectCommand.grouped(maxBytes)) bytes: \(text(best))"]
                + (texts > 0 ? ["             errors of \(texts) texts against the whole model in float32"] : [])
                + others.map { "  not        \(text($0))" }
        }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.member("maxBytes")
            json.integer(maxBytes)
            json.member("texts")
            json.integer(texts)
            json.member("candidates")
            json.beginArray()
            for it in candidates {
                json.beginObject()
                json.member("embeddings")
                json.integer(it.bits)
                json.member("pieces")
                if let pieces = it.pieces { json.integer(pieces) } else { json.null() }
                json.member("fileBytes")
                json.integer(it.bytes)
                json.member("error")
                if let error = it.error { json.number(error) } else { json.null() }
                json.member("chosen")
                json.bool(it.bits == best.bits)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }

    let maxBytes: Int
    /// The numbers of bits to try.
    let bits: [Int]
    let original: AlbertSource
    /// The part of the vocabulary to choose from; nil: all of it stays.
    let vocabulary: VocabularyChoice?
    /// Whether texts are words, cut by whoever asks.
    let isSegmented: Bool
    /// Texts to measure on; nil: those of `vocabulary`.
    let data: String?
    let columns: ColumnChoice
    let output: String
    let kernel: Kernel
    let threads: Int
    let observer: MakingObserver
    /// What a file of a source and so many bits is made from.
    let request: (AlbertSource, Int) throws -> QuantizationRequest

    private static let maxTexts = 200

    func run() throws -> Choice {
        let counted = try vocabulary.map { try CountedPieces($0, original, isSegmented: isSegmented) }
        var candidates: [Candidate] = []
        var least = Int.max
        for (done, bits) in bits.enumerated() {
            try observer.step("searching", done, of: 2 * self.bits.count, "\(bits)-bit word rows")
            let found = try largest(bits, counted, &least)
            if let found { candidates.append(found) }
        }
        guard !candidates.isEmpty else {
            throw Fault(
                .sizeNotReached,
                "no file fits into \(InspectCommand.grouped(maxBytes)) bytes: the smallest has "
                    + "\(InspectCommand.grouped(least))",
                advice: vocabulary == nil ? "--keep-vocabulary TEXTS lets pieces go" : "allow more bytes")
        }
        var texts = 0
        if candidates.count > 1, vocabulary != nil { texts = try measure(&candidates) }
        let best = candidates.min { ($0.error ?? 0, -$0.bits) < ($1.error ?? 0, -$1.bits) } ?? candidates[0]
        let source = try counted.flatMap { counted in try best.pieces.map { try counted.source(keeping: $0) } }
        return Choice(
            source: source ?? original, best: best, candidates: candidates, maxBytes: maxBytes, texts: texts)
    }

    private func bytes(_ source: AlbertSource, _ bits: Int) throws -> Int {
        try Quantizer(source: source, request: request(source, bits)).fileBytes(beside: output)
    }

    /// The file of most pieces that fits; nil where none does. `least` becomes the size of the smallest that was seen.
    private func largest(_ bits: Int, _ counted: CountedPieces?, _ least: inout Int) throws -> Candidate? {
        func size(_ pieces: Int?) throws -> Int {
            let source = try counted.flatMap { counted in try pieces.map { try counted.source(keeping: $0) } }
            let size = try bytes(source ?? original, bits)
            least = min(least, size)
            return size
        }
        guard let counted else {
            let size = try size(nil)
            return size <= maxBytes ? Candidate(bits: bits, pieces: nil, bytes: size) : nil
        }
        // Sizes grow with pieces: between one number that fits and one that does not.
        var low = counted.order.requiredCount
        var high = min(vocabulary?.pieces ?? .max, counted.order.ids.count) + 1
        var fitting = try size(low)
        guard fitting <= maxBytes else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            let found = try size(middle)
            if found <= maxBytes { (low, fitting) = (middle, found) } else { high = middle }
        }
        return Candidate(bits: bits, pieces: low, bytes: fitting)
    }

    /// Makes each candidate with pieces chosen by every second text, and measures it. The number of texts.
    private func measure(_ candidates: inout [Candidate]) throws -> Int {
        guard let vocabulary else { return 0 }
        let half = try CountedPieces(
            vocabulary, original, isSegmented: isSegmented, part: data == nil ? 0 : nil)
        let texts = try texts(data ?? vocabulary.texts, isHalf: data == nil)
        guard !texts.isEmpty else { return 0 }
        let reference = try OpenedModel.floats(original)
        let expected = try states(reference, texts)
        for index in candidates.indices {
            let candidate = candidates[index]
            try observer.step(
                "searching", bits.count + index, of: bits.count + candidates.count,
                "measuring \(candidate.bits)-bit word rows")
            guard let pieces = candidate.pieces else { continue }
            let source = try half.source(keeping: pieces)
            let pending = try Quantizer(source: source, request: request(source, candidate.bits))
                .write(to: output, overwrite: true)
            defer { pending.discard() }
            let model = try Model(ModelFile(path: pending.temporaryPath))
            var discrepancy = Discrepancy()
            for (found, wanted) in zip(try states(model, texts), expected) { discrepancy.add(found, reference: wanted) }
            candidates[index].error = discrepancy.relativeL2
        }
        return texts.count
    }

    /// Texts of a file, or every second one of them, spread over it.
    private func texts(_ path: String, isHalf: Bool) throws -> [TaskText] {
        let reader = try ExampleReader(path: path, otherwise: .tableIfNamed, choice: columns)
        var texts: [TaskText] = []
        var count = 0
        while let example = try reader.next() {
            count += 1
            if isHalf, CountedPieces.part(ofText: count) == 0 { continue }
            if let text = example.taskText { texts.append(text) }
        }
        let step = max(1, (texts.count + Self.maxTexts - 1) / Self.maxTexts)
        return stride(from: 0, to: texts.count, by: step).map { texts[$0] }
    }

    /// Of each text the state of its first token, and the mean of all behind it.
    private func states(_ model: Model, _ texts: [TaskText]) throws -> [[Float]] {
        let context = TaskContext(model)
        let session = try Session(weights: model.weights, kernel: kernel, threads: threads)
        return try texts.map { text in
            let encoded = try session.encode([context.sequence(text).input(0)])
            var first: [Float] = []
            var sum: [Float] = []
            for row in 0..<encoded.rowCount {
                encoded.withHidden(row: row) { state in
                    if row == 0 {
                        (first, sum) = (Array(state), Array(state))
                    } else {
                        for i in sum.indices { sum[i] += state[i] }
                    }
                }
            }
            return first + sum.map { $0 / Float(max(1, encoded.rowCount)) }
        }
    }
}

extension DataExample {
    /// The example as a text or a pair; nil for ids.
    fileprivate var taskText: TaskText? {
        switch input {
        case .text(let text, let pair): TaskText(text, pair: pair)
        case .words(let words): TaskText(Array(words.joined(separator: [0x20])))
        case .question(let question, let context): TaskText(question, pair: context)
        case .choices(let text, let choices): choices.first.map { TaskText(text, pair: $0) }
        case .ids: nil
        }
    }
}
