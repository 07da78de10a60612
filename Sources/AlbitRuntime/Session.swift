import AlbitModel
import AlbitText
import CKernels

/// Encodes batches with one set of weights, one kernel and one pool of threads. Sessions share weights; a session
/// itself is used from one thread at a time. Where batches are let go before the next one is encoded, it allocates
/// nothing between batches of the same size.
///
/// The last hidden state of a sequence depends on its ids, types and mask only: not on the batch around it, the
/// kernel, or the number of threads.
package final class Session {
    package let weights: EncoderWeights
    package let kernel: Kernel
    let pool: ThreadPool
    let table: kernel_table
    var arena: Arena?
    var sequences: [SequencePlacement] = []
    /// Rows of all sequences together.
    private(set) var rowCount = 0
    var step = 0
    /// Whether the step at work is the last one and only first tokens are read after it.
    var endsWithFirstTokens = false

    /// Called after every step with what passed; slows the pass down, meant for calibration and drift.
    package var observer: ((Observation) -> Void)?

    /// `threads` at least 1. Throws where the threads cannot be started.
    package init(weights: EncoderWeights, kernel: Kernel = .best, threads: Int = 1) throws(Fault) {
        self.weights = weights
        self.kernel = kernel
        table = kernel.table.pointee
        pool = try ThreadPool(count: threads)
    }

    package var threads: Int { pool.count }
    package var configuration: Configuration { weights.configuration }

    /// Runs a batch, packed end to end without padding. Gives the states of all tokens, or of each sequence's first:
    /// the same bytes for less work in the last of the layers.
    @discardableResult
    package func encode(_ inputs: [EncoderInput], reading tokens: TokensRead = .all) throws(Fault) -> EncodedBatch {
        let arena = try place(inputs)
        let context = Unmanaged.passUnretained(self).toOpaque()
        step = -1
        failed = false
        pool.run({ Session.from($0).embed(thread: Int($1)) }, context)
        if failed {
            throw Fault(
                .fileReadFailed, in: weights.file?.path ?? "", "reading an embedding row failed",
                advice: "the medium may be worn")
        }
        observe(arena)
        for step in 0..<configuration.appliedLayers {
            self.step = step
            endsWithFirstTokens = tokens == .first && observer == nil && step == configuration.appliedLayers - 1
            pool.run({ Session.from($0).attend(thread: Int($1)) }, context)
            observeAttention(arena)
            if endsWithFirstTokens { keepFirstTokens(arena) }
            pool.run({ Session.from($0).feedForward(thread: Int($1)) }, context)
            observe(arena)
            if !weights.isInt8 || step == configuration.appliedLayers - 1 { try checkFinite(arena) }
        }
        return EncodedBatch(session: self, arena: arena, sequences: sequences, rowCount: rowCount)
    }

    /// Set by a thread whose embedding row could not be read.
    var failed = false

    static func from(_ context: UnsafeMutableRawPointer?) -> Session {
        // The context is the session itself, passed by encode for the duration of the run.
        Unmanaged<Session>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    // Placement -------------------------------------------------------------------------------

    private func place(_ inputs: [EncoderInput]) throws(Fault) -> Arena {
        var rows = 0
        var longest = 0
        for input in inputs {
            try input.check(weights)
            let count = input.mask.map { $0.reduce(0) { $0 + ($1 ? 1 : 0) } } ?? input.ids.count
            guard count > 0 else {
                throw Fault(.runtimeEmptySequence, "a sequence without a single unmasked token cannot be encoded")
            }
            rows += count
            longest = max(longest, count)
        }
        let arena = try arena(rows: rows, length: longest)
        sequences.removeAll(keepingCapacity: true)
        var row = 0
        for input in inputs {
            let first = row
            for (position, id) in input.ids.enumerated() where input.mask?[position] ?? true {
                arena.ids[row] = id
                arena.types[row] = input.typeIds[position]
                arena.positions[row] = Int32(position)
                row += 1
            }
            sequences.append(SequencePlacement(first: first, count: row - first, length: input.ids.count))
        }
        rowCount = row
        return arena
    }

    /// The arena, made anew where a batch that was encoded before still reads it, where it is too small for this one,
    /// or where it keeps no trace for an observer.
    private func arena(rows: Int, length: Int) throws(Fault) -> Arena {
        let isFree = isKnownUniquelyReferenced(&arena)
        if isFree, let arena, arena.rowCapacity >= rows, arena.lengthCapacity >= length,
            observer == nil || arena.traceNormed != nil
        {
            return arena
        }
        let capacity = max(rows, arena?.rowCapacity ?? 0)
        let longest = max(length, arena?.lengthCapacity ?? 0)
        // Released first, so that the two never exist together.
        arena = nil
        let larger = try Arena(
            weights: weights, rows: capacity, length: longest, threads: threads, traced: observer != nil)
        arena = larger
        return larger
    }

    /// Moves the first row of each sequence together. None is overwritten before it is read: a sequence's number is at
    /// most that of its first row.
    private func keepFirstTokens(_ arena: Arena) {
        let h = configuration.hiddenSize
        for row in sequences.indices {
            let sequence = sequences[row]
            sequences[row] = SequencePlacement(first: row, count: 1, length: sequence.length)
            guard row != sequence.first else { continue }
            let source = sequence.first * arena.hiddenStride
            let target = row * arena.hiddenStride
            (arena.hidden + target).update(from: arena.hidden + source, count: h)
            (arena.context + target).update(from: arena.context + source, count: h)
            arena.positions[row] = arena.positions[sequence.first]
        }
        rowCount = sequences.count
    }

    private func checkFinite(_ arena: Arena) throws(Fault) {
        for row in 0..<rowCount {
            let values = arena.hidden + row * arena.hiddenStride
            // The sum of finite values of a LayerNorm is finite; NaN and Inf survive it.
            var sum: Float = 0
            for i in 0..<configuration.hiddenSize { sum += values[i] * 0 }
            if sum != 0 {
                throw Fault(
                    .runtimeNotFinite, "NaN or Inf after layer " + String(step) + ", site " + firstNotFinite(arena),
                    advice: "the weights or the input are damaged")
            }
        }
    }

    /// The first place of the last step whose output is not finite, as far as it is still in memory: feed-forward
    /// outputs are kept for observers only.
    private func firstNotFinite(_ arena: Arena) -> String {
        func isFinite(_ rows: UnsafePointer<Float>?, _ columns: Int, _ stride: Int) -> Bool {
            guard let rows else { return true }
            for row in 0..<rowCount { for i in 0..<columns where !rows[row * stride + i].isFinite { return false } }
            return true
        }
        let h = configuration.hiddenSize
        if !isFinite(arena.context, h, arena.hiddenStride) { return Site.attention.name }
        guard let normed = arena.traceNormed, let activated = arena.traceActivated else {
            return "attn_output, ffn_up or ffn_down"
        }
        if !isFinite(normed, h, arena.hiddenStride) { return Site.attentionOutput.name }
        let i = configuration.intermediateSize
        return isFinite(activated, i, i) ? Site.ffnDown.name : Site.ffnUp.name
    }

    // Observation -----------------------------------------------------------------------------

    private func observe(_ arena: Arena) {
        guard let observer else { return }
        let configuration = configuration
        if step < 0 {
            if let embedded = arena.traceEmbedded, weights.projection != nil {
                observer(
                    Observation(
                        point: .embedded, step: step, rows: embedded, count: rowCount,
                        columns: configuration.embeddingSize, stride: configuration.embeddingSize))
            }
        } else if let normed = arena.traceNormed, let activated = arena.traceActivated {
            observer(
                Observation(
                    point: .site(.ffnUp), step: step, rows: normed, count: rowCount,
                    columns: configuration.hiddenSize, stride: arena.hiddenStride))
            observer(
                Observation(
                    point: .site(.ffnDown), step: step, rows: activated, count: rowCount,
                    columns: configuration.intermediateSize, stride: configuration.intermediateSize))
        }
        observer(
            Observation(
                point: .hidden, step: step, rows: arena.hidden, count: rowCount,
                columns: configuration.hiddenSize, stride: arena.hiddenStride))
    }

    private func observeAttention(_ arena: Arena) {
        guard let observer else { return }
        observer(
            Observation(
                point: .site(.attentionQKV), step: step, rows: arena.hidden, count: rowCount,
                columns: configuration.hiddenSize, stride: arena.hiddenStride))
        observer(
            Observation(
                point: .site(.attentionOutput), step: step, rows: arena.context, count: rowCount,
                columns: configuration.hiddenSize, stride: arena.hiddenStride))
    }
}

/// Whose hidden states are read after a batch: heads on the pooled output need the first token of a sequence only.
package enum TokensRead: Sendable {
    case all, first
}

/// Where a sequence lies among the packed rows.
struct SequencePlacement {
    let first: Int
    /// Unmasked tokens.
    let count: Int
    /// Tokens with the masked ones.
    let length: Int
}
