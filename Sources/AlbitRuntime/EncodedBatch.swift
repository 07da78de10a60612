import AlbitModel
import AlbitText
import CKernels

/// What a session made of a batch. It keeps the memory that its states lie in: a session that encodes again while a
/// batch is still held works in other memory, so nothing here ever changes. Like its session, it is used from one
/// thread.
package struct EncodedBatch {
    let session: Session
    let arena: Arena
    let sequences: [SequencePlacement]
    /// Rows of all sequences together: tokens that are read.
    package let rowCount: Int

    package var count: Int { sequences.count }
    package var weights: EncoderWeights { session.weights }
    package var kernel: Kernel { session.kernel }

    /// Sequence i of the batch.
    package subscript(sequence: Int) -> EncodedSequence {
        EncodedSequence(batch: self, placement: sequences[sequence])
    }

    /// Calls `body` with the last hidden state [H] of a row of the batch, valid during the call.
    package func withHidden<Result, Failure: Error>(
        row: Int, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(arena) {} }
        return try body(
            UnsafeBufferPointer(start: arena.hidden + row * arena.hiddenStride, count: weights.configuration.hiddenSize)
        )
    }

    /// `linear` applied to rows of the batch: [rows.count][linear.rows].
    func apply(_ linear: Linear, rows: Range<Int>, activation: kernel_activation = KERNEL_ACTIVATION_NONE) -> [Float] {
        defer { withExtendedLifetime(arena) {} }
        return apply(
            linear, input: arena.hidden + rows.lowerBound * arena.hiddenStride, stride: arena.hiddenStride,
            count: rows.count,
            activation: activation)
    }

    /// `linear` applied to one vector [linear.columns]: [linear.rows]. Empty for a vector of another length.
    func apply(_ linear: Linear, vector: [Float]) -> [Float] {
        defer { withExtendedLifetime(arena) {} }
        return vector.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, buffer.count == linear.columns else { return [] }
            return apply(linear, input: base, stride: linear.columns, count: 1, activation: KERNEL_ACTIVATION_NONE)
        }
    }

    /// `count` rows of width `linear.columns`, `stride` floats apart, through the arena's blocks.
    private func apply(
        _ linear: Linear, input: UnsafePointer<Float>, stride: Int, count: Int, activation: kernel_activation
    ) -> [Float] {
        var result = [Float](repeating: 0, count: count * linear.rows)
        var workspace = arena.workspaces[0]
        var first = 0
        while first < count {
            let rows = min(arena.blockRows, count - first)
            session.apply(
                linear, input: input + first * stride, stride: stride, rows: rows, through: &workspace.hiddenRows,
                scratch: workspace.scratch, activation: activation, output: workspace.result,
                outputStride: workspace.resultStride)
            for row in 0..<rows {
                for i in 0..<linear.rows {
                    result[(first + row) * linear.rows + i] = workspace.result[row * workspace.resultStride + i]
                }
            }
            first += rows
        }
        return result
    }
}

/// One sequence of an encoded batch: its states, and what heads make of them.
package struct EncodedSequence {
    package let batch: EncodedBatch
    let placement: SequencePlacement

    /// Tokens that were read: all that no mask left out, or the first alone.
    package var count: Int { placement.count }
    /// Rows of the batch that they lie in.
    package var rows: Range<Int> { placement.first..<(placement.first + placement.count) }
    package var kernel: Kernel { batch.kernel }

    /// Calls `body` with the last hidden state [H] of one of the tokens that were read, valid during the call.
    package func withHidden<Result, Failure: Error>(
        _ token: Int, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try batch.withHidden(row: placement.first + token, body)
    }

    /// Last hidden state [H] of one of the tokens that were read.
    package func hidden(_ token: Int) -> [Float] { withHidden(token) { Array($0) } }

    /// Last hidden state [S][H], with zeros where the mask left a token out, or where only first tokens were read.
    package var lastHiddenState: [Float] {
        let h = batch.weights.configuration.hiddenSize
        var result = [Float](repeating: 0, count: placement.length * h)
        for (token, row) in rows.enumerated() {
            let at = Int(batch.arena.positions[row]) * h
            withHidden(token) { for i in 0..<h { result[at + i] = $0[i] } }
        }
        return result
    }

    /// SHA-256, in hexadecimal, of the last hidden state as little-endian float32.
    package var digest: String { lastHiddenState.withUnsafeBytes { SHA256.hexDigest(of: $0) } }

    /// tanh(pooler(first token)) [H]; nil without a pooler.
    package var pooled: [Float]? {
        guard let pooler = batch.weights.pooler else { return nil }
        var result = batch.apply(pooler, rows: placement.first..<(placement.first + 1))
        batch.session.table.tanh(&result, Int32(result.count))
        return result
    }

    /// A head on every token that was read: [count][linear.rows].
    package func tokenLogits(_ linear: Linear) -> [Float] { batch.apply(linear, rows: rows) }

    /// A head on the pooled output: [linear.rows]; nil without a pooler.
    package func pooledLogits(_ linear: Linear) -> [Float]? { pooled.map { batch.apply(linear, vector: $0) } }
}
