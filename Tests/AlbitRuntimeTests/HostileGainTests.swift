import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitText
import Foundation
import TestData
import Testing

/// What format 4 brought: gains, and a bias and shift for each application of a shared layer. Values that no quantizer
/// writes are refused.
@Suite struct HostileGainTests {
    /// The sample, made once.
    private static let bytes: [UInt8] = {
        guard let path = try? TestData.temporaryDirectory() + "/model.gguf",
            let source = try? Importer.open(path: TestData.samples + "/albert-tiny-sst2")
        else { return [] }
        var request = QuantizationRequest()
        request.card = source.card
        request.calibration = [EncoderInput(ids: [2, 10, 200, 3000, 29_999, 3])]
        guard (try? Quantizer(source: source, request: request).write(to: path, overwrite: true).finish()) != nil else {
            return []
        }
        return (try? TestData.bytes(atPath: path)) ?? []
    }()

    private func refusal(_ bytes: [UInt8]) throws -> FaultCode? {
        let path = try TestData.temporaryDirectory() + "/hostile.gguf"
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(Fault) {
            _ = try EncoderWeights(ModelFile(path: path))
            return nil
        } catch {
            return error.code
        }
    }

    /// The file with other bytes at an offset of a tensor.
    private func with(_ tensor: String, at offset: Int = 0, _ value: [UInt8]) throws -> [UInt8] {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        try Data(Self.bytes).write(to: URL(filePath: path))
        let start = try #require(GGUF(file: MappedFile(path: path)).tensor(tensor)).fileOffset + offset
        var bytes = Self.bytes
        bytes.replaceSubrange(start..<(start + value.count), with: value)
        return bytes
    }

    private func half(_ bits: UInt16) -> [UInt8] { [UInt8(bits & 255), UInt8(bits >> 8)] }

    @Test func theFileIsReadAndHasWhatIsDamagedHere() throws {
        #expect(try refusal(Self.bytes) == nil)
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        try Data(Self.bytes).write(to: URL(filePath: path))
        let file = try ModelFile(path: path)
        #expect(try file.gguf.integer("albit.format_version") == 4)
        #expect(file.gguf.tensor("blk.0.ffn_up.bias")?.shape == [1248, 4])
        #expect(file.gguf.tensor("blk.0.ffn_down.shift")?.shape == [1248, 4])
        #expect(file.gguf.tensor("blk.0.attn_qkv.gain")?.shape == [312])
        #expect(file.gguf.tensor("blk.0.attn_output.gain") == nil)
        #expect(file.gguf.tensor("token_types.weight")?.shape == [128, 2])
    }

    @Test func gainsOutOfRange() throws {
        // 0, -0, -1, the next below 1/4, the next above 4, 65504, the least subnormal.
        for bits: UInt16 in [0, 0x8000, 0xBC00, 0x33FF, 0x4401, 0x7BFF, 1] {
            #expect(try refusal(with("blk.0.ffn_down.gain", at: 2 * 1247, half(bits))) == .modelBadValue, "\(bits)")
        }
        // 1/4, 4.
        for bits: UInt16 in [0x3400, 0x4400] {
            #expect(try refusal(with("blk.0.ffn_down.gain", at: 2 * 1247, half(bits))) == nil, "\(bits)")
        }
    }

    @Test(arguments: ["blk.0.attn_qkv.gain", "blk.0.ffn_up.gain", "blk.0.ffn_down.shift"])
    func halvesThatAreNoNumbers(_ tensor: String) throws {
        for bits: UInt16 in [0x7E00, 0x7C00, 0xFC00] {
            #expect(try refusal(with(tensor, at: 2 * 311, half(bits))) == .modelNotFinite)
        }
    }

    /// In the last application too.
    @Test func biasesThatAreNoNumbers() throws {
        for value in [Float.nan, .infinity] {
            let bytes = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            #expect(try refusal(with("blk.0.ffn_up.bias", at: 4 * (4 * 1248 - 1), bytes)) == .modelNotFinite)
            #expect(try refusal(with("token_types.weight", at: 4 * 255, bytes)) == .modelNotFinite)
        }
    }

    /// More or fewer applications than there are biases.
    @Test func anotherNumberOfLayers() throws {
        let key = Array("albert.block_count".utf8)
        let place = try #require(Self.bytes.firstRange(of: key)).upperBound + 4
        for count: UInt8 in [3, 5] {
            var bytes = Self.bytes
            bytes[place] = count
            // The precision map, which has a byte for each layer and site, notices first.
            let code = try refusal(bytes)
            #expect(code == .modelBadValue || code == .modelWrongTensor)
        }
    }

    /// Gains are no part of an input that is not rotated.
    @Test func gainsWithoutRotation() throws {
        let key = Array("albit.linear.block".utf8)
        let place = try #require(Self.bytes.firstRange(of: key)).upperBound
        // Type, element type and count of the array; the projection comes first, then queries, keys and values.
        let value = place + 16 + 4
        #expect(Array(Self.bytes[value..<(value + 4)]) == [64, 0, 0, 0])
        var bytes = Self.bytes
        bytes[value] = 0
        #expect(try refusal(bytes) == .modelWrongTensor)
    }
}
