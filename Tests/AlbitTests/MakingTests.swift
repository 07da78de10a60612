import Albit
import Foundation
import Synchronization
import TestData
import Testing

/// Models are made, compared and given up by the library as by the commands, which the examples hold to golden text.
@Suite struct MakingTests {
    static let sample = AlbertTests.sample

    /// The first lines of the sample's data, which has a label for each text.
    private static func data(lines: Int) throws -> String {
        let text = try String(contentsOfFile: sample + "/eval.tsv", encoding: .utf8)
        let path = try TestData.temporaryDirectory() + "/eval.tsv"
        let part = text.split(separator: "\n").prefix(lines + 1).joined(separator: "\n") + "\n"
        try Data(part.utf8).write(to: URL(filePath: path))
        return path
    }

    private func code(_ body: () throws -> Void) -> AlbertError.Code? {
        #expect(throws: AlbertError.self) { try body() }?.code
    }

    @Test func whatIsMadeAnswersAndIsCloseToItsSource() throws {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        let phases = Mutex<[Albert.Progress]>([])
        let made = try Albert.quantize(Self.sample, to: path) { step in phases.withLock { $0.append(step) } }
        let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(made.path == path && made.fileBytes == size && made.raisedSites == 0)
        #expect(made.calibration.hasSuffix("sentences of the tool's own"))
        // Each step of a phase comes once and in order.
        let steps = phases.withLock { $0 }
        #expect(steps.contains { $0.phase.hasPrefix("quantizing, layer 1 of 1: rounding") })
        #expect(steps.contains { $0.phase == "measuring" && $0.done == $0.total })
        #expect(steps.allSatisfy { 0 <= $0.done && $0.done <= $0.total })

        let model = try Albert(contentsOf: path)
        #expect(model.isQuantized && model.labels == ["NEGATIVE", "POSITIVE"])
        #expect(try model.classify("a charming and often affecting journey").label == "POSITIVE")

        var options = Albert.VerifyOptions()
        (options.maxDrop, options.minAgreement, options.maxError) = (0, 100, 0)
        let data = try Self.data(lines: 60)
        let comparison = try Albert.verify(Self.sample, path, data: data, options: options)
        #expect(comparison.examples == 60 && comparison.tokens > 600)
        #expect(comparison.metrics.first?.name == "accuracy" && comparison.metrics.first?.drop == 0)
        #expect(comparison.agreement == 100 && comparison.flips == 0)
        // 0.0079 on all of the data (README of the sample); these are fewer.
        #expect(comparison.hiddenError > 0 && comparison.hiddenError < 0.012)
        #expect(try abs(#require(made.hiddenError) - comparison.hiddenError) < 0.006)
        // 8 bits are not floats: only that limit is broken.
        #expect(
            comparison.violations.count == 1 && comparison.violations[0].hasPrefix("the hidden state's relative error"))
        let json = try #require(JSONSerialization.jsonObject(with: Data(comparison.json.utf8)) as? [String: Any])
        #expect(json["examples"] as? Int == 60 && comparison.text.contains("accuracy"))

        // A file that is there already stays as it is.
        #expect(code { _ = try Albert.quantize(Self.sample, to: path) } == .invalidArgument)
        let same = try Albert.verify(path, path, data: data)
        #expect(same.hiddenError == 0 && same.violations.isEmpty)
    }

    @Test func aCancelledTaskLeavesNoFile() async throws {
        let folder = try TestData.temporaryDirectory()
        // Every step but the last few is a place to stop at: the first, one amid calibration, one amid measuring.
        for phase in ["quantizing, measuring means", "quantizing, layer 1 of 1: rounding", "measuring"] {
            let seen = Mutex(0)
            let outcome = await Task {
                _ = try Albert.quantize(Self.sample, to: folder + "/model.gguf") { step in
                    if step.phase == phase {
                        seen.withLock { $0 += 1 }
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                }
            }.result
            #expect(throws: AlbertError.self) { try outcome.get() }
            if case .failure(let error) = outcome { #expect((error as? AlbertError)?.code == .cancelled, "\(phase)") }
            #expect(seen.withLock { $0 } == 1, "\(phase): nothing is computed any more")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
        let data = try Self.data(lines: 60)
        let outcome = await Task {
            _ = try Albert.verify(Self.sample, Self.sample, data: data) { _ in withUnsafeCurrentTask { $0?.cancel() } }
        }.result
        if case .failure(let error) = outcome { #expect((error as? AlbertError)?.code == .cancelled) }
        #expect(throws: AlbertError.self) { try outcome.get() }
    }

    @Test func whatCannotBeMadeIsRefused() throws {
        let folder = try TestData.temporaryDirectory()
        let data = try Self.data(lines: 8)
        func refused(_ change: (inout Albert.QuantizeOptions) -> Void) -> AlbertError.Code? {
            var options = Albert.QuantizeOptions()
            change(&options)
            return code { _ = try Albert.quantize(Self.sample, to: folder + "/model.gguf", options: options) }
        }
        #expect(refused { $0.maxError = -1 } == .invalidArgument)
        #expect(refused { $0.maxDrop = .nan } == .invalidArgument)
        #expect(refused { $0.maxDrop = 1 } == .invalidArgument)
        #expect(refused { ($0.preset, $0.maxError) = (.plain, 0.01) } == .invalidArgument)
        #expect(refused { $0.source.maxLength = 8 } == .invalidArgument)
        #expect(refused { $0.source.strict = true } == .invalidArgument)
        #expect(refused { $0.source.threads = -1 } == .invalidArgument)
        #expect(refused { $0.source.kernel = "abacus" } == .invalidArgument)
        #expect(refused { $0.source.task = "singing" } == .invalidArgument)
        let empty = folder + "/empty"
        try Data().write(to: URL(filePath: empty))
        #expect(refused { $0.calibrate = empty } == .unreadableData)
        #expect(refused { ($0.maxError, $0.data) = (0.01, empty) } == .unreadableData)
        // No precision makes floats of integers.
        #expect(refused { ($0.preset, $0.maxError, $0.data) = (.plain, 0, data) } == .limitNotKept)
        #expect(code { _ = try Albert.quantize("/nowhere", to: folder + "/model.gguf") } == .unreadableModel)
        #expect(code { _ = try Albert.verify(Self.sample, Self.sample, data: empty) } == .unreadableData)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["empty"])
    }
}
