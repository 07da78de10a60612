import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitTasks
import AlbitText
import AlbitTokenizers
import TestData
import Testing

/// A part of a vocabulary: its rows, its tokenizer in every form, and what a comparison with the whole tells.
/// `Scripts/differential-vocabulary.py` compares ids with those of PyPI's libraries on vocabularies pruned there.
@Suite struct VocabularyPruningTests {
    static let sample = TestData.samples + "/albert-tiny-sst2"
    static let texts = [
        "a charming and often affecting journey", "unflinchingly bleak and desperate", "zoë's 9, and 1,000",
    ]

    /// A file of texts in a folder of its own.
    static func file(_ texts: [String]) throws -> String {
        let path = try TestData.temporaryDirectory() + "/texts.txt"
        let file = try OutputFile(path: path, overwrite: false)
        try file.write(Array(texts.map { $0 + "\n" }.joined().utf8))
        try file.finish()
        return path
    }

    /// The sample with the pieces of some texts, as a folder of Hugging Face's.
    static func pruned(
        _ texts: [String], pieces: Int? = nil, options: ImportOptions = ImportOptions()
    ) throws -> String {
        let output = try TestData.temporaryDirectory() + "/pruned"
        var conversion = Conversion(to: output, weights: .f32, source: options, overwrite: false)
        conversion.vocabulary = VocabularyChoice(texts: try file(texts), pieces: pieces)
        _ = try conversion.run(sample, observer: MakingObserver())
        return output
    }

    static func tokens(_ tokenizer: Tokenizer, _ text: String) -> [[UInt8]] {
        tokenizer.tokens(Array(text.utf8)).ids.map { tokenizer.piece($0) }
    }

    @Test func rowsAndPiecesGoTogether() throws {
        let whole = try Importer.open(path: Self.sample)
        let part = try Importer.open(path: try Self.pruned(Self.texts, pieces: 5000))
        #expect(part.configuration.vocabSize == 5000)
        let all = Tokenizer(try #require(try TokenizerReader.read(whole.tokenizerFiles)))
        let some = Tokenizer(try #require(try TokenizerReader.read(part.tokenizerFiles)))
        #expect(some.count == 5000)
        for text in Self.texts { #expect(Self.tokens(some, text) == Self.tokens(all, text)) }
        let e = whole.configuration.embeddingSize
        let rows = (try whole.values(of: .wordEmbeddings), try part.values(of: .wordEmbeddings))
        var last = -1
        for id in 0..<5000 {
            let old = try #require(all.tables.id(of: some.piece(Int32(id))))
            #expect(old > last, "the order stays")
            last = old
            #expect(rows.1[(id * e)..<((id + 1) * e)] == rows.0[(old * e)..<((old + 1) * e)])
        }
        #expect(some.piece(some.specialIDs.mask ?? -1) == Array("[MASK]".utf8))
        // Single characters stay, whatever the texts hold.
        for id in 0..<all.count {
            let piece = all.piece(Int32(id))
            guard String(decoding: piece, as: UTF8.self).unicodeScalars.count == 1 else { continue }
            #expect(some.tables.id(of: piece) != nil)
        }
    }

    /// What is left is what the texts use, without a wish for more.
    @Test func nothingElseStays() throws {
        let text = "an extraordinarily cinematographic spectacle"
        let few = try Tokenizer(opening: try Self.pruned(Self.texts), options: ImportOptions())
        let more = try Tokenizer(opening: try Self.pruned(Self.texts + [text]), options: ImportOptions())
        let whole = try Tokenizer(opening: Self.sample, options: ImportOptions())
        let new = Set(Self.tokens(whole, text)).filter { few.tables.id(of: $0) == nil }
        #expect(new.count > 2 && more.count == few.count + new.count)
        #expect(
            Self.tokens(more, text) == Self.tokens(whole, text) && Self.tokens(few, text) != Self.tokens(whole, text))
    }

    @Test func everyFormOfTokenizer() throws {
        for name in ["tokenizer.json", "wordpiece_tokenizer.json"] {
            let path = TestData.directory + "/tokenizer/" + name
            let options = ImportOptions(tokenizer: path)
            let whole = try Tokenizer(opening: path, options: ImportOptions())
            guard whole.count <= 30000 else {
                let refused = #expect(throws: Fault.self) {
                    try Self.pruned(["[unused5] 龙 ﹖ ~"], pieces: 30500, options: options)
                }
                #expect(refused?.code == .vocabularyWithoutRows, "\(name)")
                continue
            }
            let output = try Self.pruned(Self.texts, pieces: 4000, options: options)
            let some = try Tokenizer(opening: output, options: ImportOptions())
            #expect(some.count == 4000, "\(name)")
            for text in Self.texts { #expect(Self.tokens(some, text) == Self.tokens(whole, text)) }
        }
    }

    @Test func comparisonReadsEachSideWithItsOwnTokenizer() throws {
        let output = try Self.pruned(Self.texts)
        let data = try TestData.temporaryDirectory() + "/data.tsv"
        let rows = [Self.texts[0] + "\t1", Self.texts[1] + "\t0", "extraordinarily cinematographic spectacle\t1"]
        let file = try OutputFile(path: data, overwrite: false)
        try file.write(Array(("text\tlabel\n" + rows.joined(separator: "\n") + "\n").utf8))
        try file.finish()
        var verification = Verification(reference: Self.sample, candidate: output, data: data)
        verification.compute = ComputeChoice(threads: 1, kernel: "")
        let report = try verification.run(observer: MakingObserver())
        #expect(report.cutOtherwise == 1 && report.examples == 3)
        // The same rows for the same pieces: nothing differs where pieces are the same.
        #expect(report.hidden.relativeL2 == 0 && report.hidden.count > 0)
        #expect((report.logits?.maxAbs ?? 0) > 0, "one text is read as other pieces")
        #expect(report.pieces?.reference == 30000 && report.pieces?.candidate ?? 0 < 5000)
        let json = report.json(verification.verdict(report))
        #expect(json.contains("\"cutOtherwise\": 1") && json.contains("\"reference\": 30000"))
        #expect(report.text(verification.verdict(report)).contains("1 example of 3 no longer becomes the same pieces"))
        // Both ways round.
        var back = Verification(reference: output, candidate: Self.sample, data: data)
        back.compute = verification.compute
        #expect(try back.run(observer: MakingObserver()).cutOtherwise == 1)
    }

    @Test func choicesThatCannotBeMet() throws {
        let none = try Self.file([])
        let empty = #expect(throws: Fault.self) {
            _ = try VocabularyChoice(texts: none).apply(to: try Importer.open(path: Self.sample))
        }
        #expect(empty?.code == .dataEmpty)
        let bare = try Importer.open(path: Self.sample + "/model.safetensors", options: ImportOptions(tokenizer: none))
        let unread = #expect(throws: Fault.self) {
            _ = try VocabularyChoice(texts: try Self.file(Self.texts)).apply(to: bare)
        }
        #expect(unread != nil)
    }
}
