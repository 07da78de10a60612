import AlbitImporters
import AlbitModel
import AlbitText
import TestData
import Testing

@Suite struct TensorFlowTests {
    /// Every hostile row, with the kind of error it has to end with.
    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter {
            ($0.path.hasPrefix("bad/tf/") || $0.path.hasPrefix("bad/tar/")) && $0.expected.hasPrefix("must-refuse")
        }
        #expect(rows.count == 24)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(seconds < 2, "\(row)")
            let isRight: Bool
            switch String(row.path.split(separator: "/")[2]) {
            case "bad_header_checksum.tar.gz": isRight = error.isA(.tarBadChecksum)
            case "bomb_100MB.tar.gz": isRight = error.isA(.deflateBomb)
            case "index_is_symlink.tar.gz": isRight = error.isA(.tarLink)
            case "member_8GB.tar.gz": isRight = error.isA(.tarMemberOutside)
            case "no_index.tar.gz": isRight = error.isA(.importNoCheckpoint)
            case "trunc_10.tar.gz", "trunc_half.tar.gz":
                isRight = error.isA(.deflateTruncated)
            case "data_bad_tensor_crc": isRight = error.isA(.bundleWrongChecksum)
            case "data_empty", "data_trunc", "entry_offset_past_end":
                isRight = error.isA(.bundleOutsideShard)
            case "data_missing": isRight = error.isA(.bundleMissingShard)
            case "entry_dim_overflow", "entry_offset_negative", "entry_shard_id", "entry_size_mismatch":
                isRight = error.isA(.bundleBadEntry)
            case "entry_dtype_string": isRight = error.isA(.importNoWeights)
            case "entry_missing": isRight = error.isA(.importMissingTensor)
            case "entry_overlap": isRight = error.isA(.bundleOverlap)
            case "index_bad_block_crc": isRight = error.isA(.tableWrongChecksum)
            case "index_no_footer", "index_trunc_47", "index_trunc_half":
                isRight = error.isA(.tableNoFooter)
            case "keys_unsorted": isRight = error.isA(.tableUnsorted)
            default: isRight = false
            }
            #expect(isRight, "\(row): \(String(describing: error))")
        }
    }

    /// Version 1 keeps the elements inside its one table; the values are the published ones all the same.
    @Test func readsVersion1() throws {
        let row = try #require(Zoo.rows.first { $0.path == "tf1/v1format/model.ckpt" })
        let source = try ZooImport.open(row)
        let reference = try Importer.open(path: Zoo.directory + "/safetensors/base-pretraining")
        #expect(source.parameters == reference.parameters)
        for parameter in reference.parameters {
            #expect(try source.values(of: parameter) == reference.values(of: parameter), "\(parameter)")
        }
    }

    @Test func readsWhatLiesBesideTheCheckpointInAnArchive() throws {
        let source = try Importer.open(path: Zoo.directory + "/tf1/albert_base.tar.gz")
        #expect(source.configuration.hiddenAct == .geluNew)
        #expect(source.tokenizerFiles.map(\.name) == ["30k-clean.model"])
        #expect(source.card.heads == [.maskedLanguageModel, .sentenceOrder])
        #expect(source.report.fileBytes == 332_011)
    }

    @Test func ignoresOptimizerSlotsByRule() throws {
        let source = try ZooImport.open(try #require(Zoo.rows.first { $0.path.hasPrefix("tf1/training/") }))
        let reasons = Set(source.report.ignored.map(\.reason))
        #expect(reasons == ["optimizer slot", "step counter"])
        #expect(source.report.ignored.count == 2 * source.parameters.count + 1)
    }

    @Test func namesTheHeadThatItDoesNotRun() throws {
        let source = try ZooImport.open(try #require(Zoo.rows.first { $0.path.hasPrefix("tf1/finetuned_squad2/") }))
        #expect(source.card.heads.isEmpty)
        #expect(
            source.report.ignored.contains { $0.name == "start_logits/dense/kernel" && $0.reason.contains("SQuAD 2") })
    }

    /// Known answers: RFC 3720 for CRC-32C of 32 zero bytes; the snappy format description for a run by copy.
    @Test func checksumsAndSnappy() throws {
        var crc = CRC32(.castagnoli)
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { crc.update($0) }
        #expect(crc.checksum == 0x8A91_36AA)
        // The CPU's instruction and the tables, over every length of a rest.
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8($0 &* 37 & 255) }
            var (instruction, tables) = (CRC32(.castagnoli), CRC32(.castagnoli, usesInstructions: false))
            bytes.withUnsafeBytes { instruction.update($0) }
            bytes.withUnsafeBytes { tables.update($0) }
            #expect(instruction.checksum == tables.checksum)
        }
        #expect(Snappy.decompress([6, 0x04, 0x61, 0x62, 0x01 | 0 << 2, 0x02], limit: 100) == Array("ababab".utf8))
        #expect(Snappy.decompress([6, 0x04, 0x61, 0x62, 0x01, 0x09], limit: 100) == nil)
        #expect(Snappy.decompress([0x80, 0x80, 0x80, 0x80, 0x08], limit: 100) == nil)
    }
}
