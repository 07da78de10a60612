import AlbitModel
import AlbitText

/// Turns named tensors into an ALBERT: finds the transformer, reads or infers its configuration, matches names,
/// and lists what is left.
struct CheckpointImporter {
    let path: String
    let checkpoint: Checkpoint
    let neighbours: Neighbours
    let options: ImportOptions
    /// What is merged into the weights.
    let adapter: LoRAAdapter?

    /// All tensors of a normalised name; more than one where the container holds copies.
    private let tensors: [String: [NamedTensor]]
    private let resolver: NameResolver
    /// Layers that are applied one after the other where each has LayerNorms of its own, whatever the configuration
    /// says.
    private let appliedLayers: Int?
    /// Normalised names of tensors that became part of the word table.
    private let factors: Set<String>

    init(
        path: String, checkpoint: Checkpoint, neighbours: Neighbours, options: ImportOptions,
        adapter: LoRAAdapter? = nil
    ) {
        self.path = path
        self.adapter = adapter
        self.neighbours = neighbours
        self.options = options
        var checkpoint = checkpoint
        // Object checkpoints store under the names of attributes; the variables' own names say more, if they are known.
        let names = checkpoint.tensors.map { checkpoint.alternativeNames[$0.name] ?? $0.name }
        if !checkpoint.alternativeNames.isEmpty
            && !NameResolver(names: Set(names.map(NameResolver.normalise))).roots().isEmpty
        {
            for (index, name) in names.enumerated() { checkpoint.tensors[index].name = name }
        }
        self.checkpoint = checkpoint
        let variant = OriginalVariant(Dictionary(grouping: checkpoint.tensors) { NameResolver.normalise($0.name) })
        tensors = variant.tensors
        appliedLayers = variant.appliedLayers
        factors = variant.joined
        resolver = NameResolver(names: Set(tensors.keys))
    }

    /// Whether names and a configuration tell everything: then a graph around the weights is not needed.
    var isNamed: Bool {
        get throws(Fault) {
            guard !resolver.roots().isEmpty else { return false }
            return try neighbours.configuration(options) != nil
        }
    }

    func source(files: [any ByteSource]) throws(Fault) -> AlbertSource {
        let file = try neighbours.configuration(options)
        let review = try file?.review()
        let root = try chooseRoot()
        let shapes = try inferShapes(root)
        let doubt = try FamilySigns(path: path, names: resolver.names, root: root, shapes: shapes, file: file).check()
        if let doubt, options.isStrict {
            throw Fault(.importOtherFamily, in: path, doubt, advice: "give a config.json that names the model's family")
        }
        var (configuration, origin) = try configure(shapes, file)
        if let appliedLayers {
            guard configuration.appliedLayers == appliedLayers else {
                throw Fault(
                    .importBadConfiguration, in: path,
                    "its \(configuration.appliedLayers) layers need as many pairs of LayerNorms, the file has "
                        + "\(appliedLayers)")
            }
            (configuration.numHiddenLayers, configuration.numHiddenGroups, configuration.innerGroupNum) = (
                appliedLayers, appliedLayers, 1
            )
        }
        var assembly = Assembly(
            report: ImportReport(
                path: path, format: checkpoint.format, writer: checkpoint.writer, naming: root.family.name,
                root: String(root.prefix.dropLast(root.prefix.hasSuffix(".") ? 1 : 0)), configuration: origin))
        assembly.report.fileBytes = files.reduce(0) { $0 &+ $1.count }
        if let review { assembly.report.read(review) }
        if appliedLayers != nil {
            assembly.report.notes.append(
                "every application of the shared layer has LayerNorms of its own: the model is imported unshared")
        }
        if let doubt { assembly.report.doubt(doubt) }

        let wanted = Parameter.optional + Parameter.required(configuration)
        var candidates: [Parameter: [NameResolver.Match]] = [:]
        for parameter in wanted {
            let matches = resolver.candidates(root, parameter, innerGroups: configuration.innerGroupNum)
            candidates[parameter] = matches
            try assign(parameter, matches, to: &assembly)
        }
        try checkDecoder(root, &assembly)
        for named in checkpoint.tensors where factors.contains(NameResolver.normalise(named.name)) {
            assembly.used.insert(NameResolver.normalise(named.name))
            assembly.report.tensors.append(entry(named, parameter: .wordEmbeddings))
        }
        try listTheRest(root, &assembly, isFamilyTold: file?.namesFamily ?? false)
        try adapter?.merge(into: &assembly.parameters, of: configuration, &assembly.report)
        let spilled = assembly.parameters.values.compactMap { $0 as? TensorView }.filter(\.isSpilled)
        if let largest = spilled.map(\.elementCount).max() {
            assembly.report.notes.append(
                """
                large compressed tensors are turned round in a temporary file of up to \(largest &* 4 >> 20) MiB in \
                \(SpilledTensor.directory)
                """
            )
        }

        let foreign = ForeignPart.find(in: resolver.names, root)
        if let foreign { leaveOutHeads(foreign, &assembly) }
        let head = HeadReader(
            path: path, configuration: configuration, parameters: assembly.parameters, configurationFile: file,
            options: adapter?.options(options, with: assembly.parameters) ?? options,
            foreign: foreign,
            nameInSource: { candidates[$0]?.map(\.normalised) ?? [$0.name(configuration)] })
        var card = try head.card(&assembly.report)
        let ofSentences = try neighbours.addSentences(
            to: &card, &assembly.parameters, &assembly.report, configuration)
        if card.sentence == nil, file?.modelType == "dpr" {
            // DPRQuestionEncoder and DPRContextEncoder give the first token's state as it is.
            card.sentence = SentencePipeline(.cls)
        }
        let tokenizer = try neighbours.tokenizerFiles(options, &assembly.report)
        return try AlbertSource(
            configuration: configuration, parameters: assembly.parameters, card: card,
            tokenizerFiles: tokenizer, report: assembly.report,
            files: files + ofSentences,
            nameInSource: { parameter in
                if let found = assembly.sourceNames[parameter] { return [found] }
                return candidates[parameter]?.map(\.normalised) ?? [parameter.name(configuration)]
            })
    }

