import AlbitText

// The keys in which a model file keeps its card, for writer and reader. What they mean: formats/gguf-albert.md.

/// Names of the card's keys in a GGUF file.
private enum Key {
    static let name = "general.name"
    static let license = "general.license"
    static let heads = "albit.heads"
    static let labels = "albit.labels"
    static let problemType = "albit.problem_type"
    static let pooling = "albit.pooling"
    static let originFile = "albit.source.file"
    static let originFormat = "albit.source.format"
    static let originDigest = "albit.source.sha256"
    static let originProof = "albit.source.proof"
    static let drift = "albit.drift"
    static let vocabulary = "albit.vocabulary"
    // From format 3 on.
    static let poolings = "albit.sentence.poolings"
    static let includesPrompt = "albit.sentence.include_prompt"
    static let stages = "albit.sentence.stages"
    static let denseIn = "albit.sentence.dense.in"
    static let denseOut = "albit.sentence.dense.out"
    static let denseBias = "albit.sentence.dense.bias"
    static let denseActivation = "albit.sentence.dense.activation"
    static let normEpsilon = "albit.sentence.norm.epsilon"
    static let keptWidth = "albit.sentence.kept_width"
    static let similarity = "albit.sentence.similarity"
    static let scoreActivation = "albit.score_activation"
    static let maxSequenceLength = "albit.max_sequence_length"
    static let lowercases = "albit.lowercase"
    static let promptNames = "albit.prompts.names"
    static let promptTexts = "albit.prompts.texts"
    static let defaultPrompt = "albit.prompts.default"
}

/// Names of sentence stages in `albit.sentence.stages`.
private enum StageName: String {
    case dense
    case layerNorm = "layer_norm"
    case normalize
}

// Writing -------------------------------------------------------------------------------------

extension ModelCard {
    /// The oldest format that can say all of this.
    package var formatVersion: Int {
        let isNew =
            !(sentence?.isOnePooling ?? true) || maxSequenceLength != nil || lowercases || prompts != PromptList()
            || similarity != nil || scoreActivation != nil
        return isNew ? 3 : 1
    }

    /// Writes the keys that every model file begins with, whatever its weights. `version`: the oldest format that can
    /// say what its tensors hold.
    package func write(to header: inout GGUFWriter, configuration: Configuration, tensorsNeed version: Int = 1) {
        header.set("general.architecture", configuration.architecture.name)
        header.set(Key.name, name)
        if let license { header.set(Key.license, license) }
        configuration.writeStandardKeys(to: &header)
        header.set(ModelKey.formatVersion, max(version, formatVersion))
        configuration.writeOwnKeys(to: &header)
        writeAnswers(to: &header)
    }

    /// All else but the drift, which is not known yet.
    private func writeAnswers(to header: inout GGUFWriter) {
        header.set(Key.heads, heads.map { $0.name })
        if !labels.isEmpty { header.set(Key.labels, labels) }
        if let problemType { header.set(Key.problemType, problemType.rawValue) }
        if let sentence {
            if sentence.isOnePooling {
                header.set(Key.pooling, sentence.poolings[0].rawValue)
            } else {
                sentence.write(to: &header)
            }
        }
        if let similarity { header.set(Key.similarity, similarity.rawValue) }
        if let scoreActivation { header.set(Key.scoreActivation, scoreActivation.rawValue) }
        if let maxSequenceLength { header.set(Key.maxSequenceLength, maxSequenceLength) }
        if lowercases { header.set(Key.lowercases, true) }
        if !prompts.prompts.isEmpty {
            header.set(Key.promptNames, prompts.prompts.map { $0.name })
            header.set(Key.promptTexts, prompts.prompts.map { $0.text })
        }
        if let name = prompts.defaultName { header.set(Key.defaultPrompt, name) }
        header.set(Key.originFile, origin.file)
        header.set(Key.originFormat, origin.format)
        header.set(Key.originDigest, origin.digest)
        if let proof = origin.proof { header.set(Key.originProof, proof) }
        if let vocabulary { header.set(Key.vocabulary, vocabulary) }
    }

    /// Bytes that a file keeps for the drift, which is measured when the rest of it is written.
    package static let driftBytes = 512

    /// Keeps the place of the drift.
    package static func reserveDrift(in header: inout GGUFWriter) {
        header.set(Key.drift, String(repeating: " ", count: driftBytes))
    }

    /// Where the drift's bytes lie in the file, and those of the source's digest.
    package static func driftOffset(in header: GGUFWriter) -> Int? { header.valueOffset(of: Key.drift) }
    package static func digestOffset(in header: GGUFWriter) -> Int? { header.valueOffset(of: Key.originDigest) }
}

