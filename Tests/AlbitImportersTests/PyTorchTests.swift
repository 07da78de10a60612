import AlbitImporters
import AlbitModel
import AlbitText
import TestData
import Testing

@Suite struct PyTorchTests {
    @Test func importsEveryRow() throws {
        var imported = 0
        for row in Zoo.rows("torch") + Zoo.rows.filter({ $0.path == "bad/torch/deflated.bin" })
        where row.expected.hasPrefix("import-ok") {
            do {
                let source = try ZooImport.open(row)
                try source.verify()
                imported += 1
            } catch { Issue.record("\(row): \(error)") }
        }
        print("torch: \(imported) imported")
        #expect(imported == 23)
    }

    /// Every hostile row, with the case that its error has to be.
    @Test func refusesTheHostile() {
        let rows = Zoo.rows.filter { $0.path.contains("torch/") && $0.expected.hasPrefix("must-refuse") }
        #expect(rows.count == 23)
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(seconds < 2, "\(row)")
            let name = row.path.split(separator: "/").last.map(String.init) ?? ""
            let isRight: Bool
            switch name {
            case "big_endian.bin": isRight = error.isA(.torchByteOrder)
            case "missing_storage.bin": isRight = error.isA(.torchMissingStorage)
            case "pickle_dim_huge.bin", "pickle_storage_offset.bin": isRight = error.isA(.torchOutsideStorage)
            case "short_storage.bin": isRight = error.isA(.torchShortStorage)
            case "torchscript_frozen_pretraining.pt", "torchscript_frozen_seqcls.pt":
                isRight = error.isA(.torchFrozenScript)
            case "duplicate_entry.bin": isRight = error.isA(.zipDuplicateEntry)
            case "huge_declared_size.bin": isRight = error.isA(.zipEntryOutside)
            case "trunc_100.bin", "trunc_eocd.bin": isRight = error.isA(.zipNoEndRecord)
            case "wrong_crc.bin": isRight = error.isA(.zipWrongChecksum)
            case "pickle_huge_binunicode.bin", "pickle_nostop.bin": isRight = error.isA(.pickleTruncated)
            case "pickle_memo_bomb.bin": isRight = error.isA(.pickleTooManyValues)
            case "pickle_underflow.bin": isRight = error.isA(.pickleStackUnderflow)
            case "quantized_dynamic_state_dict.pt": isRight = error.isA(.pickleQuantized)
            case "evil_os_system_proto4.bin", "evil_raw.pkl", "evil_legacy_magic.bin":
                isRight = error.isA(.pickleForbiddenGlobal, "'os.system'")
            case "evil_builtins_eval.bin": isRight = error.isA(.pickleForbiddenGlobal, "'builtins.eval'")
            case "evil_getattr_build.bin": isRight = error.isA(.pickleForbiddenGlobal, "'builtins.getattr'")
            case "whole_module.pt": isRight = error.isA(.pickleForbiddenGlobal, "AlbertForSequenceClassification'")
            default: isRight = false
            }
            #expect(isRight, "\(row): \(String(describing: error))")
        }
    }

    /// Opcodes by hand: what the machine makes of them.
    @Test func pickleMachineRefusesWhatTensorsDoNotNeed() {
        func failure(_ bytes: [UInt8]) -> Fault? {
            var machine = PickleMachine(bytes, path: "test")
            do {
                _ = try machine.run()
                return nil
            } catch { return error }
        }
        guard failure([0x80, 9]).isA(.pickleUnknownProtocol, "9") else {
            Issue.record("protocol")
            return
        }
        guard failure([0x80, 2, 0x84]).isA(.pickleUnknownOpcode, "\(0x84)") else {
            Issue.record("EXT4")
            return
        }
        guard failure([0x80, 2, 0x74]).isA(.pickleNoMark) else {
            Issue.record("TUPLE without MARK")
            return
        }
        guard failure([0x68, 7]).isA(.pickleBadMemo, "7") else {
            Issue.record("GET of an unset memo")
            return
        }
        guard failure([0x4E, 0x29, 0x52]).isA(.pickleForbiddenCall) else {
            Issue.record("call of None")
            return
        }
        guard failure([0x4E, 0x51]).isA(.pickleBadArgument) else {
            Issue.record("persistent id")
            return
        }
        guard failure([0x28, 0x4E, 0x64]).isA(.pickleBadArgument) else {
            Issue.record("odd dictionary")
            return
        }
        guard failure(Array("ios\npopen\n".utf8)).isA(.pickleForbiddenGlobal, "'os.popen'") else {
            Issue.record("INST")
            return
        }
        // A hundred thousand nested lists cost neither stack nor time.
        #expect(
            failure(
                [0x80, 2] + [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999) + [0x2E])
                == nil)
    }
}
