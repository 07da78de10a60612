import AlbitText
import Foundation
import TestData
import Testing

/// What a process is refused, or is given that is no text.
@Suite struct LimitedProcessTests {
    private func shell(_ script: String, _ arguments: [String]) throws -> BuiltProgram.Outcome {
        try BuiltProgram(path: "/bin/sh").run(["-c", script, BuiltProgram.board.url.path] + arguments)
    }

    private func model() throws -> String {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        let made = try BuiltProgram.desktop.run(["quantize", BuiltProgram.sample, "-o", path, "--preset", "plain"])
        #expect(made.code == 0, "\(made.errors)")
        return path
    }

    @Test func argumentsThatAreNoText() throws {
        let outcome = try shell("exec \"$0\" classify model.gguf \"$(printf '\\377')\"", [])
        #expect(outcome.code == 2 && FaultCode.commandLineNotUTF8.exitCode == .usage)
        #expect(outcome.errors.contains("is not UTF-8 text"), "\(outcome.errors)")
    }

    /// The model has the last descriptor, so none is left to hear of signals by.
    @Test func noDescriptorForSignals() throws {
        let outcome = try shell("ulimit -n 4 && exec \"$0\" \"$@\"", ["serve-lines", try model()])
        #expect(outcome.code == 4 && FaultCode.signalsNotWatched.exitCode == .machine, "\(outcome.code)")
        #expect(outcome.errors.contains("signals cannot be watched"), "\(outcome.errors)")
    }

    @Test func nothingToCalibrateWith() throws {
        let folder = try TestData.temporaryDirectory()
        try Data("{\"ids\": []}\n{\"ids\": []}\n".utf8).write(to: URL(filePath: folder + "/texts.jsonl"))
        let outcome = try BuiltProgram.desktop.run(
            ["quantize", BuiltProgram.sample, "-o", folder + "/a.gguf", "--calibrate", folder + "/texts.jsonl"])
        #expect(outcome.code == 3 && FaultCode.calibrationEmpty.exitCode == .input, "\(outcome.errors)")
        #expect(outcome.errors.contains("holds no line to calibrate with"), "\(outcome.errors)")
    }
}
