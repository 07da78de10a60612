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
    /// What a person settles about the answers that are measured.
    package var settings = JudgeSettings()
    /// How a classifier is read; nil: as its checkpoint says.
    package var problemType: ProblemType?
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
        if let pagePath, pagePath == junitPath {
            throw Fault(.optionsConflict, "--report and --junit name the same file, '\(pagePath)'")
        }
        for path in [pagePath, junitPath] { if let path { _ = try OutputFile(path: path, overwrite: overwrite) } }
        guard let golden else { return try compare(kernel, observer) }
        if candidate != nil {
            throw Fault(.optionsConflict, "verify takes one model with --golden, or two without")
        }
        return try GoldenComparison.run(
            open(reference, observer), golden: NumpyArchive(path: golden), data: open(),
            kernel: kernel, threads: compute.threadCount)
    }

    /// Compares one model with the texts and outputs of `golden`, which brings its own texts. Nil where data are given,
    /// or there are no texts in the file.
    package func proof(_ observer: MakingObserver) throws(Fault) -> GoldenProof? {
        guard let golden, data.isEmpty else { return nil }
        if candidate != nil {
            throw Fault(.optionsConflict, "verify takes one model with --golden, or two without")
        }
        let archive = try NumpyArchive(path: golden)
        guard GoldenProof.isSelfContained(archive) else {
            throw Fault(
                .argumentsMissing, in: golden, "holds no texts of its own, so that they are needed with --data")
        }
        return try GoldenProof.run(
            model(reference, observer), golden: archive, kernel: compute.kernel(), threads: compute.threadCount)
    }

    /// What a report comes to under the limits.
    package func verdict(_ result: DriftReport) -> DriftVerdict {
        DriftVerdict(result, gates: limits.gates(result))
    }

    /// Writes page and JUnit file, and throws where a limit does not hold or cannot be judged.
    package func finish(_ result: DriftReport) throws(Fault) {
        let gates = limits.gates(result)
        let verdict = verdict(result)
        if let pagePath { try write(result.page(verdict, gates: gates, command: command), to: pagePath) }
        if let junitPath { try write(result.junit(gates: gates), to: junitPath) }
        try verdict.require()
    }

    private func compare(_ kernel: Kernel, _ observer: MakingObserver) throws(Fault) -> DriftReport {
        guard let candidate else { throw Fault(.argumentsMissing, "verify needs a candidate, or --golden FILE.npz") }
        let models = (try model(reference, observer), try model(candidate, observer))
        var comparison = try Comparison(
            reference: models.0, candidate: models.1, settings: settings, kernel: kernel, threads: compute.threadCount)
        func comparing(_ done: Int, _ total: Int) throws(Fault) { try observer.step("comparing", done, of: total) }
        let reader = try ExampleReader(path: data, for: models.0.card, choice: ColumnChoice(optional: columns))
        var result = try comparison.run(reader, progress: comparing)
        result.referenceDigest = try Verification.digest(reference) ?? models.0.card.origin.digest
        result.candidateDigest = try Verification.digest(candidate) ?? models.1.card.origin.digest
        tell(result, observer)
        if pagePath != nil {
            func measuring(_ done: Int, _ total: Int) throws(Fault) {
                try observer.step("measuring sites", done, of: total)
            }
            result.sensitivity = try comparison.sensitivity(progress: measuring)
            result.provenance = ["# " + Version.text]
            let digests = [
                (result.referenceDigest, reference), (result.candidateDigest, candidate),
                (try Self.digest(data) ?? "", data),
            ]
            for (digest, path) in digests { result.provenance.append("# " + digest + "  " + path) }
        }
        if comparison.truncatedTexts > 0 {
            observer.warning(
                comparison.truncatedTexts == 1
                    ? "1 text is longer than the model takes; its end was left out"
                    : "\(comparison.truncatedTexts) texts are longer than the model takes; their ends were left out")
        }
        return result
    }

    private func open() throws(Fault) -> DataFile {
        try DataFile(path: data, columns: ColumnChoice(optional: columns))
    }

    /// A model; one that was recovered from a graph is proved first.
    private func open(_ path: String, _ observer: MakingObserver) throws(Fault) -> Model {
        var options = source
        // Names of files around a checkpoint are meant for the original, where the other is a file of Albit's.
        if let candidate, try OpenedModel.isAlbit(path),
            try OpenedModel.isAlbit(reference) != OpenedModel.isAlbit(candidate)
        {
            options = source.ofModelFile
        }
        let opened = try OpenedModel(path: path, options: options)
        try opened.prove()
        if let proof = opened.proof { observer.note("\(path): \(proof)") }
        return try opened.model()
    }

    /// A model, with its problem type settled.
    private func model(_ path: String, _ observer: MakingObserver) throws(Fault) -> Model {
        let model = try open(path, observer)
        guard let problemType else { return model }
        var card = model.card
        card.problemType = problemType
        return model.with(card: card)
    }

    /// Says what of the data was not used, and which limits --gate sets.
    private func tell(_ result: DriftReport, _ observer: MakingObserver) {
        if !result.unusedColumns.isEmpty {
            observer.note("\(data): not used: " + result.unusedColumns.map { "'" + $0 + "'" }.joined(separator: ", "))
        }
        let unknown = result.examples - result.figures.labelled
        if result.figures.labelled > 0, unknown > 0, result.head != .words, result.head != .ranking {
            observer.note("\(data): \(unknown) of \(result.examples) examples have no label; no metric counts them")
        }
        if limits.isRecommended {
            let gates = limits.gates(result).map { "--\($0.option) " + DriftVerdict.number($0.limit) }
            observer.note("limits: " + gates.joined(separator: ", "))
        }
    }

    /// SHA-256 of a file, as sha256sum prints it; nil for a directory.
    private static func digest(_ path: String) throws(Fault) -> String? {
        if path.withCString({ platform_kind($0) }) == PLATFORM_KIND_DIRECTORY { return nil }
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
        if settings.threshold != 0.5 { words += ["--threshold", "\(settings.threshold)"] }
        if let values = settings.labelValues { words += ["--label-values", values.rawValue] }
        if let prompt = settings.prompt { words += ["--prompt", prompt] }
        if let problemType { words += ["--problem-type", problemType.rawValue] }
        words += limits.given.flatMap { ["--" + $0.option, "\($0.limit)"] } + (limits.isRecommended ? ["--gate"] : [])
        return words.map { word in
            let plain = word.utf8.allSatisfy {
                $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || "-_./=:,".utf8.contains($0)
            }
            return plain && !word.isEmpty
                ? word
                : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
