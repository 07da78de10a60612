import AlbitModel
import AlbitRuntime
import TestData
import Testing

/// Files that earlier versions made (`Tests/Data/old-formats.tar.xz`) are read and give what they gave: each holds ids,
/// and the digest of the hidden state that the program which made it computed. `format-N` is of format N; the BERT has
/// two planes of every input.
struct OldFormatTests {
    @Test(arguments: [("format-1", 1), ("format-1-bert", 1), ("format-2", 2), ("format-3", 3)])
    func theSameAnswers(_ name: String, _ format: Int) throws {
        let file = try ModelFile(path: OldFormats.directory + "/" + name + ".gguf")
        #expect(try file.gguf.integer("albit.format_version") == format)
        let ids = try #require(try file.gguf.integers("albit.selftest.ids"))
        let digest = try #require(try file.gguf.string("albit.selftest.digest"))
        let weights = try EncoderWeights(file)
        for kernel in Kernel.available {
            let session = try Session(weights: weights, kernel: kernel)
            #expect(try session.encode([EncoderInput(ids: ids.map { Int32($0) })])[0].digest == digest)
        }
    }
}
