import Foundation
import FuzzTargets
import TestData
import Testing

/// Replays the inputs that fuzzing kept (`Fuzz/Corpus`): finds, and some that came far. All are refused or read, soon.
/// One after the other: the targets that map a file share it.
@Suite(.serialized) struct CorpusTests {
    private static let corpus = URL(filePath: TestData.directory).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Fuzz/Corpus").path

    static func files(_ target: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus + "/" + target)) ?? []
        return names.sorted().map { corpus + "/" + target + "/" + $0 }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func replay(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        for path in CorpusTests.files(name) {
            let start = FuzzTarget.processorSeconds()
            let outcome = target.run(try TestData.bytes(atPath: path))
            if case .strange(let what) = outcome { Issue.record("\(path): \(what)") }
            // The other tests of this process share the clock, so this only catches what hangs.
            #expect(FuzzTarget.processorSeconds() - start < 60, "\(path)")
        }
        // Nothing at all, and a little of everything, go through every target too.
        for bytes in [[], [0], [0xFF], Array("{".utf8), Array(repeating: 0x80, count: 64), Array(0...255)] as [[UInt8]]
        {
            if case .strange(let what) = target.run(bytes) { Issue.record("\(name) of \(bytes.count) bytes: \(what)") }
        }
    }

    /// A directory without a target is never replayed.
    @Test func everyDirectoryHasItsTarget() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: CorpusTests.corpus)
        for name in names where !name.hasPrefix(".") && name != "README.md" {
            #expect(FuzzTarget.named(name) != nil, "\(name)")
        }
    }
}
