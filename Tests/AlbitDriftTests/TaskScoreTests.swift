import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitDrift

/// Data and metrics of the heads beside classification.
struct TaskScoreTests {
    /// The same sentences as TSV, JSON lines and CoNLL.
    @Test func taggedSentencesInThreeForms() throws {
        let tsv = "words\ttags\nEU rejects German call\tB-ORG O B-MISC O\nPeter\tB-PER\n"
        let lines = """
            {"words": ["EU", "rejects", "German", "call"], "tags": ["B-ORG", "O", "B-MISC", "O"]}
            {"words": "Peter", "tags": "B-PER"}

            """
        let conll =
            """
            -DOCSTART- -X- O O\n\nEU NNP I-NP B-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP B-MISC\ncall NN I-NP \
            O\n\n\nPeter NNP I-NP B-PER\n
            """
        for text in [tsv, lines, conll] {
            let path = try DataFileTests.file(text)
            #expect(try DataFile(path: path).form == .tagged)
            let examples = try DataFileTests.read(path)
            #expect(examples.compactMap { DataFileTests.text($0)?.0 } == ["EU rejects German call", "Peter"])
            #expect(examples.map(\.tags) == [["B-ORG", "O", "B-MISC", "O"], ["B-PER"]])
        }
        #expect(try DataFileTests.read(DataFileTests.file(conll)).map(\.line) == [3, 9])
        #expect(
            fault { try DataFileTests.read(DataFileTests.file("EU B-ORG\nrejects\n")) }.isA(
                .dataWrongColumnCount, "2", "1", "2"))
    }

    /// SQuAD's JSON on one line or many, and the same as TSV.
    @Test func questionsInThreeForms() throws {
        let squad = """
            {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "Paris is in France.", "qas": [
            {"id": "1", "question": "Where is Paris?", "answers": [{"text": "France", "answer_start": 12}, {"text": \
            "in France", "answer_start": 9}]},
            {"id": "2", "question": "Who?", "is_impossible": true, "answers": []}]}]}]}
            """
        for text in [squad, squad.replacing("\n", with: "")] {
            let path = try DataFileTests.file(text)
            #expect(try DataFile(path: path).form == .questions)
            let examples = try DataFileTests.read(path)
            #expect(
                examples.compactMap { DataFileTests.text($0)?.1 } == ["Paris is in France.", "Paris is in France."])
            #expect(examples.map(\.answers) == [["France", "in France"], []])
        }
        let table = try DataFileTests.read(
            DataFileTests.file("question\tcontext\tanswer\nWhere?\tParis is in France.\tFrance\n"))
        #expect(table.map(\.answers) == [["France"]])
    }

    /// scikit-learn's NearestNeighbors (cosine, brute force) on the same integers gives the expected share.
    @Test func neighbourOverlapEqualsScikitLearn() throws {
        let a: [[Float]] = [
            [5, -7, -5, -4, -5, 5], [6, 1, -8, -7, -3, -1], [2, 0, -4, -6, 3, 4], [-8, -7, -1, -2, 7, 0],
            [-1, -1, 3, 1, -6, 4], [4, 8, 5, -4, -3, 3], [3, 3, 6, -4, 7, -8], [-7, 8, 8, -3, -6, -3],
            [-8, 7, 3, 1, -4, 0], [-5, 5, 0, -8, -4, 4], [0, -2, -4, -7, 2, 3], [0, 7, 7, -5, 2, 2],
            [-4, -3, 0, 4, -4, 4], [3, -5, -2, 6, 6, 3], [-8, 3, -5, 5, 7, -1], [8, 4, -3, 6, -2, -7],
            [2, 6, 3, -2, 7, 0], [-2, -6, -5, 3, 5, -4], [2, 6, -6, -4, 0, 1], [-2, -2, -6, 2, 7, -5],
            [5, -5, -8, 4, -5, 4], [-3, 1, 7, 7, 0, -5], [-4, 6, 2, -6, 7, 8], [8, 2, 8, 2, 0, 8],
        ]
        let b: [[Float]] = [
            [6, -5, -6, -2, -2, 2], [6, 0, -11, -10, -5, -3], [4, -2, -3, -3, 3, 1], [-11, -8, -2, -2, 6, 2],
            [-1, 2, 6, 2, -9, 2], [6, 8, 8, -3, -1, 0], [2, 4, 7, -5, 5, -7], [-10, 9, 10, -2, -9, -3],
            [-9, 7, 4, -1, -7, 0], [-4, 2, 3, -8, -1, 4], [2, 0, -4, -8, 3, 0], [1, 7, 5, -7, -1, 4],
            [-3, -4, 3, 3, -5, 7], [0, -6, -5, 5, 8, 2], [-8, 3, -8, 2, 6, -1], [5, 7, -1, 6, 0, -5],
            [-1, 9, 0, 0, 9, 2], [-5, -4, -2, 5, 6, -6], [2, 6, -3, -5, -1, -1], [-2, -1, -6, 1, 7, -4],
            [3, -4, -7, 1, -4, 4], [0, 0, 6, 8, 3, -8], [-7, 4, 1, -6, 7, 7], [11, 3, 6, 1, -2, 6],
        ]
        func unit(_ rows: [[Float]]) -> [[Float]] {
            rows.map { row in
                let length = row.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
                return row.map { $0 / length }
            }
        }
        let overlap = try #require(NearestNeighbours.overlap(unit(a), unit(b)))
        #expect(abs(overlap - 0.7708333333333334) < 1e-9)
        #expect(NearestNeighbours.overlap([[1]], [[1]]) == nil)
    }

    /// Against the C library's, over the range that logits span.
    @Test func exponentialAndLogarithm() {
        for i in -3000...3000 {
            let x = Double(i) * 0.233
            #expect(abs(PseudoPerplexity.exp(x) - Foundation.exp(x)) <= 4e-16 * Foundation.exp(x), "exp \(x)")
            let y = Foundation.exp(Double(i) * 0.0371)
            #expect(
                abs(PseudoPerplexity.log(y) - Foundation.log(y)) <= 4e-16 * max(1, abs(Foundation.log(y))), "log \(y)")
        }
        #expect(PseudoPerplexity.exp(-800) == 0 && PseudoPerplexity.exp(800) == .infinity)
    }
}
