import AlbitImporters
import AlbitRuntime
import AlbitTasks
import AlbitText
import Foundation
import TestData
import Testing

@testable import AlbitDrift

/// `base.npz`: the first sequence of the zoo's golden `base` (transformers 5.23), under the names that `--golden`
/// takes.
struct GoldenComparisonTests {
    let golden: NumpyArchive
    let model: Model

    init() throws {
        golden = try NumpyArchive(
            path: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "base.npz").path)
        model = try ComparisonTests.model(Zoo.directory + "/torch/hf441_base-seqcls")
    }

    func run(_ golden: NumpyArchive, _ text: String) throws -> DriftReport {
        try GoldenComparison.run(
            model, golden: golden, data: DataFile(path: DataFileTests.file(text)), kernel: .best, threads: 1)
    }

    /// float32 in another order of sums: some 1e-6 apart. Examples beyond the goldens are not looked at.
    @Test func transformersOutputsAgree() throws {
        let line =
            """
            {"ids": [2, 17, 250, 999, 42, 3, 611, 7, 88, 500, 4, 3], "typeIds": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]}\n
            """
        let report = try run(golden, line + line)
        #expect(report.examples == 1)
        #expect(report.tokens == 12)
        #expect(report.hidden.relativeL2 > 0 && report.hidden.relativeL2 < 1e-5)
        #expect(try #require(report.logits).maxAbs < 1e-4)
    }

    @Test func otherOutputsAreErrors() throws {
        let short = fault { try run(golden, "{\"ids\": [2, 3]}\n") }
        #expect(short.isA(.comparisonOtherGoldenShape, "hidden_0", "576", "96"))
        let unnamed = try NumpyArchive(path: Zoo.directory + "/golden/base.npz")
        let none = fault { try run(unnamed, "{\"ids\": [2, 3]}\n") }
        #expect(none.isA(.comparisonNoGolden))
        let text = fault {
            let bare = model.with(tokenizer: nil)
            let data = try DataFile(path: DataFileTests.file("text\na\n"))
            _ = try GoldenComparison.run(bare, golden: golden, data: data, kernel: .best, threads: 1)
        }
        #expect(text.isA(.dataNeedsTokenizer))
    }
}
