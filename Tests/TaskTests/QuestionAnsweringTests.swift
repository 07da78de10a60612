import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import TestData
import Testing

@Suite struct QuestionAnsweringTests {
    struct Found: Decodable {
        let start, end: Int?
        let score: Float
        var range: Range<Int>? { start.flatMap { start in end.map { start..<$0 } } }
    }

    struct Case: Decodable {
        let model, question, context: String
        let top, maxLength, stride, maxAnswer: Int
        let noAnswer: Bool
        let answers: [Found]

        var options: QuestionAnswering.Options {
            var options = QuestionAnswering.Options()
            options.top = top
            options.maxLength = maxLength
            options.stride = stride
            options.maxAnswerTokens = maxAnswer
            options.allowsNoAnswer = noAnswer
            return options
        }
    }

    @Test func answersAreThoseOfThePipeline() throws {
        let cases = try GoldenCases<Case>.read("question-answering")
        #expect(cases.count >= 30)
        let tasks = try ZooTasks("safetensors/base-qa").tasks
        for golden in cases {
            let found = try tasks.answer(
                of: QuestionAnswering(tasks.context, options: golden.options),
                to: ContextQuestion(Array(golden.question.utf8), in: Array(golden.context.utf8))
            ).answers
            #expect(found.map(\.range) == golden.answers.map(\.range), "\(golden.question)")
            #expect(isClose(found.map(\.score), golden.answers.map(\.score)), "\(golden.question)")
        }
    }

    struct Tokens: Decodable {
        let ids, starts, ends: [Int32]
        let startsWord: [Bool]
    }

    struct TrainedCase: Decodable {
        let question, context: String
        let first, second: Tokens
        let ids: [Int32]
        let segments: [UInt8]
        let start, end: [Float]
        let answers: [Found]

        var encoding: Encoding {
            var encoding = Encoding()
            encoding.ids = ids
            encoding.segments = segments
            var next = [0, 0]
            for segment in segments {
                let tokens = segment == 0 ? first : second
                if segment == Encoding.frame {
                    encoding.starts.append(0)
                    encoding.ends.append(0)
                    encoding.startsWord.append(false)
                } else {
                    let token = next[Int(segment)]
                    next[Int(segment)] += 1
                    encoding.starts.append(tokens.starts[token])
                    encoding.ends.append(tokens.ends[token])
                    encoding.startsWord.append(tokens.startsWord[token])
                }
            }
            return encoding
        }
    }

    @Test func logitsOfATrainedModelGiveItsAnswers() throws {
        let cases = try GoldenCases<TrainedCase>.read("trained-question-answering")
        #expect(cases.count >= 30)
        for golden in cases {
            let encoding = golden.encoding
            let spans = AnswerSpans(
                start: golden.start, end: golden.end, encoding, count: 16, maxTokens: 15, cls: 2, kernel: .best)
            var found = FoundAnswers(context: Array(golden.context.utf8))
            for span in spans.spans { found.add(AnswerSpans.wordRange(span, encoding), score: span.score) }
            let answers = found.best(3, noAnswer: spans.noAnswerScore)
            #expect(answers.map(\.range) == golden.answers.map(\.range), "\(golden.question) \(golden.context)")
            #expect(isClose(answers.map(\.score), golden.answers.map(\.score)), "\(golden.question) \(golden.context)")
        }
    }

    @Test func anEmptyContextHasNoAnswer() throws {
        let tasks = try ZooTasks("safetensors/base-qa").tasks
        var options = QuestionAnswering.Options()
        #expect(
            try tasks.answer(of: QuestionAnswering(tasks.context), to: ContextQuestion(Array("Who?".utf8), in: []))
                .answers.isEmpty)
        options.allowsNoAnswer = true
        let found = try tasks.answer(
            of: QuestionAnswering(tasks.context, options: options), to: ContextQuestion([], in: []))
        #expect(found.answers.map(\.range) == [nil])
        #expect(found.noAnswerScore == 1)
    }

    @Test func aQuestionLeavesHalfTheWindowToTheContext() throws {
        let tasks = try ZooTasks("safetensors/base-qa").tasks
        let question = ContextQuestion(
            Array(String(repeating: "license ", count: 200).utf8), in: Array("the work".utf8))
        #expect(try tasks.answer(of: QuestionAnswering(tasks.context), to: question).answers.count == 1)
        #expect(tasks.truncatedTexts == 1)
        let strict = try ZooTasks("safetensors/base-qa", strict: true).tasks
        #expect(fault { try strict.answer(of: QuestionAnswering(strict.context), to: question) }.isA(.taskTooLong))
    }

    @Test func windowsCoverEveryTokenAndOverlap() {
        for count in [0, 1, 5, 9, 10, 11, 23, 100] {
            for overlap in [0, 1, 4, 9, 50] {
                let ranges = TokenWindows(count: count, capacity: 10, overlap: overlap).ranges
                #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == count)
                #expect(ranges.allSatisfy { $0.count <= 10 })
                for (a, b) in zip(ranges, ranges.dropFirst()) {
                    #expect(
                        a.count == 10 && b.lowerBound > a.lowerBound && a.upperBound - b.lowerBound == min(overlap, 9))
                }
            }
        }
    }
}
