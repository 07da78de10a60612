import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// An int8 file of the zoo's base model with one thing changed at a time: each key taken away, given another type or
/// another value, each tensor taken away. The reader says what is wrong, and never guesses.
@Suite struct HostileModelFileTests {
    /// A valid file, made once.
    private static let bytes = made(bits: 8)
    /// The same with word rows of 5 bits.
    private static let packed = made(bits: 5)

    private static func made(bits: Int) -> [UInt8] {
        guard let path = try? TestData.temporaryDirectory() + "/model.gguf",
            let source = try? Importer.open(path: Zoo.directory + "/safetensors/base-pretraining")
        else { return [] }
        var request = QuantizationRequest()
        request.preset = .plain
        request.embeddingBits = bits
        request.card = source.card
        guard (try? Quantizer(source: source, request: request).write(to: path, overwrite: true).finish()) != nil else {
            return []
        }
        return (try? TestData.bytes(atPath: path)) ?? []
    }

    /// Opens the bytes as a model and reads all weights; the code of the error, nil where there is none.
    private func refusal(_ bytes: [UInt8]) throws -> FaultCode? {
        let path = try TestData.temporaryDirectory() + "/hostile.gguf"
        try Data(bytes).write(to: URL(filePath: path))
        do throws(Fault) {
            _ = try EncoderWeights(ModelFile(path: path))
            return nil
        } catch {
            #expect(error.description.contains("hostile.gguf"))
            #expect(error.description.utf8.count > path.utf8.count + 10)
            return error.code
        }
    }

