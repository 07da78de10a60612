import AlbitRuntime
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
            let task = try SequenceClassification(ZooTasks(key[0]).tasks, problemType: key[1])
            let answers = try task.classify(cases.map { TaskText($0.text, pair: $0.pair) })
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
        #expect(ProblemType(name: nil, labelCount: 1) == .multiLabel)
        #expect(ProblemType(name: nil, labelCount: 2) == .singleLabel)
        #expect(ProblemType(name: "regression", labelCount: 1) == .regression)
        #expect(ProblemType(name: "something else", labelCount: 3) == .singleLabel)
    }

    @Test func aModelWithoutTheHeadIsNamed() throws {
        let error = fault {
            try SequenceClassification(ZooTasks("safetensors/base-qa").tasks, problemType: nil)
        }
        #expect(error.isA(.taskNoHead, "sequence-classification", "question-answering"))
        #expect(error?.code.exitCode == ExitCode.usage)
    }
}