    /// Takes out the heads that were trained together with what Albit does not compute.
    private func leaveOutHeads(_ foreign: ForeignPart, _ assembly: inout Assembly) {
        var names: [String] = []
        for parameter in HeadReader.both(.classifier) + HeadReader.both(.answer) {
            guard assembly.parameters.removeValue(forKey: parameter) != nil else { continue }
            let name = assembly.sourceNames[parameter] ?? ""
            names.append("'\(name)'")
            for index in assembly.report.tensors.indices where assembly.report.tensors[index].parameter == parameter {
                assembly.report.tensors[index].parameter = nil
            }
            assembly.report.ignored.append(IgnoredTensor(name: name, reason: "a head: " + foreign.reason))
        }
        assembly.report.doubt(
            names.isEmpty
                ? "the encoder is imported without \(foreign.what): '\(foreign.tensor)' is left out"
                : "the head \(names.joined(separator: ", ")) is left out, the encoder alone is imported: "
                    + foreign.reason)
    }

    /// What is being put together.
    private struct Assembly {
        var report: ImportReport
        var parameters: [Parameter: any LazyTensor] = [:]
        var sourceNames: [Parameter: String] = [:]
        /// Normalised names that are accounted for.
        var used = Set<String>()
    }

    private func chooseRoot() throws(Fault) -> NameResolver.Root {
        let roots = resolver.roots()
        func plain(_ root: NameResolver.Root) -> String {
            String(root.prefix.dropLast(root.prefix.hasSuffix(".") ? 1 : 0))
        }
        if let wanted = options.root {
            var text = NameResolver.normalise(wanted)
            if text.hasSuffix(".") { text.removeLast() }
            let family = roots.filter { plain($0) == text || $0.parent == text + "." }
            guard let root = family.first else {
                throw Fault(
                    .importNoSuchRoot, in: path, "no transformer under the root '\(wanted)'",
                    advice: "there is \(roots.map(plain).map { "'\($0)'" }.joined(separator: ", "))")
            }
            return root
        }
        guard let root = roots.first else {
            throw Fault(
                .importNoTransformer, in: path,
                "none of its \(checkpoint.tensors.count) tensors is the word embedding of an ALBERT or BERT "
                    + "with a layer beside it", advice: "is this another kind of model?")
        }
        guard roots.count == 1 else {
            throw Fault(
                .importSeveralTransformers, in: path, "holds several transformers",
                advice: "choose one with --root: \(roots.map(plain).map { "'\($0)'" }.joined(separator: ", "))")
        }
        return root
    }

    private func first(_ matches: [NameResolver.Match]) -> (NamedTensor, NameResolver.Match)? {
        for match in matches {
            if let tensor = tensors[match.normalised]?.first { return (tensor, match) }
        }
        return nil
    }

