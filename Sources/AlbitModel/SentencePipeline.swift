/// How the hidden states of a text become one vector: the modules that follow the transformer in a
/// sentence-transformers model, in their order.
package struct SentencePipeline: Sendable, Equatable {
    /// Vectors of the hidden states, joined end to end where there are several. At least one.
    package var poolings: [SentencePooling]
    /// Whether a prompt's tokens take part in the poolings (`include_prompt`).
    package var includesPrompt = true
    /// What the joined vector passes through, in order.
    package var stages: [SentenceStage] = []
    /// Values of the vector that are kept, from the first on, after all stages (`truncate_dim`); nil: all.
    package var keptWidth: Int?

    package init(_ poolings: SentencePooling..., stages: [SentenceStage] = []) {
        self.init(poolings: poolings, stages: stages)
    }

    package init(
        poolings: [SentencePooling], includesPrompt: Bool = true, stages: [SentenceStage] = [], keptWidth: Int? = nil
    ) {
        self.poolings = poolings
        self.includesPrompt = includesPrompt
        self.stages = stages
        self.keptWidth = keptWidth
    }

    /// The pipeline in words, the same for equal ones: `mean`, `cls+mean, dense 256 tanh, normalize`.
    package var name: String {
        var name = poolings.map { $0.rawValue }.joined(separator: "+")
        for stage in stages {
            switch stage {
            case .dense(let dense): name += ", dense " + String(dense.outFeatures) + " " + dense.activation.rawValue
            case .layerNorm: name += ", layer norm"
            case .normalize: name += ", normalize"
            }
        }
        if let keptWidth { name += ", first " + String(keptWidth) }
        return name
    }

    /// Values of the vector that comes out, for a model of this hidden size.
    package func width(hiddenSize: Int) -> Int {
        let width = stageWidths(hiddenSize: hiddenSize).last ?? 0
        return min(keptWidth ?? width, width)
    }

    /// Values of the vector before the first stage and after each.
    package func stageWidths(hiddenSize: Int) -> [Int] {
        var widths = [poolings.count * hiddenSize]
        for stage in stages {
            if case .dense(let dense) = stage {
                widths.append(dense.outFeatures)
            } else {
                widths.append(widths.last ?? 0)
            }
        }
        return widths
    }

    /// What does not fit together, in words; nil for a pipeline that can be run with a model of this hidden size.
    package func problem(hiddenSize: Int) -> String? {
        for (stage, width) in zip(stages, stageWidths(hiddenSize: hiddenSize)) {
            guard case .dense(let dense) = stage, dense.inFeatures != width else { continue }
            return "a dense module takes " + String(dense.inFeatures) + " values, but gets " + String(width)
        }
        return nil
    }

    /// The weights of the stages with their shapes, in their order.
    package func parameters(hiddenSize: Int) -> [(parameter: Parameter, shape: [Int])] {
        var parameters: [(parameter: Parameter, shape: [Int])] = []
        for (index, (stage, width)) in zip(stages, stageWidths(hiddenSize: hiddenSize)).enumerated() {
            switch stage {
            case .dense(let dense):
                parameters.append((.weight(.sentenceStage(index)), [dense.outFeatures, dense.inFeatures]))
                if dense.hasBias { parameters.append((.bias(.sentenceStage(index)), [dense.outFeatures])) }
            case .layerNorm:
                parameters.append((.weight(.sentenceStage(index)), [width]))
                parameters.append((.bias(.sentenceStage(index)), [width]))
            case .normalize: break
            }
        }
        return parameters
    }

    /// Whether the vector depends on the first token alone, so that the last layer need not compute any other.
    package var readsFirstTokenOnly: Bool {
        includesPrompt && poolings.allSatisfy { $0 == .cls || $0 == .pooler }
    }
}

/// One vector of all tokens of a text, those of the frame among them; names as in sentence-transformers'
/// `pooling_mode`.
package enum SentencePooling: String, Sendable, Equatable, CaseIterable {
    /// The mean of the hidden states.
    case mean
    /// The hidden state of the first token.
    case cls
    /// The largest value of each dimension.
    case max
    /// The sum of the hidden states over the square root of their number.
    case meanSqrtLength = "mean_sqrt_len_tokens"
    /// The mean of the hidden states, each weighted with its place from 1.
    case weightedMean = "weightedmean"
    /// The hidden state of the last token.
    case lastToken = "lasttoken"
    /// The pooled output: tanh(dense(first token)).
    case pooler

    /// All names in words.
    package static var names: String {
        let names = allCases.map { $0.rawValue }
        return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }
}

/// A module behind the pooling.
package enum SentenceStage: Sendable, Equatable {
    /// activation(W x + b).
    case dense(DenseStage)
    /// A LayerNorm over the whole vector, with its epsilon.
    case layerNorm(epsilon: Float)
    /// The vector over its length.
    case normalize
}

/// The shape of a dense module; its weights are tensors of the model file.
package struct DenseStage: Sendable, Equatable {
    package var inFeatures: Int
    package var outFeatures: Int
    package var hasBias: Bool
    package var activation: DenseActivation

    package init(inFeatures: Int, outFeatures: Int, hasBias: Bool, activation: DenseActivation) {
        self.inFeatures = inFeatures
        self.outFeatures = outFeatures
        self.hasBias = hasBias
        self.activation = activation
    }
}
