import AlbitImporters
import AlbitModel
import AlbitRuntime
import Foundation
import TestData
import Testing

/// Every importable row of the zoo, run in float32 against the outputs of the library that wrote it.
@Suite struct GoldenParityTests {
    /// The bound of the project: the goldens lie within 3e-6 of float64.
    static let bound = 2e-5

    @Test(arguments: ["safetensors", "torch", "flax", "keras", "tf1"])
    func outputsAgree(group: String) throws {
        var rows = 0
        var outputs = 0
        var worst = 0.0
        for row in Zoo.rows(group) where GoldenParityTests.isImportable(row) {
            do {
                for (name, distance) in try GoldenParityTests.distances(row, ZooImport.open(row)) {
                    #expect(distance <= GoldenParityTests.bound, "\(row): \(name) is \(distance) away")
                    outputs += 1
                    worst = max(worst, distance)
                }
                rows += 1
            } catch { Issue.record("\(row): \(error)") }
        }
        print("golden parity, \(group): \(rows) rows, \(outputs) outputs, worst relative L2 \(worst)")
        #expect(rows == ["safetensors": 17, "torch": 22, "flax": 10, "keras": 17, "tf1": 9][group])
    }

    /// Rows with a golden that a float32 import has to reach. Graphs and the SQuAD 2 head are other tests' matter.
    private static func isImportable(_ row: Zoo.Row) -> Bool {
        row.golden != nil && !row.format.contains("GraphDef") && !row.path.contains("squad2")
            && !["whole_module", "frozen", "quantized"].contains(where: row.path.contains)
    }

    /// Relative L2 of every output that the row's golden names.
    static func distances(_ row: Zoo.Row, _ source: AlbertSource) throws -> [(String, Double)] {
        let golden = try Golden(path: Zoo.directory + "/" + (row.golden ?? ""))
        let session = try Session(weights: try EncoderWeights(source))
        let ids = try #require(try golden.integers("input_ids"))
        let types = try #require(try golden.integers("token_type_ids"))
        let mask = try #require(try golden.integers("attention_mask"))
        let shape = try #require(try golden.shape("input_ids"))
        let length = shape[1]
        let inputs = (0..<shape[0]).map { i in
            let range = (i * length)..<((i + 1) * length)
            return EncoderInput(
                ids: ids[range].map(Int32.init), typeIds: types[range].map(Int32.init),
                mask: mask[range].map { $0 != 0 })
        }
        let outputs = try ZooOutputs(session.encode(inputs), source)

        var result: [(String, Double)] = []
        for (name, found) in outputs.values {
            guard let expected = try golden.values(name), let dimensions = try golden.shape(name) else { continue }
            // Positions that the mask excludes mean nothing.
            var kept = expected
            if dimensions.count >= 2, dimensions[0] == shape[0], dimensions[1] == length {
                let width = dimensions.dropFirst(2).reduce(1, *)
                kept = mask.indices.filter { mask[$0] != 0 }.flatMap { expected[($0 * width)..<(($0 + 1) * width)] }
            }
            result.append((name, RelativeL2.between(found, kept)))
        }
        #expect(
            Set(result.map(\.0)).isSuperset(of: GoldenParityTests.expectedOutputs(row, golden)),
            "\(row): \(result.map(\.0))")
        return result
    }

    /// The outputs that a row's heads promise, as far as its golden holds them.
    private static func expectedOutputs(_ row: Zoo.Row, _ golden: Golden) -> Set<String> {
        let names: [String] =
            switch row.heads {
            case "pretraining": ["mlm_logits", "sop_logits", "mlm_logits_first64"]
            case "mlm": ["mlm_logits", "mlm_logits_first64"]
            case "seqcls": ["seqcls_logits"]
            case "tokcls": ["tokcls_logits"]
            case "qa": ["start_logits", "end_logits"]
            case "mc": ["mc_logits"]
            default: ["last_hidden_state"]
            }
        return Set(names).intersection(golden.names)
    }
}

/// The outputs of a model under the names of the zoo's goldens, unmasked positions only.
struct ZooOutputs {
    private(set) var values: [(String, [Float])] = []

    init(_ batch: EncodedBatch, _ source: AlbertSource) throws {
        let sequences = (0..<batch.count).map { batch[$0] }
        let hidden = sequences.flatMap { sequence in (0..<sequence.count).flatMap { sequence.hidden($0) } }
        values.append(("last_hidden_state", hidden))
        let pooled = sequences.compactMap(\.pooled)
        if !pooled.isEmpty { values.append(("pooler_output", pooled.flatMap { $0 })) }
        let weights = batch.weights
        if let classifier = weights.classifier {
            let fromPooled = sequences.flatMap { $0.pooledLogits(classifier) ?? [] }
            switch source.card.heads.first {
            case .tokenClassification:
                values.append(("tokcls_logits", sequences.flatMap { $0.tokenLogits(classifier) }))
            default: values.append((classifier.rows == 1 ? "mc_logits" : "seqcls_logits", fromPooled))
            }
        }
        if let answer = weights.answer {
            let both = sequences.flatMap { $0.tokenLogits(answer) }
            values.append(("start_logits", stride(from: 0, to: both.count, by: 2).map { both[$0] }))
            values.append(("end_logits", stride(from: 1, to: both.count, by: 2).map { both[$0] }))
        }
        if let order = weights.order {
            values.append(("sop_logits", sequences.flatMap { $0.pooledLogits(order) ?? [] }))
        }
        if source.card.heads.contains(.maskedLanguageModel) {
            let logits = try ZooOutputs.words(source, hidden: hidden)
            values.append(("mlm_logits", logits.flatMap { $0 }))
            values.append(("mlm_logits_first64", logits.flatMap { $0.prefix(64) }))
        }
    }

    /// The masked-word head in double precision, straight from the imported parameters.
    private static func words(_ source: AlbertSource, hidden: [Float]) throws -> [[Float]] {
        let configuration = source.configuration
        let h = configuration.hiddenSize
        let e = configuration.embeddingSize
        let dense = try source.values(of: .weight(.predictionDense)).map(Double.init)
        let denseBias = try source.values(of: .bias(.predictionDense)).map(Double.init)
        let scale = try source.values(of: .weight(.predictionNorm)).map(Double.init)
        let shift = try source.values(of: .bias(.predictionNorm)).map(Double.init)
        let words = try source.values(of: .wordEmbeddings).map(Double.init)
        let bias = try source.values(of: .predictionBias).map(Double.init)
        return stride(from: 0, to: hidden.count, by: h).map { start in
            let x = hidden[start..<(start + h)].map(Double.init)
            var y = (0..<e).map { o in
                var sum = denseBias[o]
                for i in 0..<h { sum += dense[o * h + i] * x[i] }
                return activate(sum, configuration.hiddenAct)
            }
            let mean = y.reduce(0, +) / Double(e)
            let variance = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(e)
            let factor = 1 / (variance + Double(configuration.layerNormEps)).squareRoot()
            y = (0..<e).map { (y[$0] - mean) * factor * scale[$0] + shift[$0] }
            return (0..<configuration.vocabSize).map { word in
                var sum = bias[word]
                for i in 0..<e { sum += words[word * e + i] * y[i] }
                return Float(sum)
            }
        }
    }

    private static func activate(_ x: Double, _ activation: HiddenActivation) -> Double {
        switch activation {
        case .geluNew: 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
        case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .relu: max(0, x)
        }
    }
}
