import Foundation
import TestData
import Testing

/// `match` ranks as sentence-transformers does: by the cosine of vectors, here those that transformers computed.
@Suite struct MatchRankingTests {
    private struct File: Decodable { let cases: [Case] }
    private struct Case: Decodable {
        let model, text, pooling: String
        let embedding: [Float]
    }

    /// Texts with their vectors scaled to length 1.
    private func cases(_ pooling: String) throws -> [(text: String, vector: [Float])] {
        let path = URL(filePath: TestData.directory).deletingLastPathComponent().appending(
            path: "TaskTests/Data/embedding.json")
        var seen: Set<String> = []
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: path)).cases.filter {
            $0.model == "safetensors/base-model" && $0.pooling == pooling && !$0.text.contains("\n")
                && !$0.text.allSatisfy(\.isWhitespace) && seen.insert($0.text).inserted
        }.map { golden in
            let length = golden.embedding.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            return (golden.text, golden.embedding.map { $0 / length })
        }
    }

    @Test(arguments: ["mean", "cls"])
    func rankingIsThatOfTheVectors(_ pooling: String) throws {
        let cases = try cases(pooling)
        try #require(cases.count >= 8)
        for question in cases {
            let outcome = try BuiltProgram.desktop.run(
                [
                    "match", Zoo.directory + "/safetensors/base-model", "--tokenizer",
                    Zoo.directory + "/tokenizers/hf/tokenizer.json",
                    "--pooling", pooling, "--top", "\(cases.count)", "--json", "--", question.text,
                ] + cases.map(\.text))
            try #require(outcome.code == 0, "\(outcome.errors)")
            struct Answer: Decodable {
                struct Match: Decodable {
                    let index: Int
                    let score: Float
                }
                let matches: [Match]
            }
            let found = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8)).matches
            let cosines = cases.map { zip($0.vector, question.vector).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
            let expected = cosines.indices.sorted { cosines[$0] > cosines[$1] }
            // The stored vectors have six digits: neighbours that are closer than that may change places.
            for (place, match) in found.enumerated() {
                #expect(abs(match.score - max(0, min(1, cosines[match.index]))) < 2e-5, "\(question.text)")
                #expect(abs(cosines[expected[place]] - cosines[match.index]) < 2e-5, "\(question.text)")
            }
        }
    }
}
