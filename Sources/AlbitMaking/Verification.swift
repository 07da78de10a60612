import AlbitCommands
import AlbitDrift
import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CPlatform

/// What `verify` does: two models, or a model and what another program computed, are compared on data.
package struct Verification {
    /// A checkpoint or an Albit file.
    package var reference: String
    /// Nil where `golden` is what `reference` is compared with.
    package var candidate: String?
    /// An .npz file of what another program computed.
    package var golden: String?
    package var data: String
    /// Which columns of the data are for what, as in `text=review,label=stars`; nil: as their names say.
    package var columns: String?
    package var limits = DriftLimits()
    /// Where the report is written as a page, and the limits as JUnit XML; nil: nowhere.
    package var pagePath: String?
    package var junitPath: String?
    /// Whether these are replaced where they exist.
    package var overwrite = false
    package var source = ImportOptions()
    package var compute = ComputeChoice()

    package init(reference: String, candidate: String?, data: String) {
        self.reference = reference
        self.candidate = candidate
        self.data = data
    }

    /// Measures. Limits are not looked at before `finish`, so that the figures can be shown in any case.
    package func run(observer: MakingObserver) throws -> DriftReport {
        let kernel = try compute.kernel()
        // Opened and dropped: a long comparison must not end with "is there already".
        for path in [pagePath, junitPath] { if let path { _ = try OutputFile(path: path, overwrite: overwrite) } }
        guard let golden else { return try compare(kernel, observer) }
        if candidate != nil {
            throw Fault(.optionsConflict, "verify takes one model with --golden, or two without")
        }
        return try GoldenComparison.run(
            Model(opening: reference, options: source), golden: NumpyArchive(path: golden), data: open(),
            kernel: kernel, threads: compute.threadCount)
    }

    /// Writes page and JUnit file, and throws where a limit does not hold.
    package func finish(_ result: DriftReport) throws(Fault) {
        if let pagePath { try write(result.page(limits: limits, command: command), to: pagePath) }
        if let junitPath { try write(result.junit(limits: limits), to: junitPath) }
        let violations = limits.violations(result)
        if !violations.isEmpty { throw Fault(.verifyOverLimit, violations.joined(separator: "; ")) }
    }

    private func compare(_ kernel: Kernel, _ observer: MakingObserver) throws(Fault) -> DriftReport {
        guard let candidate else { throw Fault(.argumentsMissing, "verify needs a candidate, or --golden FILE.npz") }
        var comparison = try Comparison(
            reference: Model(opening: reference, options: source), candidate: Model(opening: candidate, options: source),
            kernel: kernel, threads: compute.threadCount)
        func comparing(_ done: Int, _ total: Int) throws(Fault) { try observer.step("comparing", done, of: total) }
        let file = try open()
        var result = try comparison.run(file, progress: comparing)
        tell(file, examples: result.examples, observer)
        if pagePath != nil {
            func measuring(_ done: Int, _ total: Int) throws(Fault) {
                try observer.step("measuring sites", done, of: total)
            }
            result.sensitivity = try comparison.sensitivity(progress: measuring)
            result.provenance = ["# " + Version.text]
            for path in [candidate, data] { result.provenance.append("# " + (try Self.digest(path)) + "  " + path) }
        }
        if comparison.truncatedTexts > 0 {
            observer.warning(
                "\(comparison.truncatedTexts) texts are longer than the model takes; their ends were left out")
        }
        return result
    }

    private func open() throws(Fault) -> DataFile {
        try DataFile(path: data, columns: ColumnChoice(optional: columns))
    }

    /// Says what of the data was not used.
    private func tell(_ file: DataFile, examples: Int, _ observer: MakingObserver) {
        if !file.unusedColumns.isEmpty {
            observer.note("\(data): not used: " + file.unusedColumns.map { "'" + $0 + "'" }.joined(separator: ", "))
        }
        if file.countWithoutTruth > 0, file.countWithoutTruth < examples {
            observer.note(
                "\(data): \(file.countWithoutTruth) of \(examples) examples have no label; no metric counts them")
        }
    }

    /// SHA-256 of a file, as sha256sum prints it; "(a directory)" for one.
    private static func digest(_ path: String) throws(Fault) -> String {
        if path.withCString({ platform_kind($0) }) == PLATFORM_KIND_DIRECTORY { return "(a directory)" }
        let file = try MappedFile(path: path)
        return withExtendedLifetime(file) { SHA256.hexDigest(of: file.bytes) }
    }

    private func write(_ text: String, to path: String) throws(Fault) {
        let file = try OutputFile(path: path, overwrite: overwrite)
        try file.write([UInt8](text.utf8))
        try file.finish()
    }

    /// The command line that gives the same figures.
    private var command: String {
        var words = ["albit", "verify", reference] + [candidate].compactMap { $0 } + ["--data", data]
        if let columns { words += ["--columns", columns] }
        if let golden { words += ["--golden", golden] }
        if let maxDrop = limits.maxDrop { words += ["--max-drop", "\(maxDrop)"] }
        if let minAgreement = limits.minAgreement { words += ["--min-agreement", "\(minAgreement)"] }
        if let maxError = limits.maxError { words += ["--max-error", "\(maxError)"] }
        return words.map { word in
            let plain = word.utf8.allSatisfy {
                $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || "-_./=:,".utf8.contains($0)
            }
            return plain && !word.isEmpty ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