extension SentencePipeline {
    /// Whether it is what formats 1 and 2 can say: the name of one pooling, whose vector is scaled to length 1.
    fileprivate var isOnePooling: Bool {
        poolings.count == 1 && [.mean, .cls, .max, .pooler].contains(poolings[0]) && includesPrompt
            && stages == [.normalize] && keptWidth == nil
    }

    fileprivate func write(to header: inout GGUFWriter) {
        header.set(Key.poolings, poolings.map { $0.rawValue })
        if !includesPrompt { header.set(Key.includesPrompt, false) }
        if let keptWidth { header.set(Key.keptWidth, keptWidth) }
        var names: [StageName] = []
        var denses: [DenseStage] = []
        var epsilons: [Float] = []
        for stage in stages {
            switch stage {
            case .dense(let dense):
                names.append(.dense)
                denses.append(dense)
            case .layerNorm(let epsilon):
                names.append(.layerNorm)
                epsilons.append(epsilon)
            case .normalize: names.append(.normalize)
            }
        }
        if !names.isEmpty { header.set(Key.stages, names.map { $0.rawValue }) }
        if !denses.isEmpty {
            header.set(Key.denseIn, denses.map { UInt32(truncatingIfNeeded: $0.inFeatures) })
            header.set(Key.denseOut, denses.map { UInt32(truncatingIfNeeded: $0.outFeatures) })
            header.set(Key.denseBias, denses.map { $0.hasBias ? UInt8(1) : 0 })
            header.set(Key.denseActivation, denses.map { $0.activation.rawValue })
        }
        if !epsilons.isEmpty { header.set(Key.normEpsilon, epsilons) }
    }
}

// Reading -------------------------------------------------------------------------------------

extension ModelCard {
    /// Reads the keys of a file of any format. Throws for a key of the wrong type and for a name that is not known.
    package init(_ gguf: GGUF) throws(Fault) {
        name = try gguf.string(Key.name) ?? ""
        license = try gguf.string(Key.license)
        for name in try gguf.strings(Key.heads) ?? [] {
            guard let head = Head(name: name), !heads.contains(head) else {
                throw gguf.bad(Key.heads, "names the head '" + name + "', which is unknown or named twice")
            }
            heads.append(head)
        }
        labels = try gguf.strings(Key.labels) ?? []
        problemType = try gguf.named(Key.problemType, gguf.string(Key.problemType)) { ProblemType(rawValue: $0) }
        sentence = try SentencePipeline(gguf)
        similarity = try gguf.named(Key.similarity, gguf.string(Key.similarity)) { SimilarityFunction(rawValue: $0) }
        scoreActivation = try gguf.named(Key.scoreActivation, gguf.string(Key.scoreActivation)) {
            DenseActivation(rawValue: $0)
        }
        maxSequenceLength = try gguf.integer(Key.maxSequenceLength)
        if let maxSequenceLength, maxSequenceLength < 1 {
            throw gguf.bad(Key.maxSequenceLength, "is not 1 or more")
        }
        lowercases = try gguf.bool(Key.lowercases) ?? false
        prompts = try PromptList(gguf)
        origin = ModelOrigin(
            file: try gguf.string(Key.originFile) ?? "", format: try gguf.string(Key.originFormat) ?? "",
            digest: try gguf.string(Key.originDigest) ?? "")
        origin.proof = try gguf.string(Key.originProof)
        vocabulary = try gguf.string(Key.vocabulary)
        drift = ModelCard.unpadded(try gguf.string(Key.drift))
    }

    /// The stored text without the spaces that pad it; nil where nothing was measured.
    private static func unpadded(_ stored: String?) -> String? {
        guard let bytes = stored.map({ Array($0.utf8) }), let last = bytes.lastIndex(where: { $0 != 0x20 }) else {
            return nil
        }
        return String(decoding: bytes[...last], as: UTF8.self)
    }
}

extension SentencePipeline {
    /// Joined vectors, and stages behind them, at most.
    private static let maxParts = 64

    fileprivate init?(_ gguf: GGUF) throws(Fault) {
        if let one = try gguf.named(Key.pooling, gguf.string(Key.pooling), { SentencePooling(rawValue: $0) }) {
            self.init(one, stages: [.normalize])
            return
        }
        guard let names = try gguf.strings(Key.poolings) else { return nil }
        guard (1...SentencePipeline.maxParts).contains(names.count) else {
            throw gguf.bad(Key.poolings, "does not hold 1 to " + String(SentencePipeline.maxParts) + " names")
        }
        var poolings: [SentencePooling] = []
        for name in names {
            if let pooling = try gguf.named(Key.poolings, name, { SentencePooling(rawValue: $0) }) {
                poolings.append(pooling)
            }
        }
        let keptWidth = try gguf.integer(Key.keptWidth)
        if let keptWidth, keptWidth < 1 { throw gguf.bad(Key.keptWidth, "is not 1 or more") }
        self.init(
            poolings: poolings, includesPrompt: try gguf.bool(Key.includesPrompt) ?? true,
            stages: try SentencePipeline.stages(gguf), keptWidth: keptWidth)
    }

