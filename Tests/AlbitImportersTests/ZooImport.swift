import AlbitImporters
import AlbitModel
import AlbitText
import Foundation
import TestData

/// Opens rows of the zoo the way a person would: with `--config` where no configuration lies beside the file.
enum ZooImport {
    /// A configuration of the row's variant, for files that were published without one.
    static func configuration(of row: Zoo.Row) -> String? {
        let folder = (row.fullPath as NSString).deletingLastPathComponent
        for name in ["config.json", "albert_config.json"]
        where FileManager.default.fileExists(atPath: folder + "/" + name) {
            return nil
        }
        if row.path.hasSuffix(".tar.gz") { return nil }
        let directory = [
            "base": "safetensors/base-model", "g2": "safetensors/g2-model", "gelu": "safetensors/gelu-model",
            "inner2": "flax/inner2-pretraining", "bert": "safetensors/bert-seqcls",
        ][row.variant]
        return directory.map { Zoo.directory + "/" + $0 + "/config.json" }
    }

    static func open(_ row: Zoo.Row) throws(Fault) -> AlbertSource {
        try Importer.open(path: row.fullPath, options: ImportOptions(config: configuration(of: row)))
    }

    /// Opens a row and reads all of it; returns the error that a hostile one has to end with, and the seconds it took.
    static func refusal(of row: Zoo.Row) -> (error: Fault?, seconds: Double) {
        let start = ContinuousClock.now
        var found: Fault?
        do throws(Fault) { try open(row).verify() } catch { found = error }
        let time = ContinuousClock.now - start
        return (found, Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    }
}
