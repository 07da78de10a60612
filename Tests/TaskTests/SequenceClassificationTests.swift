import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import TestData
import Testing

@Suite struct SequenceClassificationTests {
    struct Case: Decodable {
        let model, text: String
        let pair: String?
        let problemType, label: String
        let scores: [Float]
    }

    @Test func scoresAreThoseOfThePipeline() throws {
        let cases = try GoldenCases<Case>.read("sequence-classification")
        #expect(cases.count >= 60)
        for (key, cases) in Dictionary(grouping: cases, by: { [$0.model, $0.problemType] }) {
            let tasks = try ZooTasks(key[0]) { $0.problemType = ProblemType(rawValue: key[1]) }.tasks
            let task = try SequenceClassification(tasks.context)
            let answers = try tasks.answers(of: task, to: cases.map { TaskText($0.text, pair: $0.pair) })
            for (answer, expected) in zip(answers, cases) {
                #expect(isClose(answer.scores, expected.scores), "\(expected.text)")
                if key[1] == "regression" {
                    #expect(answer.label == nil)
                } else {
                    #expect(answer.label.map { "LABEL_\($0)" } == expected.label, "\(expected.text)")
                }
            }
        }
    }

    @Test func theProblemTypeFollowsTheLabelsWhereNoneIsStored() {
        var card = ModelCard()
        #expect(card.problemType(labelCount: 1) == .multiLabel)
        #expect(card.problemType(labelCount: 2) == .singleLabel)
        card.problemType = .regression
        #expect(card.problemType(labelCount: 1) == .regression)
    }

    @Test func aModelWithoutTheHeadIsNamed() throws {
        let error = fault {
            try SequenceClassification(ZooTasks("safetensors/base-qa").context)
        }
        #expect(error.isA(.taskNoHead, "sequence-classification", "question-answering", "'answer'"))
        #expect(error?.code.exitCode == ExitCode.usage)
    }
}
