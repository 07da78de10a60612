import AlbitExporters
import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import Foundation
import TestData
import Testing

/// Models as sentence-transformers saves them give the library's vectors and scores, or are refused by name.
@Suite struct SentenceModelTests {
    static let embedded = SentenceZoo.rows.filter { $0.embeddings != nil }
    static let scored = SentenceZoo.rows.filter { $0.scores != nil }
    static let refused = SentenceZoo.rows.filter { $0.refused != nil }

    private static func session(_ path: String) throws -> TaskSession {
        let model = try Model(opening: path)
        return try TaskSession(model, session: Session(weights: model.weights))
    }

    private static func vectors(
        _ tasks: TaskSession, _ texts: [String], prompt: String? = nil, alone: Bool = false
    ) throws -> [[Float]] {
        var options = SentenceEmbedding.Options()
        options.prompt = try tasks.model.prompt(prompt)
        let task = try SentenceEmbedding(tasks.context, options: options)
        let questions = texts.map { TaskText($0) }
        return alone
            ? try questions.map { try tasks.answer(of: task, to: $0) } : try tasks.answers(of: task, to: questions)
    }

    @Test func thereAreAllRows() {
        #expect(Self.embedded.count == 49 && Self.scored.count == 5 && Self.refused.count == 14)
    }

