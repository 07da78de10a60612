import AlbitRuntime
import AlbitTasks
import AlbitTokenizers
import Testing

@Suite struct TokenClassificationTests {
    struct Found: Decodable {
        let label: String
        let start, end: Int
        let score: Float
    }

    struct Case: Decodable {
        let model: String?
        let text: String
        let labels: [String]
        let none, simple, first, average, max: [Found]
        // Of trained models only.
        let ids, starts, ends: [Int32]?
        let startsWord: [Bool]?
        let logits: [Float]?

        func expected(_ aggregation: EntityAggregation) -> [Found] {
            switch aggregation {
            case .none: none
            case .simple: simple
            case .first, .word: first
            case .average: average
            case .max: self.max
            }
        }
    }

    static let strategies: [EntityAggregation] = [.none, .simple, .first, .average, .max]

    private func expect(_ found: [Entity], _ expected: [Found], _ text: String) {
        #expect(found.map(\.label) == expected.map(\.label), "\(text)")
        #expect(found.map(\.range) == expected.map { $0.start..<$0.end }, "\(text)")
        #expect(isClose(found.map(\.score), expected.map(\.score)), "\(text)")
    }

    @Test(arguments: strategies)
    func entitiesAreThoseOfThePipeline(_ aggregation: EntityAggregation) throws {
        // The pipeline takes blanks only for white space between words, which this text has none of.
        let cases = try GoldenCases<Case>.read("token-classification").filter {
            !$0.text.contains("\t") || aggregation == .simple
        }
        #expect(cases.count >= 30)
        let tasks = try ZooTasks("safetensors/base-tokcls") { $0.labels = cases[0].labels }.tasks
        let task = try TokenClassification(tasks.context, aggregation: aggregation)
        for (found, expected) in zip(try tasks.answers(of: task, to: cases.map { Array($0.text.utf8) }), cases) {
            expect(found.entities, expected.expected(aggregation), expected.text)
        }
    }

    @Test(arguments: strategies)
    func logitsOfATrainedModelGiveItsEntities(_ aggregation: EntityAggregation) throws {
        let cases = try GoldenCases<Case>.read("trained-token-classification")
        #expect(cases.count >= 30)
        for golden in cases {
            var run = TokenRun()
            run.ids = try #require(golden.ids)
            run.starts = try #require(golden.starts)
            run.ends = try #require(golden.ends)
            run.startsWord = try #require(golden.startsWord)
            let scores = Scores.softmax(try #require(golden.logits), width: golden.labels.count, kernel: .best)
            let grouping = EntityGrouping(labels: golden.labels, aggregation: aggregation)
            expect(
                grouping.entities(run, scores: scores, in: Array(golden.text.utf8), unknown: 1),
                golden.expected(aggregation),
                golden.text)
        }
    }

    @Test func windowsGiveEveryTokenItsLabel() throws {
        // Windows of 30 tokens over a text of about 100: labels of tokens far from a seam depend on what is around
        // them only, so most agree; none may be missing or moved.
        let text = Array(
            String(repeating: "the license of this library and the terms of the work in any version ", count: 6).utf8)
        let whole = try ZooTasks("safetensors/base-tokcls").tasks
        let parts = try ZooTasks("safetensors/base-tokcls", maxLength: 32).tasks
        let a = try whole.answers(of: TokenClassification(whole.context, aggregation: .none), to: [text, []]).map(
            \.entities)
        let b = try parts.answers(
            of: TokenClassification(parts.context, aggregation: .none, stride: 12), to: [text, []]
        ).map(\.entities)
        #expect(a[0].count > 70)
        #expect(a[0].map(\.range) == b[0].map(\.range))
        #expect(a[1].isEmpty && b[1].isEmpty)
    }
}
