import Albit
import Foundation
import TestData
import Testing

/// Every code of `AlbertError`, by the calls that lead to it.
@Suite struct AlbertErrorTests {
    private func code(_ body: () throws -> Void) -> AlbertError.Code? {
        let error = #expect(throws: AlbertError.self) { try body() }
        #expect(error?.message.isEmpty == false && error?.description == error?.message)
        return error?.code
    }

    @Test func unreadableModel() throws {
        #expect(code { _ = try Albert(contentsOf: "/nowhere") } == .unreadableModel)
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        try Data("GGUF but not really".utf8).write(to: URL(filePath: path))
        #expect(code { _ = try Albert(contentsOf: path) } == .unreadableModel)
        #expect(
            code {
                _ = try AlbertTests.zoo("safetensors/base-qa") { $0.tokenizer = AlbertTests.sample + "/spiece.model" }
            } == .unreadableModel)
    }

    @Test func missingHead() throws {
        let model = try AlbertTests.zoo("safetensors/base-qa")
        #expect(code { _ = try model.classify("a") } == .missingHead)
        #expect(code { _ = try model.fillMask("[MASK]") } == .missingHead)
        #expect(code { _ = try model.choose("a", among: ["b"]) } == .missingHead)
        #expect(code { _ = try model.probability(that: "a", follows: "b") } == .missingHead)
        #expect(code { _ = try model.embed("a", pooling: .pooler) } == .missingHead)
        #expect(code { _ = try AlbertTests.zoo("safetensors/base-mc").answer("a", in: "b") } == .missingHead)
    }

    @Test func missingTokenizer() throws {
        let model = try AlbertTests.zoo("safetensors/base-qa") { $0.tokenizer = nil }
        #expect(code { _ = try model.tokenize("a") } == .missingTokenizer)
    }

    @Test func textTooLong() throws {
        let model = try AlbertTests.zoo("torch/hf441_base-seqcls") { ($0.maxLength, $0.strict) = (8, true) }
        let long = String(repeating: "word ", count: 50)
        #expect(code { _ = try model.classify(long) } == .textTooLong)
        // Sessions are used again; the count of texts begins anew with every call.
        let error = #expect(throws: AlbertError.self) { try model.classify(["a", long]) }
        #expect(error?.message.hasPrefix("text 2 is ") == true)
        let cutting = try AlbertTests.zoo("torch/hf441_base-seqcls") { $0.maxLength = 8 }
        #expect(try cutting.tokenize(long).count == 8)
    }

    @Test func invalidArgument() throws {
        let model = try AlbertTests.zoo("safetensors/base-mc")
        #expect(code { _ = try model.choose("a", among: []) } == .invalidArgument)
        #expect(code { _ = try model.match("a", among: ["b"], top: 0) } == .invalidArgument)
        #expect(code { _ = try model.fillMask("a", top: 0) } == .invalidArgument)
        #expect(code { _ = try model.answer("a", in: "b", top: -1) } == .invalidArgument)
        #expect(code { _ = try model.summarize("a", sentences: 0) } == .invalidArgument)
        #expect(code { _ = try model.summarize(String(repeating: "So. ", count: 5000)) } == .invalidArgument)
        for change in [
            { $0.threads = 2000 }, { $0.threads = -1 }, { $0.kernel = "abacus" }, { $0.maxLength = 0 },
            { $0.task = "singing" },
        ] as [(inout Albert.Options) -> Void] {
            #expect(code { _ = try AlbertTests.zoo("safetensors/base-mc", change) } == .invalidArgument)
        }
        #expect(code { _ = try AlbertTests.zoo("safetensors/base-mc") { $0.maxLength = 1 }.classify("a") } != nil)
    }

    @Test func codesHaveNames() {
        #expect(
            AlbertError.Code.missingHead.description == "missingHead"
                && AlbertError.Code.machine.description == "machine")
    }
}
