import AlbitModel
import TestData
import Testing

import AlbitImporters

@Suite struct PyTorchTests {
    @Test func importsEveryRow() throws {
        var imported = 0
        for row in Zoo.rows("torch") + Zoo.rows.filter({ $0.path == "bad/torch/deflated.bin" }) where row.expected.hasPrefix("import-ok") {
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
            let inner = ZooImport.inner(error)
            let name = row.path.split(separator: "/").last.map(String.init) ?? ""
            let isRight: Bool
            switch (name, inner as? PickleError, inner as? PyTorchError, inner as? ZipError) {
            case ("big_endian.bin", _, .byteOrder?, _), ("missing_storage.bin", _, .missingStorage?, _),
                ("pickle_dim_huge.bin", _, .outsideStorage?, _), ("pickle_storage_offset.bin", _, .outsideStorage?, _),
                ("short_storage.bin", _, .shortStorage?, _), ("torchscript_frozen_pretraining.pt", _, .frozenScript?, _),
                ("torchscript_frozen_seqcls.pt", _, .frozenScript?, _), ("duplicate_entry.bin", _, _, .duplicateEntry?),
                ("huge_declared_size.bin", _, _, .entryOutside?), ("trunc_100.bin", _, _, .noEndRecord?),
                ("trunc_eocd.bin", _, _, .noEndRecord?), ("wrong_crc.bin", _, _, .wrongChecksum?),
                ("pickle_huge_binunicode.bin", .truncated?, _, _), ("pickle_nostop.bin", .truncated?, _, _),
                ("pickle_memo_bomb.bin", .tooManyValues?, _, _), ("pickle_underflow.bin", .stackUnderflow?, _, _),
                ("quantized_dynamic_state_dict.pt", .quantized?, _, _):
                isRight = true
            case ("evil_os_system_proto4.bin", .forbiddenGlobal(_, "os.system")?, _, _),
                ("evil_raw.pkl", .forbiddenGlobal(_, "os.system")?, _, _),
                ("evil_legacy_magic.bin", .forbiddenGlobal(_, "os.system")?, _, _),
                ("evil_builtins_eval.bin", .forbiddenGlobal(_, "builtins.eval")?, _, _),
                ("evil_getattr_build.bin", .forbiddenGlobal(_, "builtins.getattr")?, _, _):
                isRight = true
            case ("whole_module.pt", .forbiddenGlobal(_, let global)?, _, _): isRight = global.hasSuffix("AlbertForSequenceClassification")
            default: isRight = false
            }
            #expect(isRight, "\(row): \(String(describing: inner))")
        }
    }

    /// Opcodes by hand: what the machine makes of them.
    @Test func pickleMachineRefusesWhatTensorsDoNotNeed() {
        func failure(_ bytes: [UInt8]) -> PickleError? {
            var machine = PickleMachine(bytes, path: "test")
            do {
                _ = try machine.run()
                return nil
            } catch { return error as? PickleError }
        }
        guard case .unknownProtocol(_, 9)? = failure([0x80, 9]) else { Issue.record("protocol"); return }
        guard case .unknownOpcode(_, 0x84, _)? = failure([0x80, 2, 0x84]) else { Issue.record("EXT4"); return }
        guard case .noMark? = failure([0x80, 2, 0x74]) else { Issue.record("TUPLE without MARK"); return }
        guard case .badMemo(_, 7, _)? = failure([0x68, 7]) else { Issue.record("GET of an unset memo"); return }
        guard case .forbiddenCall? = failure([0x4E, 0x29, 0x52]) else { Issue.record("call of None"); return }
        guard case .badArgument? = failure([0x4E, 0x51]) else { Issue.record("persistent id"); return }
        guard case .badArgument? = failure([0x28, 0x4E, 0x64]) else { Issue.record("odd dictionary"); return }
        guard case .forbiddenGlobal(_, "os.popen")? = failure(Array("ios\npopen\n".utf8)) else { Issue.record("INST"); return }
        // A hundred thousand nested lists cost neither stack nor time.
        #expect(failure([0x80, 2] + [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999) + [0x2E]) == nil)
    }
}
