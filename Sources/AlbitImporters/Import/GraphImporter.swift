import AlbitModel
import AlbitText

/// Turns a dataflow graph into an ALBERT: walks from the ids through embeddings and layers to the outputs, merges
/// equal layers, and reads the configuration off what it met.
struct GraphImporter {
    let path: String
    let graph: DataflowGraph
    /// The graph before anything was undone in it; nil where it is the same.
    var published: DataflowGraph?
    let neighbours: Neighbours
    let options: ImportOptions

    /// Sums of embeddings in one graph that are followed.
    private static let maxEncoders = 64

    /// `files` are all files that the graph's constants lie in, the graph's own first.
    func source(files: [any ByteSource]) throws(Fault) -> AlbertSource {
        let sabotage = options.sabotage
        let graph = sabotage.map { mistake in self.graph.changing { mistake.spoil($0) } } ?? self.graph
        let published = sabotage.flatMap { mistake in self.published?.changing { mistake.spoil($0) } } ?? self.published
        let walk = try GraphWalk(path: path, graph: graph)
        var encoder = try findEncoder(walk)
        sabotage?.spoil(&encoder)
        let sharing = try share(encoder)
        let configuration = try configure(encoder, sharing)
        var assembly = GraphAssembly(path: path, graph: graph, configuration: configuration)
        assembly.sabotage = sabotage

        try assembly.set(.wordEmbeddings, encoder.embeddings.words.table)
        if let positions = encoder.embeddings.positions { try assembly.set(.positionEmbeddings, positions.table) }
        if let types = encoder.embeddings.types { try assembly.set(.tokenTypeEmbeddings, types.table) }
        try assembly.set(.embeddingNorm, encoder.embeddings.norm)
        if let projection = encoder.projection { try assembly.set(.projection, projection) }
        for (index, step) in sharing.representatives.enumerated() {
            for (parameter, constant) in encoder.layers[step].parameters(ofLayer: index) {
                if case .bias(let module) = parameter {
                    try assembly.set(parameter, constant, orZeros: module.rows(configuration) ?? 0)
                } else {
                    try assembly.set(parameter, constant)
                }
            }
        }
        for (step, layer) in encoder.layers.enumerated() {
            for (parameter, constant) in layer.parameters(ofLayer: configuration.storedLayer(at: step)) {
                assembly.merge(constant, into: parameter)
            }
        }

        var report = ImportReport(
            path: path, format: graph.format, writer: graph.writer, naming: "dataflow",
            root: encoder.embeddings.name,
            configuration: .inferred(
                "read from the graph: \(encoder.layers.count) layers, \(configuration.numAttentionHeads) heads, "
                    + "\(configuration.hiddenAct.name), LayerNorm epsilon \(configuration.layerNormEps)"))
        report.fileBytes = files.reduce(0) { $0 &+ $1.count }
        note(encoder, configuration, sharing, walk, in: &report)
        let file = try neighbours.configuration(options)
        if let file {
            note(file, configuration, in: &report)
            report.read(file.reviewBesideGraph())
        }
        if !graph.metadata.isEmpty {
            report.read(
                ImportReport.ReadFile(
                    path: path + " (metadata)",
                    inert: graph.metadata.map { ($0, "beside the nodes, which alone are what a graph computes") }))
        }
        var claims: [RecoveredGraph.Claim] = []
        let kind = try GraphHeadReader(
            walk: walk, encoder: encoder, configuration: configuration, options: options, file: file,
            hasPipeline: try neighbours.tree?.open(ModuleList.fileName) != nil
        )
        .read(into: &assembly, &report, claims: &claims)
        assembly.list(in: &report)

        let names = assembly.names
        let heads = HeadReader(
            path: path, configuration: configuration, parameters: assembly.parameters, configurationFile: file,
            options: options, classifier: kind,
            nameInSource: { [names[$0] ?? $0.name(configuration)] })
        var card = try heads.card(&report)
        var parameters = assembly.parameters
        let ofSentences = try neighbours.addSentences(
            to: &card, &parameters, &report, configuration)
        let tokenizer = try neighbours.tokenizerFiles(options, &report)
        return try AlbertSource(
            configuration: configuration, parameters: parameters, card: card,
            tokenizerFiles: tokenizer, report: report, files: files + ofSentences,
            graph: RecoveredGraph(
                walk, published: published ?? (walk.isQuantized ? graph : nil), encoder: encoder, claims: claims,
                precision: precision(walk, assembly)),
            nameInSource: { [names[$0] ?? $0.name(configuration)] })
    }

