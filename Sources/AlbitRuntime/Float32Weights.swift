import AlbitModel
import AlbitText

extension EncoderWeights {
    /// Reads a checkpoint into float32 memory, for the reference forward pass.
    ///
    /// Generic over the source so that the same code stays clear of existentials; peak memory is that of the
    /// float32 weights. Throws the source's errors (missing or misshapen tensors, NaN or Inf) or out of memory.
    package convenience init<Source: ParameterSource>(_ source: Source) throws(Fault) {
        let configuration = source.configuration
        let reader = Float32WeightReader(source: source)
        let h = configuration.hiddenSize
        let e = configuration.embeddingSize
        let i = configuration.intermediateSize

        var layers: [TransformerLayer] = []
        for index in 0..<configuration.storedLayers {
            layers.append(
                TransformerLayer(
                    qkv: try reader.qkv(layer: index),
                    attentionOutput: try reader.linear(.layer(index, .attentionOutput), h, h),
                    attentionNorm: try reader.norm(.layer(index, .attentionNorm), h),
                    ffnUp: try reader.linear(.layer(index, .ffnUp), i, h),
                    ffnDown: try reader.linear(.layer(index, .ffnDown), h, i),
                    outputNorm: try reader.norm(.layer(index, .outputNorm), h)))
        }
        var prediction: PredictionHead?
        if source.shape(of: .weight(.predictionDense)) != nil {
            prediction = PredictionHead(
                dense: try reader.linear(.predictionDense, e, h),
                norm: try reader.norm(.predictionNorm, e),
                bias: try reader.floats(.predictionBias, configuration.vocabSize))
        }
        self.init(
            configuration: configuration,
            wordEmbeddings: .float32(try reader.floats(.wordEmbeddings, configuration.vocabSize * e)),
            positionEmbeddings: .float32(
                try reader.floats(.positionEmbeddings, configuration.maxPositionEmbeddings * e)),
            tokenTypeEmbeddings: configuration.typeVocabSize > 0
                ? try reader.floats(.tokenTypeEmbeddings, configuration.typeVocabSize * e) : nil,
            embeddingNorm: try reader.norm(.embeddingNorm, e),
            projection: configuration.hasEmbeddingProjection
                ? try reader.linear(.projection, h, e) : nil,
            layers: layers,
            pooler: try reader.optional(.pooler, h),
            classifier: try reader.optional(.classifier, h),
            answer: try reader.optional(.answer, h),
            order: try reader.optional(.order, h),
            prediction: prediction, sentence: try reader.stages(),
            isInt8: false, precision: PrecisionMap(.onePlane, layers: configuration.appliedLayers),
            attentionWeightPlanes: 2,
            file: nil, owners: reader.owners)
    }
}

private final class Float32WeightReader<Source: ParameterSource> {
    let source: Source
    private(set) var owners: [Memory] = []

    init(source: Source) { self.source = source }

    private func allocate(_ count: Int) throws(Fault) -> UnsafeMutablePointer<Float> {
        var plan = MemoryPlan()
        let values = plan.place(count, of: Float.self)
        let memory = try Memory(plan, purpose: "float32 weights")
        owners.append(memory)
        return memory[values]
    }

    private func fill(
        _ parameter: Parameter, _ range: Range<Int>, _ destination: UnsafeMutablePointer<Float>
    ) throws(Fault) {
        try source.read(
            parameter, elements: range, into: UnsafeMutableBufferPointer(start: destination, count: range.count))
    }

    func floats(_ parameter: Parameter, _ count: Int) throws(Fault) -> UnsafePointer<Float> {
        let memory = try allocate(count)
        try fill(parameter, 0..<count, memory)
        return UnsafePointer(memory)
    }

    func norm(_ module: ParameterModule, _ count: Int) throws(Fault) -> LayerNorm {
        LayerNorm(weight: try floats(.weight(module), count), bias: try floats(.bias(module), count))
    }

    func linear(_ module: ParameterModule, _ rows: Int, _ columns: Int) throws(Fault) -> Linear {
        Linear(
            weights: .float32(
                weight: try floats(.weight(module), rows * columns), bias: try floats(.bias(module), rows)),
            rows: rows, columns: columns)
    }

    func optional(_ module: ParameterModule, _ columns: Int) throws(Fault) -> Linear? {
        guard let shape = source.shape(of: .weight(module)), shape.count == 2 else { return nil }
        let bias = source.shape(of: .bias(module)) == nil ? nil : try floats(.bias(module), shape[0])
        return Linear(
            weights: .float32(weight: try floats(.weight(module), shape[0] * columns), bias: bias),
            rows: shape[0], columns: columns)
    }

    /// Those of the source's sentence pipeline.
    func stages() throws(Fault) -> [SentenceStageWeights] {
        guard let pipeline = source.sentence else { return [] }
        let widths = pipeline.stageWidths(hiddenSize: source.configuration.hiddenSize)
        var stages: [SentenceStageWeights] = []
        for (index, stage) in pipeline.stages.enumerated() {
            let module = ParameterModule.sentenceStage(index)
            switch stage {
            case .dense(let dense):
                stages.append(
                    .dense(
                        weight: try floats(.weight(module), dense.outFeatures * dense.inFeatures),
                        bias: dense.hasBias ? try floats(.bias(module), dense.outFeatures) : nil, dense))
            case .layerNorm(let epsilon):
                stages.append(.layerNorm(try norm(module, widths[index]), epsilon: epsilon))
            case .normalize: stages.append(.normalize)
            }
        }
        return stages
    }

    /// Query, key and value interleaved head by head, as the int8 layout has them.
    func qkv(layer: Int) throws(Fault) -> Linear {
        let configuration = source.configuration
        let h = configuration.hiddenSize
        let d = configuration.headSize
        let rows = AttentionRows(configuration)
        let weight = try allocate(rows.count * h)
        let bias = try allocate(rows.count)
        for part in AttentionRows.Part.allCases {
            let module = ParameterModule.layer(layer, part.module)
            for head in 0..<configuration.numAttentionHeads {
                let row = rows.first(head: head, part)
                try fill(.weight(module), (head * d * h)..<((head + 1) * d * h), weight + row * h)
                try fill(.bias(module), (head * d)..<((head + 1) * d), bias + row)
            }
        }
        return Linear(
            weights: .float32(weight: UnsafePointer(weight), bias: UnsafePointer(bias)), rows: rows.count, columns: h)
    }
}
