import AlbitModel
import AlbitText
import CKernels

extension EncoderWeights {
    /// Points into a mapped int8 model file; nothing but column sums (4 bytes per output channel) and
    /// shifts (4 bytes per input channel) is held in memory.
    /// Throws `Fault` where a tensor is missing or of another shape.
    package convenience init(_ model: ModelFile) throws(Fault) {
        let configuration = model.configuration
        guard model.weights == .int8 else {
            throw Fault(
                .modelBadValue, in: model.path, at: "key '" + ModelKey.weights + "'",
                "is '" + model.weights.rawValue
                    + "', expected int8; make an int8 file with 'albit quantize'")
        }
        let reader = Int8WeightReader(model: model)
        let h = configuration.hiddenSize
        let e = configuration.embeddingSize

        var layers: [TransformerLayer] = []
        let applications = configuration.applicationCounts
        for index in 0..<configuration.storedLayers {
            func linear(_ site: Site, rows: Int, columns: Int) throws(Fault) -> Linear {
                try reader.linear(
                    site.tensorGroup(layer: index), rows: rows, columns: columns, applications: applications[index],
                    hasSecondPlane: model.precision.needsSecondWeightPlane(
                        storedLayer: index, site: site, configuration))
            }
            layers.append(
                TransformerLayer(
                    qkv: try linear(.attentionQKV, rows: AttentionRows(configuration).count, columns: h),
                    attentionOutput: try linear(.attentionOutput, rows: h, columns: h),
                    attentionNorm: try reader.norm(.layer(index, .attentionNorm), h),
                    ffnUp: try linear(.ffnUp, rows: configuration.intermediateSize, columns: h),
                    ffnDown: try linear(.ffnDown, rows: h, columns: configuration.intermediateSize),
                    outputNorm: try reader.norm(.layer(index, .outputNorm), h)))
        }
        var prediction: PredictionHead?
        if model.card.heads.contains(.maskedLanguageModel) {
            prediction = PredictionHead(
                dense: try reader.linear(ParameterModule.predictionDense.tensorGroup, rows: e, columns: h),
                norm: try reader.norm(.predictionNorm, e),
                bias: try model.floats(Parameter.predictionBias.tensorName, count: configuration.vocabSize))
        }
        self.init(
            configuration: configuration,
            wordEmbeddings: .int8(try model.table(.wordEmbeddings, rows: configuration.vocabSize, columns: e)),
            positionEmbeddings: .int8(
                try model.table(.positionEmbeddings, rows: configuration.maxPositionEmbeddings, columns: e)),
            tokenTypeEmbeddings: try reader.tokenTypes(rows: configuration.typeVocabSize, columns: e),
            embeddingNorm: try reader.norm(.embeddingNorm, e),
            projection: configuration.hasEmbeddingProjection
                ? try reader.linear(ParameterModule.projection.tensorGroup, rows: h, columns: e) : nil,
            layers: layers,
            pooler: try reader.optional(.pooler, rows: h, columns: h),
            classifier: try reader.optional(.classifier, rows: nil, columns: h),
            answer: try reader.optional(.answer, rows: 2, columns: h),
            order: try reader.optional(.order, rows: 2, columns: h),
            prediction: prediction, sentence: try reader.stages(),
            isInt8: true, precision: model.precision, attentionWeightPlanes: model.attentionWeightPlanes,
            file: model.gguf.file, owners: reader.owners)
    }
}

/// Turns the descriptions of a model file into matmuls that point into it.
private final class Int8WeightReader {
    let model: ModelFile
    private(set) var owners: [Memory] = []

    init(model: ModelFile) { self.model = model }

    func optional(_ module: ParameterModule, rows: Int?, columns: Int) throws(Fault) -> Linear? {
        let name = module.tensorGroup
        guard let description = model.linears.first(where: { $0.name == name }) else { return nil }
        return try linear(name, rows: rows ?? description.rows, columns: columns)
    }