    /// Float32 sums in another order differ in the last bits: a few units of 1e-7 of the values' length.
    @Test(arguments: embedded) func vectorsAreThoseOfTheLibrary(_ row: SentenceZoo.Row) throws {
        let (texts, expected) = (try #require(row.texts), try #require(row.embeddings))
        let tasks = try Self.session(row.path)
        let found = try Self.vectors(tasks, texts, prompt: row.prompt)
        #expect(found.count == expected.count)
        for (vector, wanted) in zip(found, expected) {
            #expect(RelativeL2.between(vector, wanted) < 2e-6, "\(row)")
            #expect(zip(vector, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(row)")
        }
        #expect(try Self.vectors(tasks, texts, prompt: row.prompt, alone: true) == found)
        if let similarities = row.similarities {
            let function = try #require(tasks.model.card.similarity)
            for (vector, wanted) in zip(found, similarities) {
                // Sums of sixteen products of values up to 3.
                #expect(abs(SentenceVector.similarity(found[0], vector, by: function) - wanted) < 1e-5)
            }
        }
    }

    @Test(arguments: scored) func scoresAreThoseOfTheLibrary(_ row: SentenceZoo.Row) throws {
        let (pairs, expected) = (try #require(row.pairs), try #require(row.scores))
        let tasks = try Self.session(row.path)
        let ranking = try #require(PairRanking(tasks.context))
        let found = try tasks.answer(
            of: ranking, to: ChoiceQuestion(Array(pairs[0][0].utf8), choices: pairs.map { Array($0[1].utf8) }))
        for (score, wanted) in zip(found.scores, expected) { #expect(abs(score - wanted) < 2e-6, "\(row)") }
        #expect(ranking.givesShares == (row.input == "cross-sigmoid"))
    }

    @Test(arguments: refused) func whatIsNotRunIsRefusedByName(_ row: SentenceZoo.Row) throws {
        let found = try #require(fault { try Importer.open(path: row.path) })
        let codes: [FaultCode] = [.sentenceUnsupportedModule, .sentenceUnsupportedOption]
        #expect(codes.contains(found.code), "\(found)")
        for word in row.refused ?? [] { #expect(found.description.contains(word), "\(found)") }
    }

    // What becomes of them ----------------------------------------------------------------------

    private static let kept = [
        "dense-tanh", "dense-two", "layer-norm", "mean-twice", "old-max-mean", "prompt-left-out", "truncated", "pooled",
        "length-7", "lowered", "in-folder", "dot",
    ]

    /// `convert` writes what the library reads and Albit reads again: the same bytes come out.
    @Test(arguments: kept) func conversionsGiveTheSameVectors(_ name: String) throws {
        let path = SentenceZoo.directory + "/" + name
        let original = try Model(opening: path)
        let expected = try Self.vectors(Self.session(path), Self.texts)
        for output in ["/folder", "/model.gguf"] {
            let made = try TestData.temporaryDirectory() + output
            _ = try Conversion(to: made, weights: .f32, source: ImportOptions(), overwrite: false)
                .run(path, observer: MakingObserver())
            #expect(try Self.vectors(Self.session(made), Self.texts) == expected)
            let card = try Model(opening: made).card
            #expect(card.sentence == original.card.sentence && card.prompts == original.card.prompts)
            #expect(card.similarity == original.card.similarity && card.lowercases == original.card.lowercases)
            #expect(card.maxSequenceLength == original.card.maxSequenceLength)
        }
    }

    private static let texts = ["a charming film with style", "Der Zug nach Köln", "", "one"]

    /// Stages keep their floats beside int8 layers; what is left between the vectors is the encoder's rounding.
    @Test(arguments: kept) func int8FilesHoldThePipeline(_ name: String) throws {
        let path = SentenceZoo.directory + "/" + name
        let made = try TestData.temporaryDirectory() + "/model.gguf"
        var quantization = Quantization()
        quantization.preset = .plain
        _ = try quantization.run(path, to: made, observer: MakingObserver())
        let model = try Model(path: made)
        let original = try Model(opening: path)
        #expect(model.card.sentence == original.card.sentence)
        for (stored, source) in zip(model.weights.sentence, original.weights.sentence) {
            guard case .dense(let a, _, let dense) = stored, case .dense(let b, _, let other) = source else { continue }
            #expect(dense == other)
            let count = dense.inFeatures * dense.outFeatures
            #expect(
                UnsafeBufferPointer(start: a, count: count).elementsEqual(UnsafeBufferPointer(start: b, count: count)))
        }
        let tasks = try TaskSession(model, session: Session(weights: model.weights))
        let expected = try Self.vectors(Self.session(path), Self.texts)
        for (vector, wanted) in zip(try Self.vectors(tasks, Self.texts), expected) {
            let cosine = SentenceVector.cosine(SentenceVector.normalized(vector), SentenceVector.normalized(wanted))
            // Plain rounding of two layers, 16 wide, with outliers in every row.
            #expect(vector.count == wanted.count && cosine > 0.98, "\(name) \(cosine)")
        }
    }

    /// A tar archive of a folder is the folder.
    @Test(arguments: ["dense-tanh", "in-folder"]) func archivesAreTheirFolders(_ name: String) throws {
        let archive = try TestData.temporaryDirectory() + "/model.tar"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "cf", archive, "-C", SentenceZoo.directory, name]
        try process.run()
        process.waitUntilExit()
        #expect(
            try Self.vectors(Self.session(archive), Self.texts)
                == Self.vectors(Self.session(SentenceZoo.directory + "/" + name), Self.texts))
    }

    // What is wrong with them -------------------------------------------------------------------

    private static func changed(_ name: String, _ file: String, _ text: String?) throws -> Fault? {
        let path = try SentenceZoo.copy(name)
        if let text {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + file))
        } else {
            try FileManager.default.removeItem(atPath: path + "/" + file)
        }
        return fault { try Importer.open(path: path).verify() }
    }

    @Test func listsThatAreNone() throws {
        for text in [
            "{}", "[]", "[{}]", #"[{"path": "", "type": 3}]"#,
            #"[{"path": "../up", "type": "sentence_transformers.models.Transformer"}]"#,
            #"[{"path": "/up", "type": "sentence_transformers.models.Transformer"}]"#,
        ] {
            #expect(
                try Self.changed("mean", "modules.json", text).isA(.sentenceBadConfiguration, "modules.json"), "\(text)"
            )
        }
        let transformer = #"{"path": "", "type": "sentence_transformers.models.Transformer"}"#
        let pooling = #"{"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}"#
        let normalize = #"{"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}"#
        for modules in [
            [transformer], [transformer, normalize], [transformer, normalize, pooling],
            [transformer, pooling, pooling],
            [transformer, transformer, pooling],
        ] {
            let text = "[" + modules.joined(separator: ", ") + "]"
            #expect(try Self.changed("mean", "modules.json", text).isA(.sentenceUnsupportedModule, "Pooling"))
        }
    }

    @Test func modulesThatAreIncomplete() throws {
        #expect(
            try Self.changed("dense-tanh", "2_Dense/model.safetensors", nil)
                .isA(.sentenceNoWeights, "2_Dense", "model.safetensors"))
        let dense =
            #"{"in_features": 16, "out_features": OUT, "activation_function": "torch.nn.modules.activation.Tanh"}"#
        #expect(
            try Self.changed("dense-tanh", "2_Dense/config.json", dense.replacing("OUT", with: "23"))
                .isA(.importWrongShape, "linear.weight", "24", "23"))
        for text in [dense.replacing("OUT", with: "0"), dense.replacing("16", with: "17").replacing("OUT", with: "24")]
        {
            #expect(try Self.changed("dense-tanh", "2_Dense/config.json", text).isA(.sentenceBadConfiguration))
        }
        for (file, text) in [
            ("1_Pooling/config.json", #"{"pooling_mode": []}"#), ("1_Pooling/config.json", #"{"pooling_mode": 3}"#),
            ("1_Pooling/config.json", #"{"include_prompt": "no"}"#), ("1_Pooling/config.json", "[]"),
            ("config_sentence_transformers.json", #"{"prompts": ["query"]}"#),
            ("config_sentence_transformers.json", #"{"default_prompt_name": "search"}"#),
            ("config_sentence_transformers.json", #"{"truncate_dim": -4}"#),
            ("sentence_bert_config.json", #"{"max_seq_length": 0}"#),
        ] { #expect(try Self.changed("dense-tanh", file, text).isA(.sentenceBadConfiguration, file), "\(text)") }
        for (file, text) in [
            ("1_Pooling/config.json", #"{"pooling_mode": "median"}"#),
            ("3_Normalize/config.json", #"{"module_input_name": "token_embeddings"}"#),
            ("2_Dense/config.json", #"{"activation_function": "torch.nn.functional.gelu"}"#),
            ("2_Dense/config.json", #"{"activation_function": "custom.Tanh"}"#),
            ("sentence_bert_config.json", #"{"transformer_task": "fill-mask"}"#),
            ("sentence_bert_config.json", #"{"processing_kwargs": {"text": {"padding": "max_length"}}}"#),
            ("sentence_bert_config.json", #"{"tokenizer_args": {"do_lower_case": true}}"#),
        ] { #expect(try Self.changed("dense-tanh", file, text).isA(.sentenceUnsupportedOption, file), "\(text)") }
    }

    @Test func whatIsUnknownIsTold() throws {
        let path = try SentenceZoo.copy("mean")
        try Data(#"{"novelty": 7}"#.utf8).write(to: URL(filePath: path + "/sentence_bert_config.json"))
        let report = try Importer.open(path: path).report
        #expect(report.notes.filter { $0.contains("does not know ('novelty')") }.count == 1)
        #expect(report.readFiles.filter { $0.unknown == ["novelty"] }.count == 1)
        #expect(fault { try Importer.open(path: path, options: ImportOptions(isStrict: true)) }.isA(.importUnknownKey))
        #expect(
            try Importer.open(path: SentenceZoo.directory + "/dropout").report.notes.contains {
                $0.contains("Dropout") && $0.contains("outside training")
            })
    }

    /// Arguments that the library's own modules refuse.
    @Test(arguments: [
        ("1_Pooling", #"{"word_embedding_dimension": 16, "pooling_mode_median_tokens": true}"#, "pooling_mode_median"),
        ("1_Pooling", #"{"embedding_dimension": 16, "pooling_mode": "mean", "temperature": 2}"#, "temperature"),
        ("3_Normalize", #"{"p": 1}"#, "'p'"),
        (
            "2_Dense",
            #"{"in_features": 16, "out_features": 8, "bias": true, "activation_function": "torch.nn.Tanh", "drop": 1}"#,
            "drop"
        ),
    ])
    func argumentsOfModulesThatNobodyKnows(folder: String, text: String, word: String) throws {
        let found = try Self.changed("dense-tanh", folder + "/config.json", text)
        #expect(found.isA(.sentenceUnsupportedOption, word, folder), "\(String(describing: found))")
    }

    @Test func prompts() throws {
        let model = try Model(opening: SentenceZoo.directory + "/prompt-default")
        #expect(try model.prompt(nil) == nil)
        #expect(try model.prompt("") == [] && model.prompt("query") == Array("query: ".utf8))
        #expect(fault { try model.prompt("quarry") }.isA(.taskUnknownPrompt, "'quarry'", "'empty', 'passage', 'query'"))
        // Nothing is left of the text, and the prompt takes no part.
        let left = try Model(opening: SentenceZoo.directory + "/prompt-left-out")
        let tasks = try TaskSession(left, session: Session(weights: left.weights))
        let ids = try SentenceEmbedding(tasks.context)
        #expect(try tasks.answer(of: ids, to: TaskText("")).count == 5 * 16)
    }

    /// The pooled output comes from the transformer alone in the library.
    @Test func whatTheLibraryCannotDoIsNotWritten() throws {
        let source = try Importer.open(path: SentenceZoo.directory + "/mean")
        var card = source.card
        card.sentence = SentencePipeline(.pooler, .mean)
        let folder = SentenceFolder(source, card: card)
        let found = fault {
            try folder?.write(to: TestData.temporaryDirectory(), overwrite: false, makeDirectory: { _ in })
        }
        #expect(found.isA(.exportUnsupportedPipeline, "pooler+mean"))
    }

    /// A folder made by hand, without the list of modules.
    @Test func aPoolingWithoutTheListIsUsedAndTold() throws {
        let path = try SentenceZoo.copy("cls")
        try FileManager.default.removeItem(atPath: path + "/modules.json")
        let source = try Importer.open(path: path)
        #expect(source.card.sentence == SentencePipeline(.cls, stages: [.normalize]))
        #expect(source.report.notes.contains { $0.contains("1_Pooling/config.json") && $0.contains("modules.json") })
    }
}
