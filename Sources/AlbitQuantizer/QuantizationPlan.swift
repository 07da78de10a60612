import AlbitModel
import AlbitRuntime

/// What a model file will hold, known before any weight is read: the order of tensors, their shapes and the metadata.
/// Order: matmul panels, then vectors, then embedding tables (formats/gguf-albert.md).
struct QuantizationPlan<Source: ParameterSource> {
    /// A matmul that is made from one module; layers' matmuls are folded first.
    struct Matmul {
        let module: ParameterModule
        let rows: Int
        let columns: Int
        let hasBias: Bool

        var name: String { module.tensorGroup }
    }

    struct Table {
        let parameter: Parameter
        let rows: Int
        let columns: Int
        /// Nil: a byte a value.
        var packing: PackedRows?
    }

    /// The oldest version of model files that has what int8 files hold.
    private static var format: Int { 4 }

    let source: Source
    let request: QuantizationRequest
    private(set) var projection: Matmul?
    private(set) var heads: [Matmul] = []
    private(set) var linears: [LinearDescription] = []
    /// Names of matmuls whose weights have a second plane.
    private(set) var secondPlanes: Set<String> = []
    /// Names of matmuls whose inputs have gains, and how often those of layers are applied, each time with a bias and
    /// a shift of its own.
    private var gainLinears: Set<String> = []
    private var applications: [String: Int] = [:]
    private(set) var tables: [Table] = []
    /// Names of float vectors in file order.
    private(set) var vectorOrder: [TensorName] = []
    private var vectorCounts: [TensorName: Int] = [:]
    /// Shapes of those that are no vectors, as GGUF has them.
    private var matrixShapes: [TensorName: [Int]] = [:]
    private var vectorParameters: [TensorName: Parameter] = [:]

    init(source: Source, request: QuantizationRequest) {
        self.source = source
        self.request = request
        let c = source.configuration
        if c.hasEmbeddingProjection {
            let matmul = Matmul(module: .projection, rows: c.hiddenSize, columns: c.embeddingSize, hasBias: true)
            projection = matmul
            // As precise as it gets in every calibrated preset: no part of the time, and every layer sees its error.
            addLinear(
                matmul.name, matmul.rows, matmul.columns, rotated: true, planes: request.preset.isCalibrated ? 2 : 1)
        }
        let applicationCounts = c.applicationCounts
        for layer in 0..<c.storedLayers {
            func add(_ site: Site, _ rows: Int, _ columns: Int, rotated: Bool) {
                let name = site.tensorGroup(layer: layer)
                addLinear(name, rows, columns, rotated: rotated)
                if request.keepsSecondPlane(layer: layer, site: site, c) { secondPlanes.insert(name) }
                guard request.preset.isCalibrated else { return }
                applications[name] = applicationCounts[layer]
                if rotated { gainLinears.insert(name) }
            }
            add(.attentionQKV, AttentionRows(c).count, c.hiddenSize, rotated: true)
            add(.attentionOutput, c.hiddenSize, c.hiddenSize, rotated: false)
            add(.ffnUp, c.intermediateSize, c.hiddenSize, rotated: true)
            add(.ffnDown, c.hiddenSize, c.intermediateSize, rotated: true)
        }
        for module in [ParameterModule.pooler, .classifier, .answer, .order, .predictionDense] { addHead(module) }
        addVectors()
        addTables()
    }

    private mutating func addLinear(_ name: String, _ rows: Int, _ columns: Int, rotated: Bool, planes: Int? = nil) {
        let transform = InputTransform(columns: columns, rotated: rotated && request.preset.isCalibrated, shift: [])
        linears.append(
            LinearDescription(
                name: name, rows: rows, columns: columns, block: transform.block,
                planes: planes ?? request.preset.precision.activationPlanes))
    }

    private mutating func addHead(_ module: ParameterModule) {
        guard let shape = source.shape(of: .weight(module)), shape.count == 2 else { return }
        let hasBias = source.shape(of: .bias(module)) != nil
        heads.append(Matmul(module: module, rows: shape[0], columns: shape[1], hasBias: hasBias))
        linears.append(
            LinearDescription(name: module.tensorGroup, rows: shape[0], columns: shape[1], block: 0, planes: 2))
    }

    private mutating func addVectors() {
        let c = source.configuration
        for linear in linears {
            add(TensorName(linear.name, .scale), linear.panels.rows)
            add(TensorName(linear.name, .bias), linear.panels.rows, times: applications[linear.name] ?? 1)
            if secondPlanes.contains(linear.name) { add(TensorName(linear.name, .secondScale), linear.panels.rows) }
            let isHead = heads.contains { $0.name == linear.name }
            if request.preset.isCalibrated, !isHead {
                add(TensorName(linear.name, .shift), linear.columns, times: applications[linear.name] ?? 1)
            }
            if gainLinears.contains(linear.name) { add(TensorName(linear.name, .gain), linear.columns) }
        }
        // A few rows that every token adds up, so that their errors add up too: they stay floats.
        if c.typeVocabSize > 0 {
            let types = Parameter.tokenTypeEmbeddings
            add(types, c.typeVocabSize * c.embeddingSize)
            matrixShapes[types.tensorName] = [c.embeddingSize, c.typeVocabSize]
        }
        addNorm(.embeddingNorm, c.embeddingSize)
        for layer in 0..<c.storedLayers {
            addNorm(.layer(layer, .attentionNorm), c.hiddenSize)
            addNorm(.layer(layer, .outputNorm), c.hiddenSize)
        }
        if request.card.heads.contains(.maskedLanguageModel) {
            addNorm(.predictionNorm, c.embeddingSize)
            add(.predictionBias, c.vocabSize)
        }
        // Small beside the encoder and met once a text: rounding them would save little and cost exactness.
        for (parameter, shape) in request.card.sentence?.parameters(hiddenSize: c.hiddenSize) ?? [] {
            add(parameter, shape.reduce(1, *))
            if shape.count > 1 { matrixShapes[parameter.tensorName] = shape.reversed() }
        }
    }