    /// `applications`: how often it is applied, each time with a bias and shift of its own or always with the same.
    /// `hasSecondPlane`: with the second plane of its weights.
    func linear(
        _ name: String, rows: Int, columns: Int, applications: Int = 1, hasSecondPlane: Bool = false
    ) throws(Fault) -> Linear {
        guard let description = model.linears.first(where: { $0.name == name }) else {
            throw Fault(
                .modelMissingTensor, in: model.path, at: "tensor '" + name + "'", "is missing",
                advice: "make the file again with 'albit quantize'")
        }
        guard description.rows == rows, description.columns == columns else {
            throw Fault(
                .modelWrongTensor, in: model.path, at: "tensor '" + name + "'",
                "is " + String(description.rows) + " x " + String(description.columns),
                expected: String(rows) + " x " + String(columns))
        }
        let layout = description.panels
        let (n, k) = (layout.rows, layout.columns)
        let panels = try panels(TensorName(name, .weight), layout)
        let shiftName = TensorName(name, .shift)
        let shiftShape = shape(of: shiftName, columns, applications)
        let shift = model.gguf.tensor(shiftName.text) == nil ? nil : try self.shift(shiftName, shiftShape)
        let biasName = TensorName(name, .bias)
        let biasShape = shape(of: biasName, n, applications)
        let sums = try columnSums(panels, layout)
        var second: kernel_linear?
        // A file that a search works on holds planes that its precision does not ask for yet.
        let secondName = TensorName(name, .secondWeight)
        if hasSecondPlane || model.gguf.tensor(secondName.text) != nil {
            let panels = try self.panels(secondName, layout)
            second = kernel_linear(
                panels: panels, scale: try model.floats(TensorName(name, .secondScale), count: n),
                bias: UnsafePointer(try allocate(n, of: Float.self)), column_sum: try columnSums(panels, layout),
                n: Int32(n), k: Int32(k))
        }
        return Linear(
            weights: .int8(
                kernel_linear(
                    panels: panels, scale: try model.floats(TensorName(name, .scale), count: n),
                    bias: try model.floats(biasName, shape: biasShape), column_sum: sums, n: Int32(n),
                    k: Int32(k)),
                kernel_input(
                    shift: shift, gain: try gain(name, description), k: Int32(columns), k_padded: Int32(k),
                    block: Int32(description.block),
                    planes: Int32(description.planes))),
            secondPlane: second, rows: rows, columns: columns, biasStride: biasShape.count > 1 ? n : 0,
            shiftStride: shiftShape.count > 1 ? columns : 0)
    }

    private func panels(_ name: TensorName, _ layout: Panels) throws(Fault) -> UnsafePointer<Int8> {
        let tensor = try model.tensor(name, .i8, shape: layout.shape)
        guard let base = model.gguf.bytes(of: tensor).baseAddress else {
            throw Fault(
                .modelMissingTensor, in: model.path, at: "tensor '" + name.text + "'", "is missing",
                advice: "make the file again with 'albit quantize'")
        }
        // Kernels load whole cache lines; a file may say that it aligns its tensors to less.
        guard Int(bitPattern: base) % Panels.lineBytes == 0 else {
            throw Fault(
                .modelWrongTensor, in: model.path, at: "tensor '" + name.text + "'",
                "is at offset " + String(tensor.fileOffset), expected: "an offset that is a multiple of 64")
        }
        return base.assumingMemoryBound(to: Int8.self)
    }

    func norm(_ module: ParameterModule, _ count: Int) throws(Fault) -> LayerNorm {
        LayerNorm(
            weight: try model.floats(Parameter.weight(module).tensorName, count: count),
            bias: try model.floats(Parameter.bias(module).tensorName, count: count))
    }

    /// The token types' rows, nil for none: floats in the mapping, or in files before format 4 int8 rows, which are
    /// made floats here.
    func tokenTypes(rows: Int, columns: Int) throws(Fault) -> UnsafePointer<Float>? {
        guard rows > 0 else { return nil }
        let name = Parameter.tokenTypeEmbeddings.tensorName
        guard model.gguf.tensor(name.text)?.type == .i8 else {
            return try model.floats(name, shape: [columns, rows])
        }
        let bytes = model.gguf.bytes(of: try model.tensor(name, .i8, shape: [columns, rows]))
        let scales = try model.floats(TensorName(name.group, .scale), count: rows)
        let values = try allocate(rows * columns, of: Float.self)
        for i in 0..<(rows * columns) { values[i] = Float(Int8(bitPattern: bytes[i])) * scales[i / columns] }
        return UnsafePointer(values)
    }

