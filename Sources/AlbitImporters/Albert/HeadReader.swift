import AlbitModel

/// Tells which heads a model has, and what their rows are called.
struct HeadReader {
    let path: String
    let parameters: [String: any LazyTensor]
    let configurationFile: ConfigurationFile?
    let options: ImportOptions
    /// What a graph says that its classifier reads; nil where only names and configuration tell.
    var classifier: Head?
    let nameInSource: (String) -> [String]

    private static let architectures: [(suffix: String, head: Head)] = [
        ("ForSequenceClassification", .sequenceClassification), ("ForTokenClassification", .tokenClassification),
        ("ForMultipleChoice", .multipleChoice), ("ForQuestionAnswering", .questionAnswering),
        ("ForMaskedLM", .maskedLanguageModel), ("ForNextSentencePrediction", .sentenceOrder),
        ("ForPreTraining", .maskedLanguageModel),
    ]

    func extras(_ report: inout ImportReport) throws(ImportError) -> AlbertSource.Extras {
        typealias Name = ParameterName
        var extras = AlbertSource.Extras()
        let hasPooler = try has([Name.poolerWeight, Name.poolerBias])
        let declared = (configurationFile?.architectures ?? []).compactMap { name in
            HeadReader.architectures.first { name.hasSuffix($0.suffix) }?.head
        }
        var heads: [Head] = []
        if try has([Name.classifierWeight, Name.classifierBias]) {
            heads.append(classifierKind(declared, hasPooler: hasPooler))
            extras.labels = try labels()
        } else {
            _ = try namedLabels(rows: 0)
        }
        if try has([Name.answerWeight, Name.answerBias]) { heads.append(.questionAnswering) }
        if try has([
            Name.predictionDenseWeight, Name.predictionDenseBias, Name.predictionNormWeight, Name.predictionNormBias,
            Name.predictionBias,
        ]) {
            heads.append(.maskedLanguageModel)
        }
        if try has([Name.orderWeight, Name.orderBias]) { heads.append(.sentenceOrder) }
        for head in heads where !hasPooler && HeadReader.needsPooler(head) {
            throw .needsPooler(path: path, head: head.name)
        }
        for head in declared where !heads.contains(head) {
            report.notes.append("config.json declares \(head.name), but its tensors are not in the file")
        }
        if let wanted = options.head {
            guard heads.contains(wanted) else { throw .noSuchHead(path: path, head: wanted.name, heads: heads.map(\.name)) }
            heads = [wanted] + heads.filter { $0 != wanted }
        } else if let main = declared.first(where: heads.contains) {
            heads = [main] + heads.filter { $0 != main }
        }
        extras.heads = heads
        extras.problemType = configurationFile?.problemType
        return extras
    }

    static func needsPooler(_ head: Head) -> Bool {
        head == .sequenceClassification || head == .multipleChoice || head == .sentenceOrder
    }

    /// All there, or none; some of them only is an error.
    private func has(_ names: [String]) throws(ImportError) -> Bool {
        let missing = names.filter { parameters[$0] == nil }
        if missing.isEmpty { return true }
        if missing.count == names.count { return false }
        throw .missingTensor(path: path, parameter: missing[0], expected: nameInSource(missing[0]))
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
    private func namedLabels(rows: Int) throws(ImportError) -> [String]? {
        guard let path = options.labels else { return nil }
        return try LabelFile(path: path).labels(rows: rows)
    }

    private func labels() throws(ImportError) -> [String] {
        guard let shape = parameters[ParameterName.classifierWeight]?.shape, shape.count == 2 else { return [] }
        if let labels = try namedLabels(rows: shape[0]) { return labels }
        if let labels = try configurationFile?.labels() {
            // Multiple choice has one row, whatever the labels.
            guard labels.count == shape[0] || shape[0] == 1 else {
                throw .labelCount(path: path, labels: labels.count, rows: shape[0])
            }
            if labels.count == shape[0] { return labels }
        }
        guard shape[0] <= 1 << 20 else { return [] }
        return (0..<shape[0]).map { "LABEL_\($0)" }
    }
}
