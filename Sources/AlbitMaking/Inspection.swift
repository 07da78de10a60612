import AlbitCommands
import AlbitImporters
import AlbitModel
import AlbitText

extension Inspection {
    /// Of what a path leads to.
    package init(_ opened: OpenedModel) throws(Fault) {
        switch opened.content {
        case .albit(let file): try self.init(file)
        case .source(let source): self.init(source)
        }
    }

    /// Of an imported checkpoint.
    init(_ source: AlbertSource) {
        self.init(configuration: source.configuration)
        let report = source.report
        path = report.path
        let isGraph = report.naming == "dataflow"
        format =
            report.format + (report.writer.map { ", written by " + ($0 == "pt" ? "PyTorch" : $0) } ?? "")
            + (isGraph ? ", roles found by its dataflow" : report.naming.isEmpty ? "" : ", names of " + report.naming)
        configurationOrigin =
            switch report.configuration {
            case .file(let name): "from " + name
            case .inferred(let how): isGraph ? how : "inferred: " + how
            }
        tensors = report.tensors.map { Tensor(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: $0.bytes) }
        uniqueParameters = report.uniqueParameters
        uniqueBytes = report.uniqueBytes
        fileBytes = report.fileBytes
        merged = report.merged.map { ($0.kept, $0.duplicates) }
        ignored = report.ignored.map { ($0.name, $0.reason) }
        let folder = Inspection.folder(of: report.readFiles.map(\.path))
        settings = report.readFiles.map {
            Settings(
                file: $0.path.hasPrefix(folder) ? String($0.path.dropFirst(folder.utf8.count)) : $0.path, used: $0.used,
                inert: $0.inert.map { (name: $0.key, reason: $0.why) }, unknown: $0.unknown)
        }
        card = source.card
        heads = source.card.heads
        labels = source.card.labels
        tokenizer = source.tokenizerFiles.map(\.name).joined(separator: ", ")
        notes = report.notes
        proof = report.proof
        // Where a graph looks up its words is told by its ids' input.
        if !report.root.isEmpty, !isGraph { notes.append("the transformer was found under '" + report.root + "'") }
    }

    /// The folder that all of the paths lie in, with its slash; empty where there is none.
    private static func folder(of paths: [String]) -> String {
        guard var common = paths.first else { return "" }
        for path in paths { common = String(zip(common, path).prefix { $0.0 == $0.1 }.map(\.0)) }
        // A folder of an archive stands in parentheses behind it.
        guard let end = common.lastIndex(where: { $0 == "/" || $0 == "(" }) else { return "" }
        return String(common[...end])
    }
}
