import AlbitModel

/// Mistakes that tests make a recovery commit on purpose, so that the proof is seen to catch them.
package enum GraphSabotage: Sendable, CaseIterable {
    // Of the matcher.
    case positionsForTypes, queryForKey, keyForValue, lastLayerDiffers, poolerTransposed, classifierReversed,
        projectionScaled, headsHalved, activationSwapped, positionsShifted
    // Of a lowering: the graph itself is then wrong for the matcher and for whoever executes it.
    case softmaxAxis, layerNormAxis, maskDropped

    func spoil(_ encoder: inout EncoderMatch) {
        for index in encoder.layers.indices {
            let attention = encoder.layers[index].attention
            switch self {
            case .queryForKey:
                (encoder.layers[index].attention.query, encoder.layers[index].attention.key) = (
                    attention.key, attention.query
                )
            case .keyForValue:
                (encoder.layers[index].attention.key, encoder.layers[index].attention.value) = (
                    attention.value, attention.key
                )
            case .lastLayerDiffers where index == encoder.layers.count - 1:
                encoder.layers[index].ffnOutput = encoder.layers[index].ffnOutput.scaled(by: 1.25)
            case .headsHalved where attention.heads.isMultiple(of: 2):
                encoder.layers[index].attention.heads = attention.heads / 2
            case .activationSwapped:
                let activation = encoder.layers[index].activation
                encoder.layers[index].activation = activation == .gelu ? .geluNew : .gelu
            default: break
            }
        }
        switch self {
        case .positionsForTypes:
            guard let positions = encoder.embeddings.positions, let types = encoder.embeddings.types else { return }
            (encoder.embeddings.positions, encoder.embeddings.types) = (types, positions)
        case .positionsShifted:
            guard let table = encoder.embeddings.positions?.table, table.shape[0] > 1,
                let shifted = table.slice(axis: 0, 1..<table.shape[0])
            else { return }
            encoder.embeddings.positions?.table = shifted
        case .projectionScaled: encoder.projection = encoder.projection?.scaled(by: 1.25)
        default: break
        }
    }

    /// A linear layer outside the encoder's layers.
    func spoil(_ linear: LinearMatch, of module: ParameterModule) -> LinearMatch {
        var result = linear
        switch self {
        case .poolerTransposed where module == .pooler: result.weight = linear.weight.transposed() ?? linear.weight
        case .classifierReversed where module == .classifier || module == .answer:
            result.weightFactor = -result.weightFactor
        default: break
        }
        return result
    }

    /// An operation as a faulty lowering would have it.
    func spoil(_ operation: Operation) -> Operation {
        switch (self, operation) {
        case (.softmaxAxis, .softmax(let axis)): .softmax(axis: axis - 1)
        case (.softmaxAxis, .flatSoftmax(let axis)): .flatSoftmax(axis: axis - 1)
        case (.layerNormAxis, .layerNorm(let epsilon, let axis)):
            .layerNorm(epsilon: epsilon, axis: axis == 2 ? 2 : axis - 1)
        case (.layerNormAxis, .reduceMean(let axes?, let keeps)):
            .reduceMean(axes: axes.map { $0 - 1 }, keepsAxes: keeps)
        case (.maskDropped, .maskScores): .identity
        default: operation
        }
    }
}