    /// How exactly the graph holds its weights.
    private func precision(_ walk: GraphWalk, _ assembly: GraphAssembly) -> RecoveredGraph.Precision {
        if walk.isQuantized || graph.nodes.contains(where: { $0.operation == .integerMatmul }) { return .eightBit }
        var isHalf = false
        for id in assembly.weights {
            guard let tensor = graph.storedConstant(id) else { continue }
            if !tensor.dtype.isFloating || tensor is AffineTensor { return .eightBit }
            if tensor.dtype.size == 2 { isHalf = true }
        }
        return isHalf ? .half : .float
    }

    private func findEncoder(_ walk: GraphWalk) throws(Fault) -> EncoderMatch {
        let summands = walk.normsBySummand()
        var found: [EncoderMatch] = []
        var failure: Fault?
        var tried = 0
        for norm in walk.norms.values.sorted(by: { $0.result < $1.result }) {
            do throws(Fault) {
                guard let embeddings = try walk.embeddings(norm) else { continue }
                tried += 1
                guard tried <= GraphImporter.maxEncoders else { break }
                if let root = options.root, root != embeddings.name, root != embeddings.words.node { continue }
                found.append(try walk.encoder(embeddings, summands))
            } catch {
                if failure == nil { failure = error }
            }
        }
        if found.count > 1 {
            throw Fault(
                .importSeveralTransformers, in: path, "holds several transformers",
                advice: "choose one with --root: "
                    + "\(found.map(\.embeddings.name).map { "'\($0)'" }.joined(separator: ", "))")
        }
        if let encoder = found.first { return encoder }
        if let failure { throw failure }
        if let root = options.root {
            var others: [String] = []
            for norm in walk.norms.values { if let match = try walk.embeddings(norm) { others.append(match.name) } }
            throw Fault(
                .importNoSuchRoot, in: path, "no transformer under the root '\(root)'",
                advice: "there is \(others.sorted().map { "'\($0)'" }.joined(separator: ", "))")
        }
        let lookup = graph.nodes.first {
            if case .gather = $0.operation {
                $0.inputs.first.flatMap { $0 }.map { walk.constant($0) != nil } ?? false
            } else {
                false
            }
        }
        throw Fault(
            .graphNoEmbeddings, in: path,
            "none of its \(graph.nodes.count) nodes is the LayerNorm of a sum of word, position and type "
                + "embeddings, with which an ALBERT or BERT begins",
            advice: "the first look-up of a table is at node '\(lookup?.name ?? graph.nodes.first?.name ?? "none")'")
    }

    /// Numbers the layers by their weights.
    private func share(_ encoder: EncoderMatch) throws(Fault) -> LayerSharing {
        if try areOne(encoder.layers) {
            return LayerSharing(
                stored: [Int](repeating: 0, count: encoder.layers.count), isShared: encoder.projection != nil)
        }
        var kinds: [Int] = []
        var stored: [Int] = []
        for (step, layer) in encoder.layers.enumerated() {
            var kind: Int?
            for (index, first) in kinds.enumerated() {
                guard try GraphImporter.equal(encoder.layers[first], layer) else { continue }
                kind = index
                break
            }
            if kind == nil { kinds.append(step) }
            stored.append(kind ?? kinds.count - 1)
        }
        return LayerSharing(stored: stored, isShared: encoder.projection != nil)
    }

    /// Whether all layers have the same weights, with every copy read once.
    private func areOne(_ layers: [LayerMatch]) throws(Fault) -> Bool {
        let parameters = layers.map { $0.parameters(ofLayer: 0).map(\.constant) }
        for part in parameters[0].indices {
            let constants = parameters.compactMap { $0[part] }
            guard constants.count == layers.count || constants.isEmpty else { return false }
            guard try FoldedConstant.allEqual(constants) == true else { return false }
        }
        return true
    }

    private static func equal(_ a: LayerMatch, _ b: LayerMatch) throws(Fault) -> Bool {
        for (first, second) in zip(a.parameters(ofLayer: 0), b.parameters(ofLayer: 0)) {
            guard let x = first.constant, let y = second.constant else {
                guard first.constant == nil, second.constant == nil else { return false }
                continue
            }
            guard try x.isEqual(to: y) else { return false }
        }
        return true
    }

