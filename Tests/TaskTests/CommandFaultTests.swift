import AlbitCommands
import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers
import CPlatform
import Foundation
import TestData
import Testing

/// What commands refuse, each with its code.
@Suite struct CommandFaultTests {
    private let output = Output(descriptor: -1)

    private func model(_ path: String, hasTokenizer: Bool = true) throws -> Model {
        let model = try ZooTasks(path).tasks.model
        return hasTokenizer ? model : model.with(tokenizer: nil)
    }

    private var options: TaskOptions { TaskOptions(run: RunOptions(json: true, threads: 1)) }

    @Test func valuesOfOptions() throws {
        let masked = try model("safetensors/base-pretraining")
        #expect(
            fault { try FillCommand(options: options, top: 0).run(masked, texts: ["a"], output: output) }
                .isA(.optionValue, "--top is 0"))
        #expect(fault { try TokenList.parse("1 two", option: "--ids") }.isA(.optionValue, "'two'"))
        #expect(fault { try RunOptions(threads: 1025).session(masked.weights) }.isA(.optionValue, "1025"))
    }

    @Test func textsAsked() throws {
        var strict = options
        strict.strict = true
        let masked = try model("safetensors/base-pretraining")
        #expect(
            fault {
                try FillCommand(options: strict).run(masked, texts: ["no mask"], output: Output(descriptor: sink()))
            }
            .isA(.textWithoutMask, "1"))
        let long = String(repeating: "A text. ", count: SentenceRanking.maxSentences + 1)
        #expect(
            fault { try SummarizeCommand(options: options).run(masked, texts: [long], output: output) }
                .isA(.textTooManySentences, "\(SentenceRanking.maxSentences)"))
        let silent = try model("safetensors/base-model", hasTokenizer: false)
        #expect(
            fault {
                try EncodeCommand(run: RunOptions(), full: false).run(silent, texts: ["a"], output: output)
            }.isA(.modelNoTokenizer))
    }

    /// A line cannot hold the choices: the model refuses each, and never answers with a vector.
    @Test func linesForAModelThatChooses() throws {
        let folder = try TestData.temporaryDirectory()
        try Data("a text\n{\"text\": \"a\", \"pair\": \"b\"}\n".utf8).write(to: URL(filePath: folder + "/lines"))
        let answers = open(folder + "/answers", O_WRONLY | O_CREAT, 0o600)
        try ServeLinesCommand(options: options).run(
            model("safetensors/base-mc"), descriptor: open(folder + "/lines", O_RDONLY),
            output: Output(descriptor: answers))
        let lines = try String(contentsOfFile: folder + "/answers", encoding: .utf8).split(separator: "\n")
        #expect(
            lines.count == 2
                && lines.allSatisfy { $0.hasPrefix(#"{"error": "the model chooses"#) && $0.contains("'choose'") })
        #expect(FaultCode.requestNoChoices.exitCode == .input)
    }

    /// A question has no answer without its context.
    @Test func linesWithoutTheirPair() throws {
        let folder = try TestData.temporaryDirectory()
        try Data("{\"text\": \"why\"}\n".utf8).write(to: URL(filePath: folder + "/lines"))
        let answers = open(folder + "/answers", O_WRONLY | O_CREAT, 0o600)
        try ServeLinesCommand(options: options).run(
            model("safetensors/base-qa"), descriptor: open(folder + "/lines", O_RDONLY),
            output: Output(descriptor: answers))
        let line = try String(contentsOfFile: folder + "/answers", encoding: .utf8)
        #expect(line.hasPrefix(#"{"error": "a question needs its context"#), "\(line)")
        #expect(FaultCode.requestNoPair.exitCode == .input)
    }

    @Test func inputsWithoutEnd() {
        #expect(
            fault { try SummarizeCommand.read(descriptor: open("/dev/zero", O_RDONLY), limit: 5 << 20) }
                .isA(.inputTooLong, "5 MB"))
    }

    /// A vocabulary without [MASK] has nothing to fill.
    @Test func noMask() throws {
        let text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n"
        let tables = try TokenizerReader.read(Array(text.utf8), path: "vocab.txt")
        let masked = try model("safetensors/base-pretraining").with(tokenizer: Tokenizer(tables))
        #expect(
            fault { try FillCommand(options: options).run(masked, texts: ["a [MASK]"], output: output) }
                .isA(.taskNoMaskToken))
    }

    @Test func threadsThatNoSystemStarts() {
        #expect(fault { try ThreadPool(count: 1025) }.isA(.runtimeNoThreads, "1025"))
    }

    /// A directory is to be made where a file is.
    @Test func outputThatIsAFile() throws {
        let path = try TestData.temporaryDirectory() + "/model"
        try Data().write(to: URL(filePath: path))
        let conversion = Conversion(to: path, weights: .f32, source: ImportOptions(), overwrite: true)
        #expect(
            fault { try conversion.run(Zoo.directory + "/safetensors/base-model", observer: MakingObserver()) }
                .isA(.outputNotDirectory, path))
        #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
    }

    /// A tokenizer that has more pieces than the model has embeddings belongs to another one.
    @Test func anotherModelsTokenizer() throws {
        let model = try model("safetensors/base-model")
        let tables = try TokenizerReader.read(TestData.bytes("tokenizer/vocab.txt"), path: "vocab.txt")
        let other = model.with(tokenizer: Tokenizer(tables))
        #expect(
            fault { try EmbedCommand(options: options).run(other, texts: ["a"], output: output) }
                .isA(.tokenizerOtherModel, "\(tables.count)", "\(model.weights.configuration.vocabSize)"))
    }

    /// A descriptor that takes everything.
    private func sink() -> Int32 { open("/dev/null", O_WRONLY) }

    @Test func outputs() throws {
        #expect(
            fault {
                let full = Output(descriptor: open("/dev/full", O_WRONLY))
                try full.line("a")
                try full.flush()
            }.isA(.outputWriteFailed))
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        platform_quiet_pipes()
        #expect(
            fault {
                let closed = Output(descriptor: ends[1])
                try closed.line("a")
                try closed.flush()
            }.isA(.outputClosed))
        close(ends[1])
        #expect(
            fault { try OutputFile(path: "/nowhere/at/all", overwrite: false) }.isA(
                .outputCannotCreate, "/nowhere/at/all"))
        #expect(FaultCode.outputClosed.exitCode == .machine && FaultCode.outputExists.exitCode == .usage)
    }

    /// A file of the zoo's base model, with bytes changed that stand behind `text`.
    private func quantized(_ change: (inout [UInt8]) throws -> Void = { _ in }) throws -> String {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        let source = try Importer.open(path: Zoo.directory + "/safetensors/base-model")
        var request = QuantizationRequest()
        request.preset = .plain
        try Quantizer(source: source, request: request).write(to: path, overwrite: true).finish()
        var bytes = try TestData.bytes(atPath: path)
        try change(&bytes)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @Test func selfTests() throws {
        let command = SelfTestCommand(run: RunOptions(threads: 1))
        #expect(fault { try command.run(model("safetensors/base-model"), output: output) }.isA(.selfTestNotAlbit))
        let path = try quantized { bytes in bytes[bytes.count - 200] ^= 1 }
        #expect(fault { try command.run(Model(path: path), output: output) }.isA(.selfTestWrongChecksum, path))
        let other = try quantized { bytes in
            let key = Array("albit.selftest.digest".utf8)
            let place = try #require(
                (0..<(bytes.count - key.count)).first { Array(bytes[$0..<($0 + key.count)]) == key })
            // Behind the type and the length: one digit of the digest.
            let digit = place + key.count + 12
            bytes[digit] = bytes[digit] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        }
        #expect(fault { try command.run(Model(path: other), output: output) }.isA(.selfTestOtherDigest, other))
        #expect(FaultCode.selfTestOtherDigest.exitCode == .check)
        #expect(fault { try VectorIndex(path: quantized(), source: "") }.isA(.indexNotAnIndex))
    }

    @Test func calibrationNeedsSequences() throws {
        let source = try Importer.open(path: Zoo.directory + "/safetensors/base-model")
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        #expect(
            fault { try Quantizer(source: source, request: QuantizationRequest()).write(to: path, overwrite: true) }
                .isA(.quantizerEmptyCalibration))
        #expect(fault { try source.values(of: .weight(.answer)) }.isA(.importNoSuchParameter, "'qa_outputs.weight'"))
        #expect(fault { try source.values(.wordEmbeddings, count: 1 << 20) }.isA(.importRangeOutside))
    }

    /// A source that lacks one parameter.
    private final class Lacking: ParameterSource {
        let source: AlbertSource
        let missing: Parameter
        init(_ source: AlbertSource, _ missing: Parameter) { (self.source, self.missing) = (source, missing) }
        var configuration: Configuration { source.configuration }
        func shape(of parameter: Parameter) -> [Int]? { parameter == missing ? nil : source.shape(of: parameter) }
        func read(
            _ parameter: Parameter, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
        ) throws(Fault) {
            try source.read(parameter, elements: range, into: buffer)
        }
    }

    @Test func aMissingParameterIsNamed() throws {
        let source = Lacking(try Importer.open(path: Zoo.directory + "/safetensors/base-model"), .wordEmbeddings)
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        var request = QuantizationRequest()
        request.preset = .plain
        #expect(
            fault { try Quantizer(source: source, request: request).write(to: path, overwrite: true) }
                .isA(.quantizerMissingParameter, "embeddings.word_embeddings.weight"))
    }
}
