import AlbitModel
import AlbitText

/// Tells which heads a model has, and what their rows are called.
struct HeadReader {
    let path: String
    let configuration: Configuration
    let parameters: [Parameter: any LazyTensor]
    let configurationFile: ConfigurationFile?
    let options: ImportOptions
    /// What a graph says that its classifier reads; nil where only names and configuration tell.
    var classifier: Head?
    /// What the heads' answers would pass through, for which they were left out.
    var foreign: ForeignPart?
    let nameInSource: (Parameter) -> [String]

    private static let architectures: [(suffix: String, head: Head)] = [
        ("ForSequenceClassification", .sequenceClassification), ("ForTokenClassification", .tokenClassification),
        ("ForMultipleChoice", .multipleChoice), ("ForQuestionAnswering", .questionAnswering),
        ("ForMaskedLM", .maskedLanguageModel), ("ForNextSentencePrediction", .sentenceOrder),
        ("ForPreTraining", .maskedLanguageModel),
    ]

    /// What the model answers: heads whose tensors are all there, the one that a person asked for, or the source's own,
    /// first.
    func card(_ report: inout ImportReport) throws(Fault) -> ModelCard {
        var card = ModelCard()
        let hasPooler = try has(HeadReader.both(.pooler))
        let declared = (configurationFile?.architectures ?? []).compactMap { name in
            HeadReader.architectures.first { name.hasSuffix($0.suffix) }?.head
        }
        var heads: [Head] = []
        if try has(HeadReader.both(.classifier)) {
            heads.append(classifierKind(declared, hasPooler: hasPooler))
            card.labels = try labels()
        } else {
            _ = try namedLabels(rows: 0)
        }
        if try has(HeadReader.both(.answer)) { heads.append(.questionAnswering) }
        if try has(HeadReader.both(.predictionDense) + HeadReader.both(.predictionNorm) + [.predictionBias]) {
            heads.append(.maskedLanguageModel)
        }
        if try has(HeadReader.both(.order)) { heads.append(.sentenceOrder) }
        for head in heads where !hasPooler && head.readsPooled {
            throw Fault(
                .importNeedsPooler, in: path, "\(head.name) needs the pooler, but its tensors are missing",
                advice: "choose another head with --task")
        }
        for head in declared where !heads.contains(head) {
            report.notes.append(
                foreign.map { "config.json declares \(head.name), which is left out: \($0.reason)" }
                    ?? "config.json declares \(head.name), but its tensors are not in the file")
        }
        if let wanted = options.head {
            guard heads.contains(wanted) else {
                throw Fault(
                    .importNoSuchHead, in: path,
                    "has no head for \(wanted.name); it has "
                        + "\(heads.map(\.name).isEmpty ? "none" : heads.map(\.name).joined(separator: ", "))"
                        + (foreign.map { "; " + $0.reason } ?? ""),
                    advice: heads.isEmpty ? "leave --task out for the encoder alone" : "choose one of these with --task"
                )
            }
            heads = [wanted] + heads.filter { $0 != wanted }
        } else if let main = declared.first(where: heads.contains) {
            heads = [main] + heads.filter { $0 != main }
        }
        card.heads = heads
        card.problemType = try configurationFile?.problemType
        card.scoreActivation = try configurationFile?.scoreActivation
        return card
    }

    static func both(_ module: ParameterModule) -> [Parameter] { [.weight(module), .bias(module)] }

    /// All there, or none; some of them only is an error.
    private func has(_ wanted: [Parameter]) throws(Fault) -> Bool {
        let missing = wanted.filter { parameters[$0] == nil }
        if missing.isEmpty { return true }
        if missing.count == wanted.count { return false }
        throw Fault(
            .importMissingTensor, in: path, "\(missing[0].name(configuration)) is missing",
            expected: "a tensor named \(nameInSource(missing[0]).map { "'\($0)'" }.joined(separator: " or "))")
    }

    /// One matrix serves three tasks: what a person or config.json says, else a token classifier has no pooler.
    private func classifierKind(_ declared: [Head], hasPooler: Bool) -> Head {
        let kinds: [Head] = [.sequenceClassification, .tokenClassification, .multipleChoice]
        if let wanted = options.head, kinds.contains(wanted) { return wanted }
        if let told = declared.first(where: kinds.contains) { return told }
        if let classifier { return classifier }
        return hasPooler ? .sequenceClassification : .tokenClassification
    }

    /// Those that a person names; nil where there are none.
    private func namedLabels(rows: Int) throws(Fault) -> [String]? {
        guard let path = options.labels else { return nil }
        return try LabelFile(path: path).labels(rows: rows)
    }

    private func labels() throws(Fault) -> [String] {
        guard let shape = parameters[.weight(.classifier)]?.shape, shape.count == 2 else { return [] }
        if let labels = try namedLabels(rows: shape[0]) { return labels }
        if let labels = try configurationFile?.labels(rows: shape[0]) { return labels }
        guard shape[0] <= 1 << 20 else { return [] }
        return (0..<shape[0]).map { "LABEL_\($0)" }
    }
}
