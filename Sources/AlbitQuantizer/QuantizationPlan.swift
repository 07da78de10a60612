import AlbitModel
import AlbitRuntime

/// What a model file will hold, known before any weight is read: the order of tensors, their shapes and the metadata.
/// Order: matmul panels, then vectors, then embedding tables (formats/gguf-albert.md).
struct QuantizationPlan<Source: ParameterSource> {
    /// A matmul with the canonical parameters it is made from; layers' matmuls are folded first.
    struct Matmul {
        let name: String
        let rows: Int
        let columns: Int
        let weight: String
        let bias: String
        let hasBias: Bool
    }

    struct Table {
        let name: String
        let parameter: String
        let rows: Int
        let columns: Int
    }

    let source: Source
    let request: QuantizationRequest
    private(set) var projection: Matmul?
    private(set) var heads: [Matmul] = []
    private(set) var linears: [LinearDescription] = []
    /// Names of matmuls whose weights have a second plane.
    private(set) var secondPlanes: Set<String> = []
    private(set) var tables: [Table] = []
    /// Names of float vectors in file order.
    private(set) var vectorOrder: [String] = []
    private var vectors: [String: (parameter: String, count: Int)] = [:]
    private var vectorCounts: [String: Int] = [:]

    init(source: Source, request: QuantizationRequest) {
        self.source = source
        self.request = request
        let c = source.configuration
        if c.hasEmbeddingProjection {
            projection = Matmul(
                name: "embd_projection", rows: c.hiddenSize, columns: c.embeddingSize, weight: ParameterName.projectionWeight,
                bias: ParameterName.projectionBias, hasBias: true)
            // As precise as it gets in every calibrated preset: no part of the time, and every layer sees its error.
            addLinear("embd_projection", c.hiddenSize, c.embeddingSize, rotated: true, planes: request.preset.isCalibrated ? 2 : 1)
        }
        for layer in 0..<c.storedLayers {
            let block = "blk." + String(layer) + "."
            addLinear(block + "attn_qkv", AttentionRows(c).count, c.hiddenSize, rotated: true)
            addLinear(block + "attn_output", c.hiddenSize, c.hiddenSize, rotated: false)
            addLinear(block + "ffn_up", c.intermediateSize, c.hiddenSize, rotated: true)
            addLinear(block + "ffn_down", c.hiddenSize, c.intermediateSize, rotated: true)
            for site in Site.allCases where request.keepsSecondPlane(layer: layer, site: site, c) {
                secondPlanes.insert(block + site.name)
            }
        }
        addHead("pooler", ParameterName.poolerWeight, ParameterName.poolerBias)
        addHead("head.classifier", ParameterName.classifierWeight, ParameterName.classifierBias)
        addHead("head.answer", ParameterName.answerWeight, ParameterName.answerBias)
        addHead("head.order", ParameterName.orderWeight, ParameterName.orderBias)
        addHead("head.prediction", ParameterName.predictionDenseWeight, ParameterName.predictionDenseBias)
        addVectors()
        addTables()
    }

    private mutating func addLinear(_ name: String, _ rows: Int, _ columns: Int, rotated: Bool, planes: Int? = nil) {
        let transform = InputTransform(columns: columns, rotated: rotated && request.preset.isCalibrated, shift: [])
        linears.append(
            LinearDescription(
                name: name, rows: rows, columns: columns, block: transform.block, planes: planes ?? request.preset.precision.activationPlanes))
    }

    private mutating func addHead(_ name: String, _ weight: String, _ bias: String) {
        guard let shape = source.shape(of: weight), shape.count == 2 else { return }
        heads.append(
            Matmul(name: name, rows: shape[0], columns: shape[1], weight: weight, bias: bias, hasBias: source.shape(of: bias) != nil))
        linears.append(LinearDescription(name: name, rows: shape[0], columns: shape[1], block: 0, planes: 2))
    }

    private mutating func addVectors() {
        let c = source.configuration
        for linear in linears {
            add(linear.name + ".scale", linear.panels.rows)
            add(linear.name + ".bias", linear.panels.rows)
            if secondPlanes.contains(linear.name) { add(linear.name + ".low.scale", linear.panels.rows) }
            let isHead = heads.contains { $0.name == linear.name }
            if request.preset.isCalibrated, !isHead { add(linear.name + ".shift", linear.columns) }
        }
        func norm(_ name: String, _ weight: String, _ bias: String, _ count: Int) -> [(String, String, Int)] {
            [(name + ".weight", weight, count), (name + ".bias", bias, count)]
        }
        var norms = norm("token_embd_norm", ParameterName.embeddingNormWeight, ParameterName.embeddingNormBias, c.embeddingSize)
        for layer in 0..<c.storedLayers {
            func name(_ part: ParameterName.Layer) -> String { ParameterName.layer(layer, part, innerGroups: c.innerGroupNum) }
            let block = "blk." + String(layer) + "."
            norms += norm(block + "attn_output_norm", name(.attentionNormWeight), name(.attentionNormBias), c.hiddenSize)
            norms += norm(block + "layer_output_norm", name(.layerNormWeight), name(.layerNormBias), c.hiddenSize)
        }
        if request.card.heads.contains(.maskedLanguageModel) {
            norms += norm("head.prediction_norm", ParameterName.predictionNormWeight, ParameterName.predictionNormBias, c.embeddingSize)
            norms.append(("head.prediction_bias", ParameterName.predictionBias, c.vocabSize))
        }
        for (name, parameter, count) in norms {
            add(name, count)
            vectors[name] = (parameter, count)
        }
    }

