import Foundation
import TestData
import Testing

/// Weights that are finite, but so large that what is computed with them is not: a message or finite answers, never a
/// trap, whatever the preset.
struct HugeWeightsTests {
    private static let folders =
        ((try? FileManager.default.contentsOfDirectory(atPath: CheckpointCases.directory + "/huge")) ?? []).sorted()

    @Test func allAreThere() { #expect(Self.folders.count == 6) }

    @Test(
        arguments: folders,
        [
            ["--preset", "plain"], [], ["--preset", "accurate"], ["--max-error", "0.01"], ["--embeddings", "5"],
        ])
    func endInAMessage(folder: String, options: [String]) throws {
        let path = try TestData.temporaryDirectory() + "/m.gguf"
        let source = CheckpointCases.directory + "/huge/" + folder
        let made = try BuiltProgram.desktop.run(["quantize", source, "-o", path] + options)
        // 1: the precision that was asked for is out of reach.
        #expect([0, 1, 3].contains(made.code), "\(folder) \(options): \(made.code) \(made.errors)")
        #expect((made.code == 0) == FileManager.default.fileExists(atPath: path))
        #expect(made.code == 0 || made.errors.contains("albit: "), "\(made.errors)")
        for model in [source] + (made.code == 0 ? [path] : []) {
            let run = try BuiltProgram.desktop.run(["encode", model, "--ids", "2 17 45 3", "--json"])
            #expect(run.code == 0 || run.code == 3, "\(folder) \(options): \(run.code) \(run.errors)")
            #expect(run.code == 0 || run.errors.contains("NaN or Inf"), "\(run.errors)")
        }
    }
}
