import AlbitText
import Foundation
import Testing

/// `albit-board serve-lines` over the sample model, quantized once.
@Suite struct ServeLinesTests {
    static let model: String = {
        let path = BuiltProgram.board.url.deletingLastPathComponent().appendingPathComponent("serve-lines-test.gguf")
            .path
        _ = try? BuiltProgram.desktop.run(["quantize", BuiltProgram.sample, "-o", path, "--preset", "plain", "--force"])
        return path
    }()

    @Test func eachLineGetsOneAnswerAndMistakesDoNotEndIt() throws {
        let input =
            """
            a charming journey\n{"text": "a charming journey"}\n{"txt": 1}\n{"ids": [2, 48, 3]}\n{"ids": [2, 99999, \
            3]}\n\n{
            """
        let outcome = try BuiltProgram.board.run(["serve-lines", Self.model], input: input)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let answers = try outcome.lines.map { try JSONValue(parsing: $0) }
        try #require(answers.count == 7)
        #expect(answers[0]["label"]?.string == "POSITIVE")
        #expect(outcome.lines[1] == outcome.lines[0])
        #expect(answers[2]["error"]?.string == "the request has 'txt', expected text, pair, ids or typeIds")
        #expect(answers[3]["sequenceLength"]?.integer == 3)
        #expect(answers[3]["digest"]?.string?.utf8.count == 64)
        #expect(answers[4]["error"]?.string?.contains("99999") == true)
        #expect(answers[5]["label"]?.string != nil)
        #expect(answers[6]["error"]?.string?.hasPrefix("the request, byte ") == true)
        // The same text through `classify` gives the same line.
        let classified = try BuiltProgram.desktop.run(["classify", Self.model, "a charming journey", "--json"])
        #expect(classified.lines == [outcome.lines[0]])
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func answersComeAtOnceAndASignalEndsItCleanly(_ signal: Int32) throws {
        let process = Process()
        process.executableURL = BuiltProgram.board.url
        process.arguments = ["serve-lines", Self.model]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try BuiltProgram.start(process)
        for _ in 0..<3 {
            // Each answer arrives while the input stays open.
            input.fileHandleForWriting.write(Data("bleak\n".utf8))
            let answer = output.fileHandleForReading.availableData
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("{\"label\": \"NEGATIVE\""))
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }

    @Test func aReaderThatGoesAwayEndsItQuietly() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            { yes 'a charming journey' | head -n 5000; } 2>/dev/null | { "$0" serve-lines "$1"; echo $? >&3; } 3>&2 | \
            head -n 2 >/dev/null
            """,
            BuiltProgram.board.url.path, Self.model,
        ]
        let errors = Pipe()
        process.standardError = errors
        try BuiltProgram.start(process)
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == "0\n")
    }

    @Test func whatIsNotAModelIsRefusedBeforeTheFirstLine() throws {
        #expect(try BuiltProgram.board.run(["serve-lines", "/nowhere"]).code == 3)
        #expect(try BuiltProgram.board.run(["serve-lines", BuiltProgram.sample + "/eval.tsv"]).code == 3)
        #expect(try BuiltProgram.board.run(["serve-lines"]).code == 2)
        #expect(try BuiltProgram.board.run(["serve-lines", Self.model, "--kernel", "nonsense"]).code == 2)
    }
}
