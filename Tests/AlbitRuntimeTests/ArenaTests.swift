import AlbitImporters
import AlbitModel
import AlbitQuantizer
import Foundation
import TestData
import Testing

@testable import AlbitRuntime

struct ArenaTests {
    private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("samples/albert-tiny-sst2").path

    private static func weights(_ preset: Preset) throws -> EncoderWeights {
        let source = try Importer.open(path: Self.sample, options: ImportOptions())
        var request = QuantizationRequest()
        request.preset = preset
        request.card = source.card
        request.calibration = [EncoderInput(ids: (0..<24).map { Int32($0 * 37 + 5) })]
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf")
        defer { try? FileManager.default.removeItem(at: url) }
        try Quantizer(source: source, request: request).write(to: url.path, overwrite: false).finish()
        return try EncoderWeights(ModelFile(path: url.path))
    }

    /// What a pass writes to: arrays from cache lines of their own, none in another, and the block ends with the last.
    @Test func nothingOverlaps() throws {
        let plain = try Self.weights(.plain)
        let all = [
            plain, try Self.weights(.accurate),
            EncoderWeights(plain, precision: PrecisionMap(.twoByTwo, layers: plain.precision.layers)),
            try EncoderWeights(Importer.open(path: Self.sample, options: ImportOptions())),
        ]
        for weights in all {
            for (rows, length, threads) in [(1, 1, 1), (7, 5, 2), (128, 128, 1), (1000, 512, 4)] {
                for traced in [false, true] {
                    let widths = ArenaWidths(weights: weights, rows: rows, length: length)
                    let plan = ArenaLayout(widths, rows: rows, threads: threads, traced: traced).plan
                    var end = 0
                    for range in plan.ranges {
                        #expect(range.lowerBound % 64 == 0 && range.lowerBound >= end && range.lowerBound < end + 64)
                        end = range.upperBound
                    }
                    #expect(plan.byteCount >= end && plan.byteCount < end + 64)
                }
            }
        }
    }

    /// The arrays of the arena are those of the plan, and hold what is said of them.
    @Test func arraysAreAsLongAsTheirRows() throws {
        let weights = try Self.weights(.accurate)
        let (rows, length, threads) = (70, 33, 3)
        let arena = try Arena(weights: weights, rows: rows, length: length, threads: threads, traced: true)
        let h = weights.configuration.hiddenSize
        #expect(arena.hiddenStride >= h && arena.context - arena.hidden >= rows * arena.hiddenStride)
        #expect(arena.qkvRows.planes == 2 && arena.qkvRows.capacity == Int32(rows) && arena.qkvRows.stride >= h)
        let values = UnsafeRawPointer(arena.qkvRows.values!)
        #expect(UnsafeRawPointer(arena.qkvRows.scale!) - values >= 2 * rows * arena.qkvRows.stride)
        #expect(UnsafeRawPointer(arena.qkvRows.zero!) - UnsafeRawPointer(arena.qkvRows.scale!) >= 4 * rows)
        for thread in 0..<threads {
            let workspace = arena.workspaces[thread]
            #expect(workspace.activatedStride >= weights.configuration.intermediateSize && workspace.resultStride >= h)
            #expect(workspace.result - workspace.activated >= arena.blockRows * workspace.activatedStride)
            #expect(workspace.embedded - workspace.result >= arena.blockRows * workspace.resultStride)
            #expect(workspace.secondQKV == nil && workspace.secondResult == nil)
        }
    }
}
