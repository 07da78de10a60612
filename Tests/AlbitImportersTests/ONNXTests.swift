import AlbitImporters
import AlbitModel
import AlbitText
import Foundation
import TestData
import Testing

/// ONNX files of many exporters, run in float32 against the outputs of the library that wrote them.
@Suite struct ONNXTests {
    /// Half-precision files are compared with what ONNX Runtime computes from them in half precision: its own rounding,
    /// 2^-11 at each of some 60 steps. Quantized ones with an 8-bit run: its activations are rounded to 1/255 of their
    /// range.
    static func bound(_ row: Zoo.Row) -> Double {
        if row.path.contains("f16") { return 5e-3 }
        if row.path.contains("int8") { return 0.1 }
        return GoldenParityTests.bound
    }

    /// Rows that have to import; those that may be refused by their manifest do import too.
    static let importable = Zoo.rows("onnx").filter { !$0.path.hasSuffix(".ort") }

    @Test func outputsAgree() throws {
        var counts: [String: Int] = [:]
        var outputs = 0
        for row in ONNXTests.importable {
            do {
                let source = try Importer.open(path: row.fullPath)
                for (name, distance) in try GoldenParityTests.distances(row, source) {
                    #expect(distance <= ONNXTests.bound(row), "\(row): \(name) is \(distance) away")
                    outputs += 1
                    if distance > 2e-5 { print(row, name, distance) }
                }
                counts[row.path.split(separator: "/")[1] + ": " + row.format, default: 0] += 1
            } catch {
                print("FAIL", row, error)
                Issue.record("\(row): \(error)")
            }
        }
        print(
            """
            ONNX parity: \(outputs) outputs of \
            \(counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }.joined(separator: "; "))
            """
        )
        #expect(counts.values.reduce(0, +) == ONNXTests.importable.count)
    }

    /// Names must not matter: with random ones the same parameters are found, bit for bit.
    @Test func randomNamesChangeNothing() throws {
        let directory = try TestData.temporaryDirectory()
        var renamed = 0
        var rows = 0
        for row in ONNXTests.importable {
            let original = try Importer.open(path: row.fullPath)
            let data = try #require(FileManager.default.contents(atPath: row.fullPath))
            let (changed, count) = RandomNames.rename(data, seed: UInt64(rows + 1))
            #expect(count > 20, "\(row)")
            // External data lies beside the model.
            let folder = (row.fullPath as NSString).deletingLastPathComponent
            let copy = directory + "/\(rows)"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            if row.path.contains("external") {
                for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix(".onnx") {
                    try FileManager.default.copyItem(atPath: folder + "/" + name, toPath: copy + "/" + name)
                }
            }
            let path = copy + "/" + (row.fullPath as NSString).lastPathComponent
            try changed.write(to: URL(filePath: path))
            do {
                let source = try Importer.open(path: path)
                #expect(source.configuration == original.configuration, "\(row)")
                #expect(source.card.heads == original.card.heads, "\(row)")
                #expect(source.parameters == original.parameters, "\(row)")
                for parameter in source.parameters {
                    let found = try source.values(of: parameter).map(\.bitPattern)
                    let expected = try original.values(of: parameter).map(\.bitPattern)
                    #expect(found == expected, "\(row): \(parameter)")
                }
                rows += 1
                renamed += count
            } catch { Issue.record("\(row): \(error)") }
        }
        print("random names: \(renamed) initializers of \(rows) ONNX files renamed, nothing changed")
        #expect(rows == ONNXTests.importable.count)
    }

    /// Damaged and hostile files: refused for what they are, with exit code 3, at once.
    @Test func badFilesAreRefused() throws {
        let rows = Zoo.rows.filter { $0.path.hasPrefix("bad/onnx/") }
        for row in rows {
            let (error, seconds) = ZooImport.refusal(of: row)
            #expect(seconds < 2, "\(row)")
            let text = try #require(error, "\(row) is not refused").description
            #expect(error?.code.exitCode == .input, "\(row): \(text)")
            print(row.path, "-", text)
        }
        #expect(rows.count == 22)
        let other = try #require(Zoo.rows("onnx").first { $0.path.hasSuffix(".ort") })
        guard (ZooImport.refusal(of: other).error).isA(.importUnsupportedFormat) else {
            Issue.record("\(other) is not refused as what it is")
            return
        }
    }

    /// A file above 4 GB: its first field is a text of zeros, which takes no room on the disk.
    @Test func largeFilesAreRead() throws {
        let original = try #require(
            FileManager.default.contents(atPath: Zoo.directory + "/onnx/t215/legacy_op14_seqcls.onnx"))
        let size = UInt64(1) << 32
        // Field 6, doc_string, with its length.
        let head = Data([0x32, 0x80, 0x80, 0x80, 0x80, 0x10])
        let path = try TestData.temporaryDirectory() + "/large.onnx"
        try head.write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seek(toOffset: size + UInt64(head.count))
        try file.write(contentsOf: original)
        try file.close()
        let source = try Importer.open(path: path)
        let expected = try Importer.open(path: Zoo.directory + "/onnx/t215/legacy_op14_seqcls.onnx")
        #expect(source.report.fileBytes > 1 << 32)
        for parameter in expected.parameters {
            let found = try source.values(of: parameter).map(\.bitPattern)
            let values = try expected.values(of: parameter).map(\.bitPattern)
            #expect(found == values, "\(parameter)")
        }
    }

    /// Two encoders in one graph: both are listed, and `--root` chooses.
    @Test func rootChoosesAmongEncoders() throws {
        let paths = ["legacy_op14_model", "legacy_op14_seqcls"].map { Zoo.directory + "/onnx/t215/\($0).onnx" }
        let first = try #require(FileManager.default.contents(atPath: paths[0]))
        let second = RandomNames.rename(try #require(FileManager.default.contents(atPath: paths[1])), seed: 5).data
        // Protocol buffers join by being written one after the other.
        let path = try TestData.temporaryDirectory() + "/both.onnx"
        try (first + second).write(to: URL(filePath: path))
        let several = fault { try Importer.open(path: path) }
        #expect(several.isA(.importSeveralTransformers), "one of two encoders was taken")
        // The roots stand between quotes.
        let roots = (several?.advice ?? "").split(separator: "'").map(String.init).enumerated().filter {
            $0.offset % 2 == 1
        }.map(\.element)
        #expect(roots.count == 2)
        var heads: [[Head]] = []
        let expected = try Importer.open(path: paths[0])
        for root in roots {
            let source = try Importer.open(path: path, options: ImportOptions(root: root))
            heads.append(source.card.heads)
            #expect(source.configuration == expected.configuration)
            for parameter in expected.parameters {
                let values = try source.values(of: parameter).map(\.bitPattern)
                let original = try expected.values(of: parameter).map(\.bitPattern)
                #expect(values == original, "\(root): \(parameter)")
            }
        }
        #expect(heads.contains([]) && heads.contains([.sequenceClassification]))
        let missing = fault { try Importer.open(path: path, options: ImportOptions(root: "nothing")) }
        let listed = roots.sorted().map { "'\($0)'" }.joined(separator: ", ")
        #expect(missing.isA(.importNoSuchRoot, "'nothing'", listed), "\(String(describing: missing))")
    }
}
