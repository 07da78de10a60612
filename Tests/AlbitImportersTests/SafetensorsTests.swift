import AlbitImporters
import AlbitModel
import AlbitText
import TestData
import Testing

@Suite struct SafetensorsTests {
    /// A file of one header and some data, as bytes.
    private func file(_ header: String, data: Int, length: UInt64? = nil) -> MemoryBytes {
        let text = Array(header.utf8)
        let count = length ?? UInt64(text.count)
        let bytes =
            (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(8 * $0)) } + text
            + [UInt8](repeating: 0, count: data)
        return MemoryBytes(bytes, path: "test")
    }

    private func failure(_ header: String, data: Int = 8, length: UInt64? = nil) -> Fault? {
        do {
            _ = try Safetensors.read(file(header, data: data, length: length))
            return nil
        } catch { return error }
    }

    private func one(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    }

    @Test func readsWhatTheSpecificationAllows() throws {
        let header =
            #"""
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"e":{"dtype":"F32",\#
            "shape":[0,3],"data_offsets":[8,8]}}   
            """#
        let checkpoint = try Safetensors.read(file(header, data: 8))
        #expect(checkpoint.writer == "pt")
        #expect(checkpoint.tensors.map(\.name) == ["a", "e"])
        #expect(checkpoint.tensors.map(\.tensor.shape) == [[2], [0, 3]])
    }

    /// One case of the error for each rule of the format.
    @Test func eachRuleHasItsError() {
        guard failure("{}", data: 0, length: 100).isA(.safetensorsTruncatedHeader) else {
            Issue.record("truncatedHeader")
            return
        }
        guard failure("{}", length: .max).isA(.safetensorsHeaderTooLarge) else {
            Issue.record("headerTooLarge")
            return
        }
        guard failure("nonsense").isA(.jsonUnexpectedCharacter, "the safetensors header") else {
            Issue.record("badHeader")
            return
        }
        guard failure("[]").isA(.safetensorsHeaderNotObject) else {
            Issue.record("headerNotObject")
            return
        }
        guard failure(#"{"__metadata__":{"a":1}}"#).isA(.safetensorsBadMetadata) else {
            Issue.record("badMetadata")
            return
        }
        guard failure(#"{"a":1,"a":2}"#).isA(.safetensorsDuplicateName) else {
            Issue.record("duplicateName")
            return
        }
        guard failure(#"{"a":{"dtype":"F32","shape":[2]}}"#).isA(.safetensorsBadDescription) else {
            Issue.record("badDescription")
            return
        }
        guard failure(one("F33", "[2]", "[0,8]")).isA(.safetensorsUnknownType) else {
            Issue.record("unknownType")
            return
        }
        guard failure(one("F32", "[-1,-2]", "[0,8]")).isA(.safetensorsBadShape) else {
            Issue.record("badShape")
            return
        }
        guard failure(one("F32", "[4294967296,4294967296]", "[0,8]")).isA(.safetensorsBadShape) else {
            Issue.record("overflow")
            return
        }
        guard failure(one("F32", "[2]", "[0,16]")).isA(.safetensorsBadOffsets) else {
            Issue.record("badOffsets")
            return
        }
        guard failure(one("F32", "[2]", "[8,0]")).isA(.safetensorsBadOffsets) else {
            Issue.record("reversed")
            return
        }
        guard failure(one("F32", "[3]", "[0,8]")).isA(.safetensorsSizeMismatch) else {
            Issue.record("sizeMismatch")
            return
        }
        guard failure(one("F32", "[1]", "[4,8]")).isA(.safetensorsHole) else {
            Issue.record("hole")
            return
        }
        let overlap =
            #"""
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
            """#
        guard failure(overlap).isA(.safetensorsOverlap) else {
            Issue.record("overlap")
            return
        }
    }

    @Test func importsEveryRow() throws {
        let rows = Zoo.rows("safetensors") + Zoo.rows.filter { $0.path.hasPrefix("bad/st/header_padded") }
        #expect(rows.count == 19)
        var imported = 0
        for row in rows where row.expected == "import-ok" || row.variant == "bert" {
            do {
                let source = try ZooImport.open(row)
                try source.verify()
                imported += 1
            } catch { Issue.record("\(row): \(error)") }
        }
        print("safetensors: \(imported) imported")
    }

    @Test func refusesADecoderThatIsNotTheWordEmbedding() throws {
        let row = try #require(Zoo.rows.first { $0.path.hasSuffix("untied_decoder.safetensors") })
        guard (ZooImport.refusal(of: row).error).isA(.importUntiedDecoder) else {
            Issue.record("untiedDecoder")
            return
        }
    }

    /// The code that each hostile row has to end with, by folder or file.
    private static let codes: [String: FaultCode] = [
        "cfg_act": .importBadConfiguration, "cfg_eps_neg": .importBadConfiguration,
        "cfg_heads": .importBadConfiguration,
        "cfg_heads_zero": .importBadConfiguration, "cfg_hidden": .importWrongShape,
        "cfg_inner": .importBadConfiguration,
        "cfg_layers_huge": .importBadConfiguration, "cfg_model_type": .importOtherArchitecture,
        "cfg_not_json": .jsonUnexpectedCharacter, "cfg_positions": .importWrongShape,
        "cfg_string": .importBadConfiguration, "missing_pooler": .importNeedsPooler,
        "missing_tensor": .importMissingTensor, "wrong_shape_transposed_ffn": .importWrongShape,
        "idx_absolute": .shardIndexBadShardName, "idx_missing_shard": .shardIndexMissingShard,
        "idx_traversal": .shardIndexBadShardName, "idx_wrong_shard": .shardIndexMissingTensor,
        "dtype_i32.safetensors": .importNotFloating, "dtype_unknown.safetensors": .safetensorsUnknownType,
        "duplicate_key.safetensors": .safetensorsDuplicateName, "extra_tail.safetensors": .safetensorsHole,
        "header_100GB.safetensors": .safetensorsHeaderTooLarge, "header_u64max.safetensors": .safetensorsHeaderTooLarge,
        "json_array.safetensors": .safetensorsHeaderNotObject, "json_bad_utf8.safetensors": .jsonNotUTF8,
        "json_garbage.safetensors": .jsonUnexpectedCharacter, "offset_huge.safetensors": .safetensorsBadOffsets,
        "offset_negative.safetensors": .safetensorsBadOffsets, "offset_past_end.safetensors": .safetensorsBadOffsets,
        "offset_reversed.safetensors": .safetensorsBadOffsets, "overlap.safetensors": .safetensorsOverlap,
        "overlap_same_size.safetensors": .safetensorsOverlap, "shape_negative.safetensors": .safetensorsBadShape,
        "shape_vs_bytes.safetensors": .safetensorsSizeMismatch, "trunc_7.safetensors": .safetensorsTruncatedHeader,
        "trunc_8.safetensors": .safetensorsTruncatedHeader, "trunc_data.safetensors": .safetensorsBadOffsets,
        "trunc_header.safetensors": .safetensorsTruncatedHeader,
    ]

    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter {
            $0.expected == "must-refuse"
                && ["bad/st/", "bad/model/", "bad/sharded/"].contains(where: $0.path.hasPrefix)
        }
        #expect(rows.count == 39)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            let expected = Self.codes[String(row.path.split(separator: "/")[2])]
            #expect(expected != nil && error?.code == expected, "\(row): \(row.why): \(String(describing: error))")
            #expect(seconds < 2, "\(row)")
        }
    }
}
