import AlbitCommands
import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import CPlatform
import Foundation
import TestData
import Testing

/// What the commands write: names of JSON members, columns, one answer for each text.
@Suite struct TaskCommandTests {
    private func model(_ path: String, labels: [String] = [], problemType: ProblemType? = nil) throws -> Model {
        try ZooTasks(path) {
            $0.labels = labels
            $0.problemType = problemType
        }.tasks.model
    }

    private func options(json: Bool = true, tsv: Bool = false) -> TaskOptions {
        var options = TaskOptions(run: RunOptions(json: json, threads: 1))
        options.tsv = tsv
        return options
    }

    /// The lines that a command writes.
    private func lines(_ run: (Output) throws -> Void) throws -> [String] {
        let path = try TestData.temporaryDirectory() + "/output"
        var descriptor: Int32 = -1
        #expect(platform_create(path, true, &descriptor) == 0)
        try run(Output(descriptor: descriptor))
        #expect(platform_sync_close(descriptor) == 0)
        return try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    private func objects(_ run: (Output) throws -> Void) throws -> [[String: Any]] {
        try lines(run).map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    @Test func classifyAnswersEveryText() throws {
        let model = try model("torch/hf441_base-seqcls", labels: ["bad", "fair", "good"])
        let answers = try objects {
            try ClassifyCommand(options: options()).run(model, texts: ["the work", "", "a copy"], output: $0)
        }
        #expect(answers.count == 3)
        for answer in answers {
            #expect(Set(answer.keys) == ["label", "scores", "logits", "kernel"])
            let scores = try #require(answer["scores"] as? [String: Double])
            #expect(Set(scores.keys) == ["bad", "fair", "good"] && abs(scores.values.reduce(0, +) - 1) < 1e-5)
            #expect(scores.max { $0.value < $1.value }?.key == answer["label"] as? String)
        }
        let rows = try lines {
            try ClassifyCommand(options: options(json: false, tsv: true)).run(model, texts: ["a\tb", "c"], output: $0)
        }
        #expect(rows[0] == "label\tscore\ttext" && rows.count == 3 && rows[1].hasSuffix("\ta b"))
        let regression = try self.model("torch/hf441_base-seqcls", problemType: .regression)
        let values = try objects {
            try ClassifyCommand(options: options()).run(regression, texts: ["the work"], output: $0)
        }
        #expect(values[0]["label"] is NSNull)
    }

    @Test func tagCountsAsAsked() throws {
        let model = try model("safetensors/base-tokcls", labels: ["A", "B", "C", "D", "E"])
        let text = "Zürich and the licence"
        for characters in [false, true] {
            var options = options()
            options.countsCharacters = characters
            let answer = try objects {
                try TagCommand(options: options, aggregation: .none).run(model, texts: [text], output: $0)
            }[0]
            let entities = try #require(answer["entities"] as? [[String: Any]])
            let last = try #require(entities.last)
            #expect(Set(last.keys) == ["label", "text", "start", "end", "score"])
            #expect(last["end"] as? Int == (characters ? text.unicodeScalars.count : text.utf8.count))
        }
    }

    @Test func answerHasNullsWhereThereIsNone() throws {
        let model = try model("safetensors/base-qa")
        var command = AnswerCommand(options: options())
        let found = try objects { try command.run(model, texts: ["who?", "the library of the work"], output: $0) }[0]
        #expect(Set(found.keys) == ["text", "start", "end", "score", "noAnswerScore"])
        let text = try #require(found["text"] as? String)
        #expect("the library of the work".contains(text) && !text.isEmpty)
        command.answering.top = 3
        command.answering.allowsNoAnswer = true
        let none = try objects { try command.run(model, texts: ["who?", ""], output: $0) }[0]
        #expect(
            none["text"] is NSNull && none["start"] is NSNull && none["end"] is NSNull && none["score"] as? Double == 1)
        #expect((none["answers"] as? [[String: Any]])?.count == 1)
        let context = try TestData.temporaryDirectory() + "/context.txt"
        try Data("the library of the work".utf8).write(to: URL(filePath: context))
        var shared = AnswerCommand(options: options())
        shared.context = context
        #expect(try objects { try shared.run(model, texts: ["who?"], output: $0) }[0]["text"] as? String == text)
    }

    /// All labels of a set in table and TSV; scores by the function that is asked for.
    @Test func setsOfLabelsAndFunctions() throws {
        let several = try model(
            "torch/hf441_base-seqcls", labels: ["joy", "anger", "film"], problemType: .multiLabel)
        let answers = try objects {
            try ClassifyCommand(options: options()).run(several, texts: ["the work", "a copy"], output: $0)
        }
        let scores = try answers.map { try #require($0["scores"] as? [String: Double]) }
        let rows = try lines {
            try ClassifyCommand(options: options(json: false, tsv: true)).run(
                several, texts: ["the work", "a copy"], output: $0)
        }
        #expect(rows[0] == "labels\tjoy\tanger\tfilm\ttext" && rows.count == 3)
        let table = try lines {
            try ClassifyCommand(options: options(json: false)).run(several, texts: ["the work", "a copy"], output: $0)
        }
        for (index, score) in scores.enumerated() {
            let cells = rows[index + 1].split(separator: "\t", omittingEmptySubsequences: false)
            let held = ["joy", "anger", "film"].filter { score[$0] ?? 0 >= 0.5 }
            #expect(cells[0] == held.joined(separator: ";"))
            // Both are the shortest texts of the same float.
            for (cell, label) in zip(cells[1...3], ["joy", "anger", "film"]) {
                #expect(Float(cell) == score[label].map { Float($0) })
            }
            for label in ["joy", "anger", "film"] {
                #expect(table[index].contains((held.contains(label) ? "*" : " ") + label + " "))
            }
        }
        func classified(_ function: ScoreFunction?) throws -> [String: Any] {
            try objects {
                try ClassifyCommand(options: options(), function: function).run(
                    model("torch/hf441_base-seqcls"), texts: ["the work"], output: $0)
            }[0]
        }
        let logits = try #require(try classified(nil)["logits"] as? [Double])
        for (function, score) in [
            (ScoreFunction.none, { $0 }), (.sigmoid, { 1 / (1 + exp(-$0)) }),
            (.softmax, { exp($0) / logits.reduce(0) { $0 + exp($1) } }),
        ] as [(ScoreFunction, (Double) -> Double)] {
            let answer = try classified(function)
            let found = try #require(answer["scores"] as? [String: Double])
            for (index, logit) in logits.enumerated() {
                #expect(abs(try #require(found["LABEL_\(index)"]) - score(logit)) < 1e-6)
            }
            #expect(try answer["label"] as? String == classified(nil)["label"] as? String)
        }
        #expect(fault { try ClassifyCommand.function("relu") }?.code == .optionValue)
    }

    /// Candidates from some words only, and the sentence that each makes.
    @Test func fillWithTargets() throws {
        let model = try model("safetensors/base-pretraining")
        let all = try objects {
            try FillCommand(options: options(), top: 3).run(model, texts: ["the [MASK] of"], output: $0)
        }
        let best = try #require(all[0]["candidates"] as? [[String: Any]])
        let words = try best.map { candidate in
            let sentence = try #require(candidate["text"] as? String)
            #expect(sentence.hasPrefix("the") && sentence.hasSuffix(" of") && !sentence.contains("[MASK]"))
            return try #require(candidate["piece"] as? String).replacing("\u{2581}", with: "")
        }
        let some = try objects {
            try FillCommand(options: options(), targets: words[2] + "," + words[0]).run(
                model, texts: ["the [MASK] of"], output: $0)
        }
        let found = try #require(some[0]["candidates"] as? [[String: Any]])
        #expect(found.map { $0["score"] as? Double } == [best[0], best[2]].map { $0["score"] as? Double })
        let long = fault {
            try lines {
                try FillCommand(options: options(), targets: "incomprehensibilities").run(
                    model, texts: ["[MASK]"], output: $0)
            }
        }
        #expect(long.isA(.optionValue, "incomprehensibilities"))
    }

    @Test func fillOrderChooseAndEmbedWriteTheirMembers() throws {
        let pretraining = try model("safetensors/base-pretraining")
        let filled = try objects {
            try FillCommand(options: options(), top: 3).run(
                pretraining, texts: ["the [MASK]", "a [MASK] [MASK]", "x"], output: $0)
        }
        let candidates = try filled.map { try #require($0["candidates"] as? [[String: Any]]) }
        #expect(candidates.map(\.count) == [3, 6, 0])
        #expect(
            Set(candidates[0][0].keys) == ["piece", "id", "score", "text"] && candidates[1][5]["mask"] as? Int == 1)
        let order = try objects {
            try OrderCommand(options: options()).run(pretraining, texts: ["a", "b", "c", "d"], output: $0)
        }
        #expect(order.count == 2 && order.allSatisfy { Set($0.keys) == ["inOrder", "score"] })
        let chosen = try objects {
            try ChooseCommand(options: options()).run(model("safetensors/base-mc"), texts: ["a", "b", "c"], output: $0)
        }
        #expect((chosen[0]["scores"] as? [Double])?.count == 2 && chosen[0]["index"] is Int)
        let embedded = try objects {
            try EmbedCommand(options: options()).run(pretraining, texts: ["a", ""], output: $0)
        }
        #expect(embedded.count == 2 && (embedded[1]["embedding"] as? [Double])?.count == 48)
    }

    @Test func summarizeKeepsTheOrderOfTheText() throws {
        let text = "The work is free. You may copy it. The library is not. It has terms of its own."
        var command = SummarizeCommand(options: options())
        command.sentences = 2
        let answer = try objects { try command.run(model("safetensors/base-model"), texts: [text], output: $0) }[0]
        let sentences = try #require(answer["sentences"] as? [[String: Any]])
        let starts = sentences.compactMap { $0["start"] as? Int }
        #expect(starts.count == 2 && starts == starts.sorted())
        #expect(sentences.allSatisfy { text.contains($0["text"] as? String ?? "?") })
        #expect(
            try objects { try command.run(model("safetensors/base-model"), texts: [""], output: $0) }[0]["sentences"]
                as? [String] == [])
    }

    @Test func matchFindsTheSameWithAndWithoutAnIndex() throws {
        let model = try model("safetensors/base-model")
        let directory = try TestData.temporaryDirectory()
        try Data("the license\na small library\nany later version\n".utf8).write(
            to: URL(filePath: directory + "/list.txt"))
        var command = MatchCommand(options: options())
        command.candidates = directory + "/list.txt"
        command.top = 2
        let plain = try objects { try command.run(model, texts: ["any later version"], output: $0) }[0]
        command.saveIndex = directory + "/list.index"
        #expect(try lines { try command.run(model, texts: [], output: $0) }.isEmpty)
        var search = MatchCommand(options: options())
        search.index = directory + "/list.index"
        search.top = 2
        let indexed = try objects { try search.run(model, texts: ["any later version"], output: $0) }[0]
        for answer in [plain, indexed] {
            let matches = try #require(answer["matches"] as? [[String: Any]])
            #expect(matches.count == 2 && Set(matches[0].keys) == ["index", "text", "score"])
            #expect(matches[0]["index"] as? Int == 2 && matches[0]["text"] as? String == "any later version")
            #expect(try #require(matches[0]["score"] as? Double) > 0.99)
        }
        search.candidates = "x"
        #expect(fault { try lines { try search.run(model, texts: ["a"], output: $0) } }.isA(.optionsConflict))
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let model = try model("torch/hf441_base-seqcls")
        var strict = options()
        strict.strict = true
        let long = String(repeating: "license ", count: 100)
        let error = fault {
            try lines { try ClassifyCommand(options: strict).run(model, texts: ["a", long], output: $0) }
        }
        #expect(error.isA(.taskTooLong, "text 2 is "))
        let both = fault {
            try lines {
                try ClassifyCommand(options: options(json: true, tsv: true)).run(model, texts: ["a"], output: $0)
            }
        }
        #expect(both.isA(.optionsConflict))
        var short = options()
        short.maxLength = 2
        let noRoom = fault { try lines { try ClassifyCommand(options: short).run(model, texts: ["a"], output: $0) } }
        #expect(noRoom.isA(.taskNoRoom))
        let silent = model.with(tokenizer: nil)
        let missing = fault { try lines { try EmbedCommand(options: options()).run(silent, texts: ["a"], output: $0) } }
        #expect(missing.isA(.taskNoTokenizer))
    }
}