    /// Those of the card's sentence pipeline: floats in the mapping.
    func stages() throws(Fault) -> [SentenceStageWeights] {
        guard let pipeline = model.card.sentence else { return [] }
        let hiddenSize = model.configuration.hiddenSize
        if let problem = pipeline.problem(hiddenSize: hiddenSize) {
            throw Fault(.modelBadValue, in: model.path, at: "sentence pipeline '" + pipeline.name + "'", problem)
        }
        let widths = pipeline.stageWidths(hiddenSize: hiddenSize)
        var stages: [SentenceStageWeights] = []
        for (index, stage) in pipeline.stages.enumerated() {
            let module = ParameterModule.sentenceStage(index)
            switch stage {
            case .dense(let dense):
                let weight = try model.floats(
                    Parameter.weight(module).tensorName, shape: [dense.inFeatures, dense.outFeatures])
                let bias =
                    dense.hasBias
                    ? try model.floats(Parameter.bias(module).tensorName, count: dense.outFeatures) : nil
                stages.append(.dense(weight: weight, bias: bias, dense))
            case .layerNorm(let epsilon):
                stages.append(.layerNorm(try norm(module, widths[index]), epsilon: epsilon))
            case .normalize: stages.append(.normalize)
            }
        }
        return stages
    }

    private func allocate<T>(_ count: Int, of type: T.Type) throws(Fault) -> UnsafeMutablePointer<T> {
        var plan = MemoryPlan()
        let values = plan.place(count, of: type)
        let memory = try Memory(plan, purpose: "what is derived from the weights")
        owners.append(memory)
        return memory[values]
    }

    /// Of a vector [count], or [applications][count] where the file has it so.
    private func shape(of name: TensorName, _ count: Int, _ applications: Int) -> [Int] {
        model.gguf.tensor(name.text)?.shape.count == 2 ? [count, applications] : [count]
    }

    private func shift(_ name: TensorName, _ shape: [Int]) throws(Fault) -> UnsafePointer<Float> {
        // The tensor is looked at first, so that no room is made for what is not there.
        _ = try model.tensor(name, .f16, shape: shape)
        let values = try allocate(shape.reduce(1, *), of: Float.self)
        try model.halves(name, shape: shape, into: values)
        return UnsafePointer(values)
    }

    /// What the channels of a rotated input are multiplied by: fixed signs, and what the file has beside them. Nil
    /// where nothing is rotated.
    private func gain(_ name: String, _ description: LinearDescription) throws(Fault) -> UnsafePointer<Float>? {
        let gainName = TensorName(name, .gain)
        let isThere = model.gguf.tensor(gainName.text) != nil
        guard description.block > 0 else {
            if isThere {
                throw Fault(
                    .modelWrongTensor, in: model.path, at: "tensor '" + gainName.text + "'",
                    "is there, though the input is not rotated", expected: "none")
            }
            return nil
        }
        let values = try allocate(description.panels.columns, of: Float.self)
        for i in 0..<description.panels.columns { values[i] = 1 }
        if isThere { try model.halves(gainName, shape: [description.columns], into: values) }
        for i in 0..<description.panels.columns {
            guard Linear.gains.contains(values[i]) else {
                throw Fault(
                    .modelBadValue, in: model.path, at: "tensor '" + gainName.text + "'",
                    "holds a gain out of range at element " + String(i), expected: "0.25 to 4")
            }
            if kernel_sign(Int32(i & 1023)) { values[i] = -values[i] }
        }
        return UnsafePointer(values)
    }

    /// Derived rather than stored: four bytes a channel that could only disagree with the weights.
    private func columnSums(_ panels: UnsafePointer<Int8>, _ layout: Panels) throws(Fault) -> UnsafePointer<Int32> {
        let sums = try allocate(layout.rows, of: Int32.self)
        kernel_column_sums(panels, Int32(layout.rows), Int32(layout.columns), sums)
        return UnsafePointer(sums)
    }
}