    private mutating func addNorm(_ module: ParameterModule, _ count: Int) {
        add(.weight(module), count)
        add(.bias(module), count)
    }

    /// A vector that is copied from a parameter.
    private mutating func add(_ parameter: Parameter, _ count: Int) {
        vectorParameters[parameter.tensorName] = parameter
        add(parameter.tensorName, count)
    }

    private mutating func add(_ vector: TensorName, _ count: Int, times: Int = 1) {
        vectorOrder.append(vector)
        vectorCounts[vector] = count * times
        if times > 1 { matrixShapes[vector] = [count, times] }
    }

    /// Whether a vector is stored in half precision: shifts and gains are, all others in single.
    func isHalf(_ vector: TensorName) -> Bool { vector.role == .shift || vector.role == .gain }

    private mutating func addTables() {
        let c = source.configuration
        tables = [
            Table(
                parameter: .wordEmbeddings, rows: c.vocabSize, columns: c.embeddingSize,
                packing: request.embeddingBits < 8
                    ? PackedRows(bits: request.embeddingBits, columns: c.embeddingSize) : nil),
            Table(parameter: .positionEmbeddings, rows: c.maxPositionEmbeddings, columns: c.embeddingSize),
        ]
    }

    func count(of vector: TensorName) -> Int { vectorCounts[vector] ?? 0 }

    /// The parameter that a vector is copied from; nil for those that rounding makes.
    func parameter(of vector: TensorName) -> Parameter? { vectorParameters[vector] }

    /// The first parameter that the file needs and the source lacks.
    var missing: Parameter? {
        let c = source.configuration
        let ofHeads = vectorParameters.values.filter { $0 == .predictionBias || $0.module?.isHead == true }
        let ofSentences = request.card.sentence?.parameters(hiddenSize: c.hiddenSize).map { $0.parameter } ?? []
        return (Parameter.required(c) + Parameter.optional.filter(ofHeads.contains) + ofSentences)
            .first { source.shape(of: $0) == nil }
    }

    // Header ----------------------------------------------------------------------------------

    func describe(_ writer: inout ModelWriter) {
        writer.set { header in
            request.card.write(
                to: &header, configuration: source.configuration,
                tensorsNeed: max(Self.format, request.tokenizerFormat))
            describeArithmetic(&header)
            request.writeTokenizer(&header)
        }
        for linear in linears {
            let shape = linear.panels.shape
            writer.announce(TensorName(linear.name, .weight), .i8, shape: shape)
            if secondPlanes.contains(linear.name) {
                writer.announce(TensorName(linear.name, .secondWeight), .i8, shape: shape)
            }
        }
        for name in vectorOrder {
            writer.announce(name, isHalf(name) ? .f16 : .f32, shape: matrixShapes[name] ?? [count(of: name)])
        }
        for table in tables {
            let name = table.parameter.tensorName
            writer.announce(name, .i8, shape: [table.packing?.rowBytes ?? table.columns, table.rows])
            writer.announce(TensorName(name.group, .scale), .f32, shape: [table.rows])
        }
    }

    private func describeArithmetic(_ header: inout GGUFWriter) {
        let c = source.configuration
        header.set(ModelKey.weights, StoredWeights.int8.rawValue)
        header.set(ModelKey.preset, request.preset.rawValue)
        header.set(ModelKey.calibration, request.preset.isCalibrated ? request.calibrationDescription : "none")
        header.set(ModelKey.linearNames, linears.map(\.name))
        header.set(ModelKey.linearRows, linears.map { UInt32($0.rows) })
        header.set(ModelKey.linearColumns, linears.map { UInt32($0.columns) })
        header.set(ModelKey.linearBlock, linears.map { UInt32($0.block) })
        header.set(ModelKey.linearPlanes, linears.map { UInt32($0.planes) })
        let precision = request.precision ?? PrecisionMap(request.preset.precision, layers: c.appliedLayers)
        header.set(ModelKey.precision, precision.bytes)
        header.set(ModelKey.attentionWeightPlanes, Preset.attentionWeightPlanes)
        if request.embeddingBits < 8 { header.set(ModelKey.embeddingBits, request.embeddingBits) }
        header.set(ModelKey.selfTestIds, Self.selfTestIds(c))
        header.set(ModelKey.selfTestDigest, String(repeating: "0", count: 64))
        ModelCard.reserveDrift(in: &header)
    }

    /// Ids that touch different rows of the vocabulary, the same for every model of its size.
    static func selfTestIds(_ configuration: Configuration) -> [Int32] {
        let count = min(16, configuration.maxPositionEmbeddings)
        return (0..<count).map { Int32(($0 * 7919 + 2) % configuration.vocabSize) }
    }
}
