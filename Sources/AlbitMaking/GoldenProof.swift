import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// What another program made of texts (`Scripts/golden-outputs.py`), and whether a model makes the same of them: its
/// tokenizer, its encoder, its head and its sentence vectors, each for itself. The file: formats/golden.md.
package struct GoldenProof: Sendable {
    /// A part of a model, and how it compares.
    package struct Part: Sendable, Equatable {
        package let name: String
        /// Texts that were compared; 0: the file tells nothing of this part.
        package private(set) var texts = 0
        /// Those that differ.
        package private(set) var different = 0
        /// The largest relative L2 error of a text; 0 for ids, which are equal or not.
        package private(set) var error = 0.0
        /// The first text that differs, from 0.
        package private(set) var firstDifferent: Int?
        /// What an error may be, 0 where equality is asked for; nil where errors are told and not judged.
        package let limit: Double?

        init(_ name: String, limit: Double?) {
            self.name = name
            self.limit = limit
        }

        package var isProved: Bool { texts > 0 && different == 0 && limit != nil }

        mutating func add(_ text: Int, same: Bool, error: Double = 0) {
            texts += 1
            self.error = max(self.error, error)
            guard !same else { return }
            different += 1
            if firstDifferent == nil { firstDifferent = text }
        }

        /// Adds values that should be those of the file.
        mutating func add(_ text: Int, _ found: [Float], _ expected: [Float]) {
            var discrepancy = Discrepancy()
            discrepancy.add(found, reference: expected)
            // Values that another program could not compute prove nothing and must not look like it.
            let isFinite = expected.allSatisfy(\.isFinite)
            let error = found.count == expected.count && isFinite ? discrepancy.relativeL2 : .infinity
            add(text, same: error <= limit ?? .infinity, error: error)
        }
    }

    /// Relative L2 that float32 models may differ by: other orders of sums make some 1e-6 in twelve layers.
    package static let floatLimit = 2e-5

    package private(set) var path = ""
    package private(set) var model = ""
    /// What the file says of the model and of the programs that computed, as one line.
    package private(set) var about = ""
    package private(set) var weightDigests: [(name: String, digest: String)] = []
    package private(set) var parts: [Part] = []
    package private(set) var isInt8 = false

    package var isProved: Bool { parts.allSatisfy { $0.different == 0 } && parts.contains { $0.isProved } }

    /// Whether a file brings its own texts.
    package static func isSelfContained(_ golden: NumpyArchive) -> Bool { golden.names.contains("text_0") }

    package static func run(
        _ model: Model, golden: NumpyArchive, kernel: Kernel, threads: Int
    ) throws(Fault) -> GoldenProof {
        var proof = GoldenProof()
        proof.path = golden.path
        proof.model = model.path
        proof.isInt8 = model.weights.isInt8
        let limit = try proof.readAbout(golden)
        // Ids of the file are not cut where the model's sentences are.
        let context = TaskContext(model, kernel: kernel, maxLength: limit)
        let session = try Session(weights: model.weights, kernel: kernel, threads: threads)
        let head = model.card.head
        let bound = model.weights.isInt8 ? nil : floatLimit
        var ids = Part("tokenizer", limit: 0)
        var encoder = Part("encoder", limit: bound)
        var pooled = Part("pooled output", limit: bound)
        var logits = Part("head" + (head.map { " " + $0.name } ?? ""), limit: bound)
        var index = 0
        while let text = try bytes("text_\(index)", golden), let wanted = try golden.array("ids_\(index)") {
            defer { index += 1 }
            let pair = try bytes("pair_\(index)", golden)
            let expected = wanted.integers.map { Int32(truncatingIfNeeded: $0) }
            let types = try golden.array("types_\(index)")?.integers.map { Int32(truncatingIfNeeded: $0) }
            if model.tokenizer != nil {
                let found = try context.sequence(TaskText(text, pair: pair))
                let sameTypes = types.map { found.input(0).typeIds == $0 } ?? true
                ids.add(index, same: found.ids == expected && sameTypes)
            }
            guard !expected.isEmpty else { continue }
            let sequence = try session.encode([EncoderInput(ids: expected, typeIds: types)])[0]
            if let hidden = try golden.array("hidden_\(index)")?.floats {
                encoder.add(index, sequence.lastHiddenState, hidden)
            }
            if let wanted = try golden.array("pooled_\(index)")?.floats, let found = sequence.pooled {
                pooled.add(index, found, wanted)
            }
            if let wanted = try golden.array("logits_\(index)")?.floats,
                let found = model.allLogits(of: sequence).first(where: { $0.head == head })?.values
            {
                logits.add(index, found, wanted)
            }
        }
        guard index > 0 else {
            throw Fault(
                .comparisonNoGolden, in: golden.path, "holds no arrays text_0 and ids_0",
                advice: "make it with Scripts/golden-outputs.py, or give texts with --data")
        }
        proof.parts = [ids, encoder, pooled, logits]
        proof.parts += try sentences(model, session, golden, count: index, bound)
        return proof
    }

    /// Vectors of texts, and scores of pairs.
    private static func sentences(
        _ model: Model, _ session: Session, _ golden: NumpyArchive, count: Int, _ bound: Double?
    ) throws(Fault) -> [Part] {
        var vectors = Part("sentence vectors", limit: bound)
        var scores = Part("scores of pairs", limit: bound)
        guard model.tokenizer != nil else { return [vectors, scores] }
        let tasks = try TaskSession(model, session: session)
        let ranking = PairRanking(tasks.context)
        for index in 0..<count {
            guard let text = try bytes("text_\(index)", golden) else { continue }
            if let wanted = try golden.array("embedding_\(index)")?.floats {
                let embedding = try SentenceEmbedding(tasks.context)
                vectors.add(index, try tasks.answer(of: embedding, to: TaskText(text)), wanted)
            }
            if let wanted = try golden.array("score_\(index)")?.floats, wanted.count == 1, let ranking,
                let pair = try bytes("pair_\(index)", golden)
            {
                let found = try tasks.answer(of: ranking, to: ChoiceQuestion(text, choices: [pair]))
                scores.add(index, found.scores, wanted)
            }
        }
        return [vectors, scores]
    }

    private static func bytes(_ name: String, _ golden: NumpyArchive) throws(Fault) -> [UInt8]? {
        try golden.array(name)?.integers.map { UInt8(truncatingIfNeeded: $0) }
    }

    /// Reads `about`, and gives the length that texts were cut to.
    private mutating func readAbout(_ golden: NumpyArchive) throws(Fault) -> Int? {
        guard let bytes = try GoldenProof.bytes("about", golden) else { return nil }
        let json = try JSONValue(parsing: bytes, file: golden.path)
        let versions = (json["versions"]?.members ?? []).compactMap { member in
            member.value.string.map { member.name + " " + $0 }
        }
        about = ((json["model"]?.string.map { [$0] } ?? []) + versions).joined(separator: ", ")
        for member in json["sha256"]?.members ?? [] {
            if let digest = member.value.string { weightDigests.append((member.name, digest)) }
        }
        return json["max_length"]?.integer
    }

    // What it says ------------------------------------------------------------------------------

    /// For people: a line for each part.
    package var text: String {
        var lines = ["golden        \(path): \(about)"]
        for (name, digest) in weightDigests { lines.append("weights       \(digest)  \(name)") }
        for part in parts {
            let name = part.name + String(repeating: " ", count: max(1, 14 - part.name.utf8.count))
            guard part.texts > 0 else {
                lines.append(name + "not proved: there is nothing to compare")
                continue
            }
            let figures =
                part.limit == 0
                ? "\(part.texts - part.different) of \(part.texts) texts equal"
                : "\(part.texts) texts, largest relative L2 \(DecimalText.scientific(part.error))"
                    + (part.limit.map { ", limit \(DecimalText.scientific($0))" } ?? "")
            let where_ = part.firstDifferent.map { ", first in text \($0)" } ?? ""
            let verdict = part.limit == nil ? "measured: " : part.isProved ? "proved: " : "differs: "
            lines.append(name + verdict + figures + where_)
        }
        if isInt8 { lines.append("note          int8 weights differ by their rounding: only ids are judged") }
        return lines.joined(separator: "\n") + "\n"
    }

    package func json() -> String {
        var json = JSONWriter(indented: true)
        json.beginObject()
        json.member("golden")
        json.string(path)
        json.member("model")
        json.string(model)
        json.member("about")
        json.string(about)
        json.member("proved")
        json.bool(isProved)
        json.member("parts")
        json.beginArray()
        for part in parts {
            json.beginObject()
            json.member("name")
            json.string(part.name)
            json.member("proved")
            json.bool(part.isProved)
            json.member("texts")
            json.integer(part.texts)
            json.member("different")
            json.integer(part.different)
            json.member("relativeL2")
            json.number(part.error)
            json.member("limit")
            if let limit = part.limit { json.number(limit) } else { json.null() }
            json.member("firstDifferent")
            if let first = part.firstDifferent { json.integer(first) } else { json.null() }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text + "\n"
    }

    /// Throws where a part differs.
    package func finish() throws(Fault) {
        guard !isProved else { return }
        let names = parts.filter { $0.different > 0 }.map(\.name)
        throw Fault(
            .verifyNotGolden, in: model,
            names.isEmpty
                ? "nothing of it could be compared with \(path)"
                : "differs from \(path) in: \(names.joined(separator: ", "))")
    }
}

extension DecimalText {
    /// Two digits and a power of ten: `3.1e-07`, `0`.
    fileprivate static func scientific(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return value == 0 ? "0" : "\(value)" }
        var exponent = 0
        var digits = value
        while digits >= 9.95 {
            digits /= 10
            exponent += 1
        }
        while digits < 0.995 {
            digits *= 10
            exponent -= 1
        }
        return fixed(digits, digits: 1) + "e" + (exponent < 0 ? "-" : "+")
            + (abs(exponent) < 10 ? "0" : "") + String(abs(exponent))
    }
}
