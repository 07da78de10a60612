import AlbitModel

/// The transforms of all heads of a layer. Int8 rounds a vector with one step for all its channels, so a transform is
/// good where what is rounded is small in directions that matter and large where it does not: in between lies the
/// geometric mean Z of the two matrices, which makes Z S Z = M for the energy S of what is rounded and the weight M of
/// its errors. A rotation behind it spreads what is left over the channels.
///
/// Derived in formats/int8.md.
struct HeadBalance: Sendable {
    /// What each head's queries and keys are multiplied by, duals of each other.
    let queries: [HeadTransform]
    let keys: [HeadTransform]
    /// What its values are multiplied by; the output matmul undoes it.
    let values: [HeadTransform]

    /// Share of the mean diagonal that is added to every energy.
    private static let damping = 0.1

    /// Rotations alone.
    init(_ configuration: Configuration) {
        let (heads, size) = (configuration.numAttentionHeads, configuration.headSize)
        let products = HeadTransform(HeadRotation(size: size, seed: 0x51))
        queries = Array(repeating: products, count: heads)
        keys = queries
        values = Array(repeating: HeadTransform(HeadRotation(size: size, seed: 0x56)), count: heads)
    }

    /// From the energies of each head.
    init(_ configuration: Configuration, energies: [HeadEnergy], parallel: Parallel) {
        let (heads, size) = (configuration.numAttentionHeads, configuration.headSize)
        let products = HeadRotation(size: size, seed: 0x51)
        let outputs = HeadRotation(size: size, seed: 0x56)
        var made = [(key: HeadTransform, value: HeadTransform)?](repeating: nil, count: heads)
        made.withUnsafeMutableBufferPointer { made in
            guard let base = made.baseAddress else { return }
            let results = SharedBuffer(base)
            parallel.forEachPart(of: heads) { part in
                for head in part {
                    results.pointer[head] = (
                        HeadBalance.keys(energies[head], products), HeadBalance.values(energies[head], outputs)
                    )
                }
            }
        }
        keys = made.map { $0?.key ?? HeadTransform(products) }
        queries = keys.map(\.partner)
        values = made.map { $0?.value ?? HeadTransform(outputs) }
    }

    /// A = R Uᵀ √Z, with Z S Z = M for the energies S of keys and M of queries, and U from √Z S √Z = U Λ Uᵀ.
    private static func keys(_ energy: HeadEnergy, _ rotation: HeadRotation) -> HeadTransform {
        guard let z = mean(energy.keys, energy.queries) else { return HeadTransform(rotation) }
        let n = rotation.size
        let vectors = energy.keys.damped(damping).between(z.root).eigen.vectors
        let turned = SymmetricMatrix.product(rotation.matrix, SymmetricMatrix.transposed(vectors, n), n)
        return HeadTransform(
            size: n, matrix: SymmetricMatrix.product(turned, z.root.values, n),
            dual: SymmetricMatrix.product(turned, z.inverse.values, n))
    }

    /// A = R √Z, with Z S Z = M for the energy S of contexts and the weight M of their errors.
    private static func values(_ energy: HeadEnergy, _ rotation: HeadRotation) -> HeadTransform {
        guard let z = mean(energy.contexts, energy.outputs) else { return HeadTransform(rotation) }
        let n = rotation.size
        return HeadTransform(
            size: n, matrix: SymmetricMatrix.product(rotation.matrix, z.root.values, n),
            dual: SymmetricMatrix.product(rotation.matrix, z.inverse.values, n))
    }

    /// Square root of Z and its inverse, Z = S^-½ (S^½ M S^½)^½ S^-½; nil where nothing passed or mattered.
    private static func mean(
        _ s: SymmetricMatrix, _ m: SymmetricMatrix
    ) -> (root: SymmetricMatrix, inverse: SymmetricMatrix)? {
        guard s.trace > 0, m.trace > 0, s.trace.isFinite, m.trace.isFinite else { return nil }
        let energy = s.damped(damping).roots
        let roots = m.damped(damping).between(energy.root).roots.root.between(energy.inverse).roots
        return (roots.root.values + roots.inverse.values).allSatisfy(\.isFinite) ? roots : nil
    }
}

/// Sums of outer products [size][size] over all tokens and steps of a layer, for one head.
struct HeadEnergy: Sendable {
    /// Of queries, and of keys without what cancels in softmax, each token weighted by what its errors come to.
    var queries: SymmetricMatrix
    var keys: SymmetricMatrix
    /// Of contexts around their mean, weighted likewise.
    var contexts: SymmetricMatrix
    /// Of gradients at the contexts.
    var outputs: SymmetricMatrix
}