    private mutating func add(_ vector: String, _ count: Int) {
        vectorOrder.append(vector)
        vectorCounts[vector] = count
    }

    private mutating func addTables() {
        let c = source.configuration
        tables = [
            Table(name: "token_embd", parameter: ParameterName.wordEmbeddings, rows: c.vocabSize, columns: c.embeddingSize),
            Table(
                name: "position_embd", parameter: ParameterName.positionEmbeddings, rows: c.maxPositionEmbeddings,
                columns: c.embeddingSize),
        ]
        if c.typeVocabSize > 0 {
            tables.append(
                Table(name: "token_types", parameter: ParameterName.tokenTypeEmbeddings, rows: c.typeVocabSize, columns: c.embeddingSize))
        }
    }

    /// Shifts are stored in half precision, all other vectors in single.
    func isShift(_ vector: String) -> Bool { vector.hasSuffix(".shift") }

    /// The parameter that a vector is copied from; nil for those that rounding makes.
    func vector(_ name: String) -> (parameter: String, count: Int)? { vectors[name] }

    /// The first parameter that every model needs and the source lacks.
    var missing: String? {
        let c = source.configuration
        var names = tables.map(\.parameter) + vectors.values.map(\.parameter).sorted()
        if let projection { names += [projection.weight, projection.bias] }
        for layer in 0..<c.storedLayers {
            names += ParameterName.Layer.allCases.map { ParameterName.layer(layer, $0, innerGroups: c.innerGroupNum) }
        }
        return names.first { source.shape(of: $0) == nil }
    }

    // Header ----------------------------------------------------------------------------------

    func describe(_ writer: inout ModelWriter) {
        writer.set { header in
            request.card.write(
                to: &header, configuration: source.configuration,
                tensorsNeed: max(secondPlanes.isEmpty ? 1 : 2, request.tokenizerFormat))
            describeArithmetic(&header)
            request.writeTokenizer(&header)
        }
        for linear in linears {
            let shape = linear.panels.shape
            writer.announce(linear.name + ".weight", .i8, shape: shape)
            if secondPlanes.contains(linear.name) { writer.announce(linear.name + ".low.weight", .i8, shape: shape) }
        }
        for name in vectorOrder { writer.announce(name, isShift(name) ? .f16 : .f32, shape: [vectorCounts[name] ?? 0]) }
        for table in tables {
            writer.announce(table.name + ".weight", .i8, shape: [table.columns, table.rows])
            writer.announce(table.name + ".scale", .f32, shape: [table.rows])
        }
    }

    private func describeArithmetic(_ header: inout GGUFWriter) {
        let c = source.configuration
        header.set("albit.weights", "int8")
        header.set("albit.preset", request.preset.rawValue)
        header.set("albit.calibration", request.preset.isCalibrated ? request.calibrationDescription : "none")
        header.set("albit.linear.names", linears.map(\.name))
        header.set("albit.linear.rows", linears.map { UInt32($0.rows) })
        header.set("albit.linear.columns", linears.map { UInt32($0.columns) })
        header.set("albit.linear.block", linears.map { UInt32($0.block) })
        header.set("albit.linear.planes", linears.map { UInt32($0.planes) })
        let precision = request.precision ?? PrecisionMap(request.preset.precision, layers: c.appliedLayers)
        header.set("albit.precision", precision.bytes)
        header.set("albit.attention.weight_planes", Preset.attentionWeightPlanes)
        header.set("albit.selftest.ids", Self.selfTestIds(c))
        header.set("albit.selftest.digest", String(repeating: "0", count: 64))
        ModelCard.reserveDrift(in: &header)
    }

    /// Ids that touch different rows of the vocabulary, the same for every model of its size.
    static func selfTestIds(_ configuration: Configuration) -> [Int32] {
        let count = min(16, configuration.maxPositionEmbeddings)
        return (0..<count).map { Int32(($0 * 7919 + 2) % configuration.vocabSize) }
    }
}
