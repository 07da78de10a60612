import AlbitModel
import AlbitText

/// What a folder of sentence-transformers says beside its transformer: the pipeline behind it with its weights, the
/// length of texts, prompts, how vectors are compared.
///
/// Source: sentence-transformers 6.2, `base/model.py` and the modules' `load`; the keys of versions 2 to 5 are read
/// too.
struct SentenceModel {
    /// Nil for a cross-encoder, which makes no vectors.
    var pipeline: SentencePipeline?
    var transformer = TransformerSettings()
    var settings = SentenceSettings()
    /// Weights of stages, with what the report tells of them.
    var weights: [Parameter: any LazyTensor] = [:]
    var tensors: [ImportReport.Tensor] = []
    var files: [any ByteSource] = []
    var notes: [String] = []
    private var read: [ImportReport.ReadFile] = []

    /// Reads the model whose transformer lies in `tree`; nil where nothing there, or in the folder that it was found
    /// from, names modules. `readWeights` reads the tensors of one file.
    init?(
        besides tree: any FileTree, hiddenSize: Int, positions: Int,
        readWeights: (any ByteSource) throws(Fault) -> Checkpoint
    ) throws(Fault) {
        let (root, folder) = SubfolderTree.outer(of: tree) ?? (tree, "")
        guard let list = try ModuleList(root), list.transformerFolder == folder else { return nil }
        notes = list.notes
        settings = try SentenceSettings(root, &read, &notes)
        transformer = try TransformerSettings(tree, positions: positions, &read)
        var poolings: [SentencePooling] = []
        var includesPrompt = true
        var stages: [SentenceStage] = []
        if let pooling = transformer.pooling { poolings = [pooling] }
        for (index, module) in list.modules.enumerated() {
            let place = ModuleList.place(module)
            func outOfPlace() -> Fault {
                Fault(
                    .sentenceUnsupportedModule, in: list.path, at: "module \(index)",
                    "a \(module.kind.rawValue) in this place of the pipeline is nothing that Albit runs",
                    expected: "one Transformer, one Pooling, then Dense, LayerNorm and Normalize")
            }
            let width =
                SentencePipeline(poolings: poolings, stages: stages).stageWidths(hiddenSize: hiddenSize).last ?? 0
            switch module.kind {
            case .transformer:
                guard index == 0 else { throw outOfPlace() }
            case .pooling:
                guard index > 0, poolings.isEmpty, stages.isEmpty else { throw outOfPlace() }
                var file = try ModuleConfiguration(root, module)
                let settings = try PoolingSettings(&file)
                (poolings, includesPrompt) = (settings.poolings, settings.includesPrompt)
                try file.requireKnownKeys()
                read.append(file.review())
            case .dropout: notes.append("module \(place) (Dropout) is left out: it does nothing outside training")
            case .dense, .layerNorm, .normalize:
                guard !poolings.isEmpty else { throw outOfPlace() }
                var file = try ModuleConfiguration(root, module)
                let stage = try SentenceModel.stage(module.kind, width: width, &file)
                try file.requireKnownKeys()
                if file.isThere { read.append(file.review()) }
                try addWeights(of: stage, at: stages.count, width: width, from: root, module, readWeights)
                stages.append(stage)
            }
        }
        guard settings.isCrossEncoder else {
            guard !poolings.isEmpty else {
                throw Fault(
                    .sentenceUnsupportedModule, in: list.path, "has no Pooling, so its texts have no vectors",
                    expected: "one Transformer, one Pooling, then Dense, LayerNorm and Normalize")
            }
            let kept = settings.keptWidth
            pipeline = SentencePipeline(
                poolings: poolings, includesPrompt: includesPrompt, stages: stages, keptWidth: kept)
            return
        }
        guard poolings.isEmpty, list.modules.count == 1 else {
            throw Fault(
                .sentenceUnsupportedModule, in: list.path,
                "is a cross-encoder with modules behind its transformer, "
                    + "which Albit does not run", expected: "one Transformer with its own classifier")
        }
    }

