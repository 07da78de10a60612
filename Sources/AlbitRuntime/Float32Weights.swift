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
            func name(_ part: ParameterName.Layer) -> String {
                ParameterName.layer(index, part, innerGroups: configuration.innerGroupNum)
            }
            layers.append(
                TransformerLayer(
                    qkv: try reader.qkv(name),
                    attentionOutput: try reader.linear(name(.outputWeight), name(.outputBias), h, h),
                    attentionNorm: try reader.norm(name(.attentionNormWeight), name(.attentionNormBias), h),
                    ffnUp: try reader.linear(name(.ffnWeight), name(.ffnBias), i, h),
                    ffnDown: try reader.linear(name(.ffnOutputWeight), name(.ffnOutputBias), h, i),
                    outputNorm: try reader.norm(name(.layerNormWeight), name(.layerNormBias), h)))
        }
        typealias Name = ParameterName
        var prediction: PredictionHead?
        if source.shape(of: Name.predictionDenseWeight) != nil {
            prediction = PredictionHead(
                dense: try reader.linear(Name.predictionDenseWeight, Name.predictionDenseBias, e, h),
                norm: try reader.norm(Name.predictionNormWeight, Name.predictionNormBias, e),
                bias: try reader.floats(Name.predictionBias, configuration.vocabSize))
        }
        self.init(
            configuration: configuration,
            wordEmbeddings: .float32(try reader.floats(Name.wordEmbeddings, configuration.vocabSize * e)),
            positionEmbeddings: .float32(
                try reader.floats(Name.positionEmbeddings, configuration.maxPositionEmbeddings * e)),
            tokenTypeEmbeddings: configuration.typeVocabSize > 0
                ? .float32(try reader.floats(Name.tokenTypeEmbeddings, configuration.typeVocabSize * e)) : nil,
            embeddingNorm: try reader.norm(Name.embeddingNormWeight, Name.embeddingNormBias, e),
            projection: configuration.hasEmbeddingProjection
                ? try reader.linear(Name.projectionWeight, Name.projectionBias, h, e) : nil,
            layers: layers,
            pooler: try reader.optional(Name.poolerWeight, Name.poolerBias, h),
            classifier: try reader.optional(Name.classifierWeight, Name.classifierBias, h),
            answer: try reader.optional(Name.answerWeight, Name.answerBias, h),
            order: try reader.optional(Name.orderWeight, Name.orderBias, h),
            prediction: prediction,
            isInt8: false, precision: PrecisionMap(.onePlane, layers: configuration.appliedLayers), attentionWeightPlanes: 2, file: nil, owners: reader.owners)
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

    private func fill(_ name: String, _ range: Range<Int>, _ destination: UnsafeMutablePointer<Float>) throws(Fault) {
        try source.read(name, elements: range, into: UnsafeMutableBufferPointer(start: destination, count: range.count))
    }

    func floats(_ name: String, _ count: Int) throws(Fault) -> UnsafePointer<Float> {
        let memory = try allocate(count)
        try fill(name, 0..<count, memory)
        return UnsafePointer(memory)
    }

    func norm(_ weight: String, _ bias: String, _ count: Int) throws(Fault) -> LayerNorm {
        LayerNorm(weight: try floats(weight, count), bias: try floats(bias, count))
    }

    func linear(_ weight: String, _ bias: String, _ rows: Int, _ columns: Int) throws(Fault) -> Linear {
        Linear(
            weights: .float32(weight: try floats(weight, rows * columns), bias: try floats(bias, rows)),
            rows: rows, columns: columns)
    }

    func optional(_ weight: String, _ bias: String, _ columns: Int) throws(Fault) -> Linear? {
        guard let shape = source.shape(of: weight), shape.count == 2 else { return nil }
        let biasValues = source.shape(of: bias) == nil ? nil : try floats(bias, shape[0])
        return Linear(
            weights: .float32(weight: try floats(weight, shape[0] * columns), bias: biasValues),
            rows: shape[0], columns: columns)
    }

    /// Query, key and value interleaved head by head, as the int8 layout has them.
    func qkv(_ name: (ParameterName.Layer) -> String) throws(Fault) -> Linear {
        let configuration = source.configuration
        let h = configuration.hiddenSize
        let d = configuration.headSize
        let rows = AttentionRows(configuration)
        let weight = try allocate(rows.count * h)
        let bias = try allocate(rows.count)
        let parts: [(AttentionRows.Part, ParameterName.Layer, ParameterName.Layer)] = [
            (.query, .queryWeight, .queryBias), (.key, .keyWeight, .keyBias), (.value, .valueWeight, .valueBias),
        ]
        for (part, weightName, biasName) in parts {
            for head in 0..<configuration.numAttentionHeads {
                let row = rows.first(head: head, part)
                try fill(name(weightName), (head * d * h)..<((head + 1) * d * h), weight + row * h)
                try fill(name(biasName), (head * d)..<((head + 1) * d), bias + row)
            }
        }
        return Linear(weights: .float32(weight: UnsafePointer(weight), bias: UnsafePointer(bias)), rows: rows.count, columns: h)
    }
}
