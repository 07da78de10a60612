import AlbitCommands
import AlbitModel
import AlbitTasks
import AlbitText
import CPlatform
import Foundation
import TestData
import Testing

@testable import AlbitDrift

/// Data files whose truths are what the commands print of a model: who reads them finds the model right everywhere.
enum PrintedData {
    /// Texts of no sense to the models of the zoo, so that no answer is right by chance.
    static let texts = [
        "the license of this library", "a charming and often affecting journey", "terms",
        "work based on the program is covered", "you may copy it", "in any version of the library that you receive",
        "no warranty", "distribute modified copies of the work",
    ]
    private static let options = TaskOptions(run: RunOptions(json: true, threads: 1))

    /// The JSON objects that a command prints.
    static func objects(_ run: (Output) throws -> Void) throws -> [[String: Any]] {
        let path = try TestData.temporaryDirectory() + "/output"
        var descriptor: Int32 = -1
        try #require(platform_create(path, true, &descriptor) == 0)
        try run(Output(descriptor: descriptor))
        try #require(platform_sync_close(descriptor) == 0)
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private static func lines(_ rows: [[String: Any]]) throws -> String {
        try rows.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) + "\n" }.joined()
    }

    private static func label(_ answer: [String: Any]) throws -> String { try #require(answer["label"] as? String) }

    /// The texts, and the next one to each.
    static var pairs: [(String, String)] { Array(zip(texts, texts.dropFirst() + texts.prefix(1))) }

    /// JSON lines for `verify`, as often as `times`.
    static func file(_ head: MeasuredHead, _ model: Model, times: Int = 1) throws -> String {
        String(repeating: try lines(rows(head, model)), count: times)
    }

    private static func rows(_ head: MeasuredHead, _ model: Model) throws -> [[String: Any]] {
        let both = pairs.flatMap { [$0.0, $0.1] }
        switch head {
        case .label:
            let printed = try objects { try ClassifyCommand(options: options).run(model, texts: texts, output: $0) }
            return try zip(texts, printed).map { ["text": $0, "label": try label($1)] }
        case .labels:
            let printed = try objects { try ClassifyCommand(options: options).run(model, texts: texts, output: $0) }
            return try zip(texts, printed).map { text, answer in
                let scores = try #require(answer["scores"] as? [String: Double])
                return ["text": text, "labels": model.card.labels.filter { scores[$0] ?? 0 >= 0.5 }]
            }
        case .value:
            let printed = try objects { try ClassifyCommand(options: options).run(model, texts: texts, output: $0) }
            return try zip(texts, printed).map {
                ["text": $0, "label": try #require(($1["logits"] as? [Double])?.first)]
            }
        case .tags:
            let printed = try objects { try TagCommand(options: options).run(model, texts: texts, output: $0) }
            return try zip(texts, printed).map {
                ["words": $0.split(separator: " ").map { String($0) }, "tags": try tags($0, $1)]
            }
        case .answers:
            let asked = pairs.flatMap { ["who receives the work", $0.0 + " " + $0.1] }
            let printed = try objects { try AnswerCommand(options: options).run(model, texts: asked, output: $0) }
            return try zip(pairs, printed).map { pair, answer in
                [
                    "question": "who receives the work", "context": pair.0 + " " + pair.1,
                    "answers": [try #require(answer["text"] as? String)],
                ]
            }
        case .choice:
            return try pairs.map { text, other in
                let choices = [other, "no warranty at all", "terms of the library"]
                let printed = try objects {
                    try ChooseCommand(options: options).run(model, texts: [text] + choices, output: $0)
                }
                return ["text": text, "choices": choices, "label": try #require(printed[0]["index"] as? Int)]
            }
        case .order:
            let printed = try objects { try OrderCommand(options: options).run(model, texts: both, output: $0) }
            return try zip(pairs, printed).map {
                ["text": $0.0, "pair": $0.1, "label": try #require($1["inOrder"] as? Bool) ? 0 : 1]
            }
        case .words: return texts.map { ["text": $0] }
        case .embedding:
            let printed = try objects { try EmbedCommand(options: options).run(model, texts: texts, output: $0) }
            let vectors = try printed.map { try #require($0["embedding"] as? [Double]) }
            return pairs.indices.map { index in
                let next = vectors[(index + 1) % vectors.count]
                func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                let lengths = (dot(vectors[index], vectors[index]) * dot(next, next)).squareRoot()
                let cosine = dot(vectors[index], next) / lengths
                return ["text": pairs[index].0, "pair": pairs[index].1, "score": cosine]
            }
        case .ranking:
            var rows: [[String: Any]] = []
            for query in texts {
                let path = try TestData.temporaryDirectory() + "/candidates.txt"
                try texts.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
                var command = MatchCommand(options: options)
                command.candidates = path
                command.top = 1
                let printed = try objects { try command.run(model, texts: [query], output: $0) }
                let found = try #require((printed[0]["matches"] as? [[String: Any]])?.first?["text"] as? String)
                rows += texts.map { ["text": query, "pair": $0, "label": $0 == found ? 1 : 0] }
            }
            return rows
        }
    }

    /// A tag for each word of a text, from the entities that `tag` prints.
    private static func tags(_ text: String, _ answer: [String: Any]) throws -> [String] {
        let entities = try #require(answer["entities"] as? [[String: Any]])
        return text.utf8.split(separator: 0x20).map { word in
            let start = text.utf8.distance(from: text.utf8.startIndex, to: word.startIndex)
            let entity = entities.first { ($0["start"] as? Int ?? 0) <= start && start < ($0["end"] as? Int ?? 0) }
            let label = entity?["label"] as? String
            return label.map { (entity?["start"] as? Int == start ? "B-" : "I-") + $0 } ?? "O"
        }
    }
}