    private func configure(_ encoder: EncoderMatch, _ sharing: LayerSharing) throws(Fault) -> Configuration {
        let first = encoder.layers[0]
        func differ(_ what: String) -> Fault {
            Fault(.importBadConfiguration, in: path, "its layers differ in \(what), which no ALBERT or BERT does")
        }
        for layer in encoder.layers {
            guard layer.attention.heads == first.attention.heads else { throw differ("the number of heads") }
            guard layer.activation == first.activation else { throw differ("the activation") }
            guard layer.norm.epsilon == first.norm.epsilon, layer.attentionNorm.epsilon == first.norm.epsilon else {
                throw differ("the epsilon of LayerNorm")
            }
        }
        guard encoder.embeddings.norm.epsilon == first.norm.epsilon else {
            throw differ("the epsilon of LayerNorm from the embeddings")
        }
        let words = encoder.embeddings.words.table.shape
        return Configuration(
            architecture: encoder.projection == nil ? .bert : .albert, vocabSize: words[0], embeddingSize: words[1],
            hiddenSize: first.dense.rows, intermediateSize: first.ffn.rows, numAttentionHeads: first.attention.heads,
            numHiddenLayers: sharing.hiddenLayers, numHiddenGroups: sharing.groups, innerGroupNum: sharing.innerGroups,
            hiddenAct: first.activation, maxPositionEmbeddings: encoder.embeddings.positions?.table.shape[0] ?? 0,
            typeVocabSize: encoder.embeddings.types?.table.shape[0] ?? 0, layerNormEps: first.norm.epsilon)
    }

    private func note(
        _ encoder: EncoderMatch, _ configuration: Configuration, _ sharing: LayerSharing, _ walk: GraphWalk,
        in report: inout ImportReport
    ) {
        let distinct = Set(sharing.stored).count
        if encoder.projection != nil {
            if distinct == 1, encoder.layers.count > 1 {
                report.notes.append("\(encoder.layers.count) applications of one shared layer were found and merged")
            } else if configuration.storedLayers == encoder.layers.count, distinct > 1 {
                report.notes.append(
                    """
                    the \(encoder.layers.count) layers have \(distinct) different sets of weights: the model is \
                    imported unshared
                    """
                )
            } else if distinct > 1 {
                report.notes.append(
                    "\(encoder.layers.count) applied layers use \(configuration.storedLayers) stored ones "
                        + "(\(configuration.numHiddenGroups) groups of \(configuration.innerGroupNum))")
            }
        }
        if walk.isQuantized || graph.nodes.contains(where: { $0.operation == .integerMatmul }) {
            report.notes.append(
                """
                the graph is quantized: weights are taken back to float exactly, the rounding of activations at run \
                time is left out; 
                """
                    + "the float original, if there is one, is more accurate")
        }
        if encoder.embeddings.isCut {
            report.notes.append(
                """
                the graph was exported for \(configuration.maxPositionEmbeddings) tokens and holds no positions beyond \
                them: 
                """
                    + "longer texts cannot be run; export with a dynamic sequence length to keep all")
        }
        let inputs = encoder.embeddings.idInputs.map { "'\(graph.values[$0].name)'" }.sorted().joined(separator: ", ")
        report.notes.append(
            "token ids come from \(inputs); the last hidden state is '\(graph.values[encoder.result].name)'")
    }

    /// The graph decides; what a configuration beside it says otherwise is told.
    private func note(_ file: ConfigurationFile, _ found: Configuration, in report: inout ImportReport) {
        let shapes = InferredShapes(
            architecture: found.architecture, vocabSize: found.vocabSize, embeddingSize: found.embeddingSize,
            hiddenSize: found.hiddenSize,
            intermediateSize: found.intermediateSize, maxPositions: found.maxPositionEmbeddings,
            typeVocabSize: found.typeVocabSize,
            groups: found.numHiddenGroups, innerGroups: found.innerGroupNum, isGeluTanh: found.hiddenAct == .geluNew)
        guard let told = try? file.configuration(shapes) else {
            return report.notes.append("\(file.path) describes another model; the graph decides")
        }
        if told != found { report.notes.append("\(file.path) and the graph differ; the graph decides") }
    }
}