    /// Where the text first stands behind its own 64-bit length.
    private func place(_ text: String, in bytes: [UInt8] = HostileModelFileTests.bytes) throws -> Int {
        let wanted = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) } + Array(text.utf8)
        return try #require(
            (0..<(bytes.count - wanted.count)).first {
                bytes[$0] == wanted[0] && Array(bytes[$0..<($0 + wanted.count)]) == wanted
            }) + 8
    }

    /// The file with the last letter of a key or tensor changed: it is not there any more.
    private func without(_ name: String) throws -> [UInt8] {
        var bytes = HostileModelFileTests.bytes
        bytes[try place(name) + name.utf8.count - 1] = UInt8(ascii: "~")
        return bytes
    }

    /// The file with other bytes at the value of a key, which begins behind its type.
    private func with(_ key: String, at offset: Int = 0, _ value: [UInt8]) throws -> [UInt8] {
        var bytes = HostileModelFileTests.bytes
        let start = try place(key) + key.utf8.count + 4 + offset
        bytes.replaceSubrange(start..<(start + value.count), with: value)
        return bytes
    }

    private func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    @Test func theUnchangedFileIsRead() throws { #expect(try refusal(HostileModelFileTests.bytes) == nil) }

    @Test(arguments: [
        "general.architecture", "albert.vocab_size", "albert.context_length", "albert.embedding_length",
        "albert.block_count",
        "albert.feed_forward_length", "albert.attention.head_count", "albert.attention.layer_norm_epsilon",
        "albit.embedding_size",
        "albit.group_count", "albit.inner_group_count", "albit.hidden_act", "albit.type_vocab_size", "albit.weights",
        "albit.linear.rows", "albit.linear.columns", "albit.linear.block", "albit.linear.planes",
    ]) func keyTakenAway(_ key: String) throws { #expect(try refusal(without(key)) == .modelMissingKey) }

    @Test func formatVersionTakenAway() throws {
        #expect(try refusal(without("albit.format_version")) == .modelNotAlbit)
    }

    @Test(arguments: [
        "token_embd.weight", "token_embd.scale", "position_embd.weight", "token_types.weight", "token_embd_norm.weight",
        "embd_projection.weight",
        "embd_projection.bias", "blk.0.attn_qkv.weight", "blk.0.attn_qkv.scale", "blk.0.attn_output.weight",
        "blk.0.attn_output_norm.bias",
        "blk.0.ffn_up.weight", "blk.0.ffn_down.bias", "blk.0.layer_output_norm.weight", "head.prediction.weight",
        "head.prediction_norm.weight",
        "head.prediction_bias",
    ]) func tensorTakenAway(_ tensor: String) throws { #expect(try refusal(without(tensor)) == .modelMissingTensor) }

    @Test func valuesOutOfRange() throws {
        let cases: [(key: String, value: UInt32, expected: FaultCode)] = [
            ("albert.vocab_size", 0, .modelBadConfiguration), ("albert.vocab_size", .max, .modelBadConfiguration),
            ("albert.vocab_size", 999, .modelWrongTensor), ("albert.context_length", 0, .modelBadConfiguration),
            ("albert.context_length", 65, .modelWrongTensor), ("albert.embedding_length", 0, .modelBadConfiguration),
            ("albert.embedding_length", 1 << 20, .modelBadConfiguration),
            ("albert.embedding_length", 47, .modelBadConfiguration),
            ("albert.block_count", 0, .modelBadConfiguration), ("albert.block_count", 1025, .modelBadConfiguration),
            ("albert.attention.head_count", 0, .modelBadConfiguration),
            ("albert.attention.head_count", 5, .modelBadConfiguration),
            ("albert.attention.layer_norm_epsilon", Float.nan.bitPattern, .modelBadConfiguration),
            ("albert.attention.layer_norm_epsilon", Float(-1).bitPattern, .modelBadConfiguration),
            ("albit.group_count", 0, .modelBadConfiguration),
            ("albit.group_count", 99, .modelBadConfiguration), ("albit.inner_group_count", 65, .modelBadConfiguration),
            ("albit.type_vocab_size", 5000, .modelBadConfiguration), ("albit.format_version", 0, .modelNewerFormat),
            ("albit.format_version", 7, .modelNewerFormat), ("albit.attention.weight_planes", 3, .modelBadValue),
            ("general.alignment", 48, .modelBadAlignment),
        ]
        for (key, value, expected) in cases {
            #expect(try refusal(with(key, word(value))) == expected, "\(key) = \(value)")
        }
    }

    @Test func anotherType() throws {
        // A float (6) in place of an unsigned number (4), and the other way round.
        for key in ["albert.vocab_size", "albert.block_count", "albit.embedding_size", "albit.format_version"] {
            #expect(try refusal(with(key, at: -4, word(6))) == .modelWrongKeyType, "\(key)")
        }
        #expect(try refusal(with("albert.attention.layer_norm_epsilon", at: -4, word(4))) == .modelWrongKeyType)
        #expect(try refusal(with("albit.linear.rows", at: -4, word(77))) == .modelUnknownValueType)
        #expect(try refusal(with("albit.linear.rows", word(9))) == .modelNestedArray)
        #expect(try refusal(with("albit.linear.rows", at: 4, word(.max) + word(.max))) == .modelTruncated)
        #expect(try refusal(with("albit.linear.rows", at: 12, word(0))) == .modelBadValue)
        #expect(try refusal(with("albit.linear.columns", at: 12, word(20_000))) == .modelBadValue)
        #expect(try refusal(with("albit.linear.block", at: 12, word(3))) == .modelBadValue)
        #expect(try refusal(with("albit.precision", at: 12, [9])) == .modelBadValue)
        #expect(try refusal(with("albit.weights", at: 8, Array("int7".utf8))) == .modelBadValue)
        #expect(try refusal(with("general.architecture", at: 8, Array("elbert".utf8))) == .modelOtherArchitecture)
        #expect(try refusal(with("albit.hidden_act", at: 8, Array("gelu_old".utf8))) == .modelBadConfiguration)
    }

    @Test func damagedNumbers() throws {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        try Data(HostileModelFileTests.bytes).write(to: URL(filePath: path))
        let gguf = try GGUF(file: MappedFile(path: path))
        for name in [
            "token_embd.scale", "token_embd_norm.weight", "blk.0.ffn_up.scale", "blk.0.attn_output.bias",
            "head.prediction_bias",
        ] {
            let tensor = try #require(gguf.tensor(name))
            for value in [Float.nan, .infinity, -.infinity] {
                var bytes = HostileModelFileTests.bytes
                bytes.replaceSubrange(tensor.fileOffset..<(tensor.fileOffset + 4), with: word(value.bitPattern))
                #expect(try refusal(bytes) == .modelNotFinite, "\(name) = \(value)")
            }
        }
    }

    /// Cut anywhere, the file is refused: no tensor may lack its end. The padding behind the last one, below 64 bytes,
    /// is nobody's.
    @Test func cutShort() throws {
        let whole = HostileModelFileTests.bytes
        for cut in stride(from: 64, to: whole.count, by: max(1, whole.count / 37)) {
            #expect(try refusal(Array(whole[..<(whole.count - cut)])) != nil, "\(cut) bytes less")
        }
    }

    /// Word rows of fewer bits: another number of them, rows of another length, scales that are none.
    @Test func packedRows() throws {
        let bytes = Self.packed
        #expect(try refusal(bytes) == nil)
        let key = "albit.embeddings.bits"
        let value = try place(key, in: bytes) + key.utf8.count + 4
        func changed(_ bits: UInt32) -> [UInt8] {
            var changed = bytes
            changed.replaceSubrange(value..<(value + 4), with: word(bits))
            return changed
        }
        for bits: UInt32 in [0, 3, 7, 8, 64, .max] { #expect(try refusal(changed(bits)) == .modelBadValue, "\(bits)") }
        for bits: UInt32 in [4, 6] { #expect(try refusal(changed(bits)) == .modelWrongTensor, "\(bits)") }
        var unsaid = bytes
        unsaid[value - 5] = UInt8(ascii: "~")
        #expect(try refusal(unsaid) == .modelWrongTensor, "rows of a byte a value are longer")
        let path = try TestData.temporaryDirectory() + "/packed.gguf"
        try Data(bytes).write(to: URL(filePath: path))
        let file = try ModelFile(path: path)
        let scale = try #require(file.gguf.tensor("token_embd.scale"))
        for pattern in [Float.nan, .infinity] {
            var broken = bytes
            broken.replaceSubrange(scale.fileOffset..<(scale.fileOffset + 4), with: word(pattern.bitPattern))
            #expect(try refusal(broken) == .modelNotFinite)
        }
    }
}
