import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import Foundation
import TestData
import Testing

/// `sentence-golden.npz` and `cross-golden.npz`: what `Scripts/golden-outputs.py` wrote of two models of
/// `sentences.tar.xz` (transformers 5.24, sentence-transformers 6.2).
@Suite struct GoldenProofTests {
    private static func golden(_ name: String) throws -> NumpyArchive {
        try NumpyArchive(path: URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).path)
    }

    private static func proof(
        _ model: String, _ golden: String, _ change: (Model) throws -> Model = { $0 }
    ) throws -> GoldenProof {
        try GoldenProof.run(
            change(Model(opening: SentenceZoo.directory + "/" + model)), golden: Self.golden(golden), kernel: .best,
            threads: 1)
    }

    private static func part(_ proof: GoldenProof, _ name: String) throws -> GoldenProof.Part {
        try #require(proof.parts.first { $0.name.hasPrefix(name) })
    }

    @Test func everythingOfASentenceModelIsProved() throws {
        let proof = try Self.proof("dense-tanh", "sentence-golden.npz")
        #expect(proof.isProved)
        for (name, texts) in [("tokenizer", 25), ("encoder", 25), ("pooled output", 25), ("sentence vectors", 23)] {
            let part = try Self.part(proof, name)
            #expect(part.isProved && part.texts == texts, "\(part)")
        }
        #expect(try Self.part(proof, "head").texts == 0)
        #expect(proof.text.contains("sentence vectors proved: 23 texts, largest relative L2"))
        #expect(
            proof.text.contains("not proved: there is nothing to compare")
                && proof.text.contains("sentence-transformers 6.2.0"))
        #expect(proof.json().contains(#""proved": true"#) && fault { try proof.finish() } == nil)
    }

    @Test func theHeadAndItsScoresAreProved() throws {
        let proof = try Self.proof("cross-identity", "cross-golden.npz")
        #expect(proof.isProved)
        #expect(try Self.part(proof, "head sequence-classification").texts == 25)
        #expect(try Self.part(proof, "scores of pairs").texts == 2)
    }

    /// Each part notices what is wrong with it, and no other does.
    @Test func whatDiffersIsNoticed() throws {
        let pipeline = try Self.proof("dense-tanh", "sentence-golden.npz") {
            var card = $0.card
            card.sentence?.poolings = [.mean]
            return $0.with(card: card)
        }
        #expect(try Self.part(pipeline, "encoder").isProved && Self.part(pipeline, "tokenizer").isProved)
        #expect(try Self.part(pipeline, "sentence vectors").different == 23)
        #expect(fault { try pipeline.finish() }.isA(.verifyNotGolden, "sentence vectors"))
        #expect(fault { try pipeline.finish() }?.code.exitCode == .check)
        // Another vocabulary, and other weights of the same width.
        let lowered = try Self.proof("lowered", "sentence-golden.npz")
        let ids = try Self.part(lowered, "tokenizer")
        #expect(ids.different > 0 && ids.firstDifferent == 0)
        #expect(try Self.part(lowered, "encoder").different == 25)
        #expect(lowered.text.contains("first in text 0"))
        // Another model of the same shape.
        let other = try Self.proof("cross-sigmoid", "cross-golden.npz")
        #expect(try Self.part(other, "scores of pairs").different == 2)
        #expect(fault { try other.finish() }.isA(.verifyNotGolden))
    }

    @Test func filesWithoutTextsAreRefused() throws {
        #expect(try !GoldenProof.isSelfContained(Self.golden("base.npz")))
        #expect(fault { try Self.proof("mean", "base.npz") }.isA(.comparisonNoGolden, "golden-outputs.py"))
        var verification = Verification(reference: SentenceZoo.directory + "/mean", candidate: nil, data: "")
        verification.golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "base.npz").path
        #expect(fault { try verification.proof(MakingObserver()) }.isA(.argumentsMissing, "--data"))
    }
}