    /// A tensor of the right name that the container left out is worth its own message.
    private func checkIgnored(_ matches: [NameResolver.Match]) throws(Fault) {
        for ignored in checkpoint.ignored
        where matches.contains(where: { $0.normalised == NameResolver.normalise(ignored.name) }) {
            throw Fault(
                .importNoWeights, in: path, at: "tensor '\(ignored.name)'",
                "should be a weight, but \(ignored.reason)",
                advice: "give the checkpoint from before quantization or conversion")
        }
    }

    private func inferShapes(_ root: NameResolver.Root) throws(Fault) -> InferredShapes {
        func matrix(_ parameter: String, _ matches: [NameResolver.Match]) throws(Fault) -> (rows: Int, columns: Int) {
            guard let (named, match) = first(matches) else {
                try checkIgnored(matches)
                throw Fault(
                    .importMissingTensor, in: path, "\(parameter) is missing",
                    expected: "a tensor named "
                        + "\(matches.map(\.normalised).map { "'\($0)'" }.joined(separator: " or "))")
            }
            let shape = named.tensor.shape
            guard shape.count == 2, shape[0] > 0, shape[1] > 0 else {
                throw Fault(
                    .importWrongShape, in: path, at: "tensor '\(named.name)'", "has shape \(shape)",
                    expected: "\([0, 0]) by the configuration", advice: "is it the right config.json?")
            }
            return match.isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1])
        }
        func table(_ parameter: Parameter) throws(Fault) -> (rows: Int, columns: Int) {
            try matrix(parameter.name(innerGroups: 1), resolver.candidates(root, parameter, innerGroups: 1))
        }
        let (groups, inner) = resolver.layerCounts(root)
        let words = try table(.wordEmbeddings)
        let hasTypes = first(resolver.candidates(root, .tokenTypeEmbeddings, innerGroups: 1)) != nil
        return InferredShapes(
            architecture: root.family.architecture, vocabSize: words.rows, embeddingSize: words.columns,
            hiddenSize: try matrix("query", resolver.candidates(root, .weight(layer: 0, .query), innerGroups: 1)).rows,
            intermediateSize: try matrix("ffn", resolver.candidates(root, .weight(layer: 0, .ffnUp), innerGroups: 1))
                .rows,
            maxPositions: try table(.positionEmbeddings).rows,
            typeVocabSize: hasTypes ? try table(.tokenTypeEmbeddings).rows : 0, groups: groups,
            innerGroups: inner, isGeluTanh: root.family.isGeluTanh, isShared: !root.family.layer.contains("{g}"))
    }

    private func configure(
        _ shapes: InferredShapes, _ file: ConfigurationFile?
    ) throws(Fault) -> (Configuration, ImportReport.ConfigurationOrigin) {
        if let file {
            return (try file.configuration(shapes), .file(file.path))
        }
        let (configuration, rule) = try shapes.configuration(path: path)
        return (configuration, .inferred(rule))
    }

    /// Takes the first name that is there; the others, and further tensors of the same name, are copies.
    private func assign(
        _ parameter: Parameter, _ matches: [NameResolver.Match], to assembly: inout Assembly
    ) throws(Fault) {
        guard let (named, match) = first(matches) else { return try checkIgnored(matches) }
        var tensor = named.tensor
        if match.isTransposed {
            guard let transposed = TensorView.transposed(tensor) else {
                throw Fault(
                    .importWrongShape, in: path, at: "tensor '\(named.name)'", "has shape \(tensor.shape)",
                    expected: "\([0, 0]) by the configuration", advice: "is it the right config.json?")
            }
            tensor = transposed
        }
        // Type embeddings of one row are stored as a vector by some.
        assembly.parameters[parameter] = tensor
        assembly.sourceNames[parameter] = named.name
        // One tensor may stand for several parameters.
        let own = NameResolver.normalise(named.name)
        if own == match.normalised || assembly.used.insert(own).inserted {
            assembly.report.tensors.append(entry(named, parameter: parameter))
        }
        var duplicates: [String] = []
        for other in matches {
            guard assembly.used.insert(other.normalised).inserted else { continue }
            for (index, copy) in (tensors[other.normalised] ?? []).enumerated() {
                if other.normalised == match.normalised && index == 0 { continue }
                assembly.report.tensors.append(entry(copy, parameter: nil))
                if try TensorComparison.equal(named.tensor, copy.tensor) {
                    duplicates.append(copy.name)
                } else if other.normalised == match.normalised {
                    throw Fault(
                        .importCopiesDiffer, in: path,
                        "'\(named.name)' and '\(copy.name)' should be copies of one tensor, but differ",
                        advice: "save the model again from the framework that made it")
                } else {
                    assembly.report.ignored.append(
                        IgnoredTensor(
                            name: copy.name,
                            reason:
                                """
                                differs from '\(named.name)', which is what \(checkpoint.format) models of this family \
                                compute with
                                """
                        ))
                }
            }
        }
        if !duplicates.isEmpty { assembly.report.merged.append(.init(kept: named.name, duplicates: duplicates)) }
    }

    private func entry(_ named: NamedTensor, parameter: Parameter?) -> ImportReport.Tensor {
        ImportReport.Tensor(
            name: named.name, dtype: named.tensor.dtype.rawValue, shape: named.tensor.shape,
            bytes: named.tensor.byteCount,
            parameter: parameter)
    }

    /// The decoder of the masked-word head has to be the word embedding: that is all Albit stores.
    private func checkDecoder(_ root: NameResolver.Root, _ assembly: inout Assembly) throws(Fault) {
        guard let words = first(resolver.candidates(root, .wordEmbeddings, innerGroups: 1))?.0 else { return }
        var duplicates: [String] = []
        for name in root.family.decoderNames {
            for named in tensors[root.parent + name] ?? [] {
                assembly.used.insert(root.parent + name)
                assembly.report.tensors.append(entry(named, parameter: nil))
                var decoder = named.tensor
                if root.family.leaves.isTransposed, let flipped = TensorView.transposed(decoder) { decoder = flipped }
                guard try TensorComparison.equal(words.tensor, decoder) else {
                    // Another head was asked for, so the decoder does not matter.
                    if let head = options.head, head != .maskedLanguageModel {
                        assembly.report.ignored.append(
                            IgnoredTensor(name: named.name, reason: "decoder that is not tied to the embeddings"))
                        continue
                    }
                    throw Fault(
                        .importUntiedDecoder, in: path,
                        "the decoder '\(named.name)' differs from the word embedding '\(words.name)' "
                            + "(tie_word_embeddings is false)",
                        advice: "masked-word scores would be wrong, so remove the prediction head or choose "
                            + "another with --task")
                }
                duplicates.append(named.name)
            }
        }
        if !duplicates.isEmpty { assembly.report.merged.append(.init(kept: words.name, duplicates: duplicates)) }
    }

    private func listTheRest(
        _ root: NameResolver.Root, _ assembly: inout Assembly, isFamilyTold: Bool
    ) throws(Fault) {
        assembly.report.ignored += checkpoint.ignored
        for (alias, stored) in checkpoint.aliases.sorted(by: { $0.key < $1.key }) {
            assembly.report.merged.append(.init(kept: stored, duplicates: [alias]))
        }
        var unknown: [String] = []
        for named in checkpoint.tensors {
            let normalised = NameResolver.normalise(named.name)
            guard !assembly.used.contains(normalised) else { continue }
            assembly.report.tensors.append(entry(named, parameter: nil))
            let (reason, isKnown) = reason(normalised, root)
            if !isKnown, !isFamilyTold, FamilySigns.isInside(normalised, root) {
                throw Fault(
                    .importOtherFamily, in: path, at: "tensor '\(named.name)'",
                    "is part of the transformer and of no ALBERT or BERT, and nothing says which family this is",
                    advice: "give a config.json that names the model's family; " + ModelFamily.advice)
            }
            assembly.report.ignored.append(IgnoredTensor(name: named.name, reason: reason))
            if !isKnown { unknown.append("'\(named.name)'") }
        }
        if let first = unknown.first {
            assembly.report.doubt(
                """
                \(unknown.count == 1 ? "tensor \(first) is" : "\(unknown.count) tensors such as \(first) are") unknown \
                and left out: 
                """
                    + "if the model computes with \(unknown.count == 1 ? "it" : "them"), its answers will differ")
        }
    }

    /// Why a tensor is left out, and whether that is certain to be right.
    private func reason(_ normalised: String, _ root: NameResolver.Root) -> (String, isKnown: Bool) {
        if let reason = IgnoredNames.reason(normalised) { return (reason, true) }
        if !normalised.hasPrefix(root.parent) { return ("outside the transformer '\(root.prefix)'", true) }
        let rest = normalised.dropFirst(root.parent.count)
        for head in ["start_logits.", "end_logits.", "answer_class."] where rest.hasPrefix(head) {
            return ("part of a SQuAD 2 beam-search head, which Albit does not run", true)
        }
        if normalised.hasPrefix(root.prefix) && root.prefix != root.parent {
            return ("unknown to \(root.family.name): the model may need it", false)
        }
        return ("no head that Albit knows", false)
    }
}
