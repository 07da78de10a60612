import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import TestData
import Testing

@Suite struct MaskedWordsTests {
    struct Candidate: Decodable {
        let id: Int
        let score: Float
    }

    struct Case: Decodable {
        let model, text: String
        let masks: [[Candidate]]
    }

    @Test func candidatesAreThoseOfThePipeline() throws {
        let cases = try GoldenCases<Case>.read("masked-language-model")
        #expect(cases.count >= 30)
        try ZooTasks.forEachModel(cases, \.model) { zoo, cases in
            let answers = try zoo.tasks.answers(
                of: MaskedWords(zoo.context, top: 5), to: cases.map { TaskText($0.text) })
            for (answer, golden) in zip(answers, cases) {
                #expect(answer.map { $0.candidates.map(\.id) } == golden.masks.map { $0.map(\.id) }, "\(golden.text)")
                #expect(
                    zip(answer, golden.masks).allSatisfy { isClose($0.candidates.map(\.score), $1.map(\.score)) },
                    "\(golden.text)")
            }
        }
    }

    @Test func aTextWithoutAMaskHasNoCandidates() throws {
        let tasks = try ZooTasks("safetensors/base-pretraining").tasks
        #expect(
            try tasks.answers(of: MaskedWords(tasks.context), to: [TaskText("no word is hidden"), TaskText("")]) == [
                [], [],
            ])
    }
}

@Suite struct SentenceOrderTests {
    struct Case: Decodable {
        let model, text, pair: String
        let score: Float
        let inOrder: Bool
    }

    @Test func scoresAreThoseOfTheHead() throws {
        let cases = try GoldenCases<Case>.read("sentence-order")
        #expect(cases.count >= 30)
        try ZooTasks.forEachModel(cases, \.model) { zoo, cases in
            let answers = try zoo.tasks.answers(
                of: SentenceOrder(zoo.context), to: cases.map { TaskText($0.text, pair: $0.pair) })
            #expect(isClose(answers.map(\.score), cases.map(\.score)))
            #expect(answers.map(\.inOrder) == cases.map(\.inOrder))
        }
    }
}

@Suite struct MultipleChoiceTests {
    struct Case: Decodable {
        let model, text: String
        let choices: [String]
        let index: Int
        let scores: [Float]
    }

    @Test func choicesAreThoseOfTheHead() throws {
        let cases = try GoldenCases<Case>.read("multiple-choice")
        #expect(cases.count >= 30)
        try ZooTasks.forEachModel(cases, \.model) { zoo, cases in
            let task = try MultipleChoice(zoo.context)
            for golden in cases {
                let answer = try zoo.tasks.answer(
                    of: task,
                    to: ChoiceQuestion(Array(golden.text.utf8), choices: golden.choices.map { Array($0.utf8) }))
                #expect(answer.index == golden.index, "\(golden.text)")
                #expect(isClose(answer.scores, golden.scores), "\(golden.text)")
            }
        }
    }

    @Test func aClassifierOfSeveralLabelsDoesNotChoose() throws {
        let tasks = try ZooTasks("torch/hf441_base-seqcls").tasks
        let error = fault { try MultipleChoice(tasks.context) }
        #expect(error.isA(.taskNoHead, "multiple-choice", "it has sequence-classification", "'classify'"))
    }
}

@Suite struct EmbeddingTests {
    struct Case: Decodable {
        let model, text, pooling: String
        let normalized: Bool
        let embedding: [Float]
    }

    @Test func vectorsAreThoseOfTheModel() throws {
        let cases = try GoldenCases<Case>.read("embedding")
        #expect(cases.count >= 60)
        try ZooTasks.forEachModel(cases, \.model) { zoo, cases in
            for golden in cases {
                let pooling = try #require(SentencePooling(rawValue: golden.pooling))
                let task = try SentenceEmbedding(
                    zoo.context, options: .init(pooling: pooling, isNormalized: golden.normalized))
                let vector = try zoo.tasks.answer(of: task, to: TaskText(golden.text))
                #expect(isClose(vector, golden.embedding, within: 2e-5), "\(golden.pooling) \(golden.text)")
            }
        }
    }

    @Test func aVectorDoesNotDependOnItsBatch() throws {
        let tasks = try ZooTasks("safetensors/base-model").tasks
        let texts = ["the license", "", "a longer text about the terms of this library and its versions", "x"].map {
            TaskText($0)
        }
        let task = try SentenceEmbedding(tasks.context)
        #expect(try tasks.answers(of: task, to: texts) == texts.map { try tasks.answer(of: task, to: $0) })
    }

    @Test func aModelWithoutPoolerIsNamed() throws {
        let tasks = try ZooTasks("safetensors/base-qa").tasks
        let error = fault { try SentenceEmbedding(tasks.context, options: .init(pooling: .pooler)) }
        #expect(error.isA(.taskNoPooler) && error?.description == "the model has no pooler; use --pooling mean or cls")
    }
}