    /// Puts all of it where an import keeps it.
    func add(
        to card: inout ModelCard, _ parameters: inout [Parameter: any LazyTensor], _ report: inout ImportReport
    ) {
        card.sentence = pipeline
        card.maxSequenceLength = transformer.maxSequenceLength
        card.lowercases = transformer.lowercases
        card.prompts = settings.prompts
        card.similarity = settings.similarity
        if let activation = settings.scoreActivation { card.scoreActivation = activation }
        parameters.merge(weights) { _, new in new }
        report.tensors += tensors
        report.fileBytes = files.reduce(report.fileBytes) { $0 &+ $1.count }
        report.notes += notes
        for file in read { report.read(file) }
    }

    // Stages ----------------------------------------------------------------------------------

    private static func stage(
        _ kind: SentenceModule.Kind, width: Int, _ file: inout ModuleConfiguration
    ) throws(Fault) -> SentenceStage {
        let vector = "sentence_embedding"
        switch kind {
        case .dense: return .dense(try DenseStage(&file, width: width))
        case .layerNorm:
            if let dimension = try file.count("dimension"), dimension != width {
                throw file.wrong("dimension", "\(width), the values that come out before it")
            }
            // The default of torch.nn.LayerNorm; no file says otherwise.
            return .layerNorm(epsilon: 1e-5)
        default:
            try file.require("module_input_name", vector)
            try file.require("module_output_name", vector)
            return .normalize
        }
    }

    private mutating func addWeights(
        of stage: SentenceStage, at index: Int, width: Int, from root: any FileTree, _ module: SentenceModule,
        _ read: (any ByteSource) throws(Fault) -> Checkpoint
    ) throws(Fault) {
        let prefix: String
        switch stage {
        case .dense: prefix = "linear"
        case .layerNorm: prefix = "norm"
        case .normalize: return
        }
        // Stages before it are not asked again.
        let pipeline = SentencePipeline(
            poolings: [.mean], stages: [SentenceStage](repeating: .normalize, count: index) + [stage])
        let file = try SentenceModel.weights(root, module)
        var left = Dictionary(try read(file).tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
        for (parameter, shape) in pipeline.parameters(hiddenSize: width) {
            let isBias = if case .bias = parameter { true } else { false }
            let name = prefix + (isBias ? ".bias" : ".weight")
            guard let tensor = left.removeValue(forKey: name) else {
                throw Fault(
                    .importMissingTensor, in: file.path, "'\(name)' is missing",
                    expected: "the weights of the module that \(ModuleList.fileName) names")
            }
            guard tensor.shape == shape, tensor.dtype.isFloating else {
                throw Fault(
                    .importWrongShape, in: file.path, at: "tensor '\(name)'",
                    "has shape \(tensor.shape) of \(tensor.dtype.rawValue)", expected: "floats \(shape)")
            }
            weights[parameter] = tensor
            tensors.append(
                ImportReport.Tensor(
                    name: module.folder + "/" + name, dtype: tensor.dtype.rawValue, shape: shape,
                    bytes: tensor.byteCount, parameter: parameter))
        }
        guard left.isEmpty else {
            throw Fault(
                .sentenceUnsupportedOption, in: file.path, at: "tensor '\(left.keys.sorted()[0])'",
                "is unknown to a \(module.kind.rawValue), so the module is none that Albit runs")
        }
        files.append(file)
    }

    private static func weights(_ root: any FileTree, _ module: SentenceModule) throws(Fault) -> any ByteSource {
        for name in ["model.safetensors", "pytorch_model.bin"] {
            let place = module.folder.isEmpty ? name : module.folder + "/" + name
            if let file = try root.open(place) { return file }
        }
        throw Fault(
            .sentenceNoWeights, in: root.path, at: "module '\(ModuleList.place(module))'", "has no weights",
            expected: "model.safetensors or pytorch_model.bin in its folder", advice: "download the whole folder")
    }
}