    private static func stages(_ gguf: GGUF) throws(Fault) -> [SentenceStage] {
        let names = try gguf.strings(Key.stages) ?? []
        guard names.count <= maxParts else {
            throw gguf.bad(Key.stages, "holds more than " + String(maxParts) + " names")
        }
        var denses = try self.denses(gguf)[...]
        var epsilons = try self.epsilons(gguf)[...]
        var stages: [SentenceStage] = []
        for name in names {
            switch try gguf.named(Key.stages, name, { StageName(rawValue: $0) }) {
            case .dense?:
                if let dense = denses.popFirst() { stages.append(.dense(dense)) }
            case .layerNorm?:
                if let epsilon = epsilons.popFirst() { stages.append(.layerNorm(epsilon: epsilon)) }
            case .normalize?: stages.append(.normalize)
            case nil: break
            }
        }
        guard stages.count == names.count, denses.isEmpty, epsilons.isEmpty else {
            throw gguf.bad(Key.stages, "does not fit the numbers of dense modules and norms that are described")
        }
        return stages
    }

    private static func denses(_ gguf: GGUF) throws(Fault) -> [DenseStage] {
        let inputs = try gguf.integers(Key.denseIn) ?? []
        let outputs = try gguf.integers(Key.denseOut) ?? []
        let biases = try gguf.integers(Key.denseBias) ?? []
        let activations = try gguf.strings(Key.denseActivation) ?? []
        guard inputs.count == outputs.count, inputs.count == biases.count, inputs.count == activations.count else {
            throw gguf.bad(Key.denseIn, "and its neighbours describe different numbers of modules")
        }
        var denses: [DenseStage] = []
        for i in inputs.indices {
            guard (1...65536).contains(inputs[i]), (1...65536).contains(outputs[i]), (0...1).contains(biases[i]) else {
                throw gguf.bad(Key.denseIn, "and its neighbours hold values out of range")
            }
            guard
                let activation = try gguf.named(Key.denseActivation, activations[i], { DenseActivation(rawValue: $0) })
            else { continue }
            denses.append(
                DenseStage(
                    inFeatures: inputs[i], outFeatures: outputs[i], hasBias: biases[i] == 1, activation: activation))
        }
        return denses
    }

    private static func epsilons(_ gguf: GGUF) throws(Fault) -> [Float] {
        guard let array = try gguf.array(Key.normEpsilon) else { return [] }
        var values: [Float] = []
        for i in 0..<array.count {
            guard let value = array.float(i), value >= 0, value.isFinite else {
                throw gguf.bad(Key.normEpsilon, expected: "an array of float32 from 0 up")
            }
            values.append(value)
        }
        return values
    }
}

extension PromptList {
    fileprivate init(_ gguf: GGUF) throws(Fault) {
        let names = try gguf.strings(Key.promptNames) ?? []
        let texts = try gguf.strings(Key.promptTexts) ?? []
        guard names.count == texts.count else {
            throw gguf.bad(
                Key.promptTexts, "has " + String(texts.count) + " entries for " + String(names.count) + " names")
        }
        self.init(zip(names, texts).map { Prompt(name: $0, text: $1) }, defaultName: try gguf.string(Key.defaultPrompt))
        guard defaultName == nil || standard != nil else {
            throw gguf.bad(Key.defaultPrompt, "is not the name of a prompt")
        }
    }
}

extension GGUF {
    /// What a stored name stands for; nil where there is none. Throws for a name that `meaning` does not know.
    fileprivate func named<Meaning>(
        _ key: String, _ name: String?, _ meaning: (String) -> Meaning?
    ) throws(Fault) -> Meaning? {
        guard let name else { return nil }
        guard let found = meaning(name) else {
            throw bad(key, "is '" + name + "', which this program does not know")
        }
        return found
    }

    fileprivate func bad(_ key: String, _ problem: String) -> Fault {
        Fault(.modelBadValue, in: file.path, at: "key '" + key + "'", problem)
    }

    fileprivate func bad(_ key: String, expected: String) -> Fault {
        Fault(.modelWrongKeyType, in: file.path, at: "key '" + key + "'", "is of another type", expected: expected)
    }

    fileprivate func bool(_ key: String) throws(Fault) -> Bool? {
        guard let value = self[key] else { return nil }
        guard case .bool(let flag) = value else { throw bad(key, expected: "a bool") }
        return flag
    }
}
