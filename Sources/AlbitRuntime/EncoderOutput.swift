import AlbitModel
import AlbitText
import CKernels

// What a session answers after `encode`.
extension Session {
    /// Packed rows of sequence i: its unmasked tokens in order.
    package func rows(of sequence: Int) -> Range<Int> {
        sequences[sequence].first..<(sequences[sequence].first + sequences[sequence].count)
    }

    /// Last hidden state [H] of a packed row.
    package func hidden(row: Int) -> UnsafeBufferPointer<Float> {
        guard let arena else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: arena.hidden + row * arena.hiddenStride, count: configuration.hiddenSize)
    }

    /// Last hidden state [S][H] of sequence i, with zeros where the mask left a token out, or where only first tokens
    /// were read.
    package func lastHiddenState(of sequence: Int) -> [Float] {
        guard let arena else { return [] }
        let h = configuration.hiddenSize
        var result = [Float](repeating: 0, count: sequences[sequence].length * h)
        for row in rows(of: sequence) {
            let at = Int(arena.positions[row]) * h
            for (i, value) in hidden(row: row).enumerated() { result[at + i] = value }
        }
        return result
    }

    /// tanh(pooler(first token)) [H] of sequence i; nil without a pooler.
    package func pooled(of sequence: Int) -> [Float]? {
        guard let pooler = weights.pooler else { return nil }
        var result = apply(pooler, rows: rows(of: sequence).lowerBound..<(rows(of: sequence).lowerBound + 1))
        table.tanh(&result, Int32(result.count))
        return result
    }

    /// A head applied to packed rows: [row][linear.rows].
    package func apply(_ linear: Linear, rows: Range<Int>) -> [Float] {
        guard let arena else { return [] }
        return apply(linear, input: arena.hidden + rows.lowerBound * arena.hiddenStride, stride: arena.hiddenStride, count: rows.count)
    }

    /// A head applied to one vector [linear.columns].
    package func apply(_ linear: Linear, vector: [Float]) -> [Float] {
        vector.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, buffer.count == linear.columns else { return [] }
            return apply(linear, input: base, stride: linear.columns, count: 1)
        }
    }

    /// `count` rows of width `linear.columns`, `stride` floats apart: [row][linear.rows].
    package func apply(
        _ linear: Linear, input: UnsafePointer<Float>, stride: Int, count: Int,
        activation: kernel_activation = KERNEL_LINEAR
    ) -> [Float] {
        guard let arena else { return [] }
        var result = [Float](repeating: 0, count: count * linear.rows)
        var workspace = arena.workspaces[0]
        var first = 0
        while first < count {
            let rows = min(arena.blockRows, count - first)
            apply(
                linear, input: input + first * stride, stride: stride, rows: rows, through: &workspace.hiddenRows,
                scratch: workspace.scratch, activation: activation, output: workspace.result,
                outputStride: workspace.resultStride)
            for row in 0..<rows {
                for i in 0..<linear.rows { result[(first + row) * linear.rows + i] = workspace.result[row * workspace.resultStride + i] }
            }
            first += rows
        }
        return result
    }
}

/// What a head answers for one sequence: one row of `width` values, or one for every unmasked token.
package struct HeadLogits {
    package let head: Head
    package let width: Int
    package let values: [Float]
}

extension Session {
    /// Logits of every head but the masked-word one, whose rows are as wide as the vocabulary.
    package func allLogits(of sequence: Int) -> [HeadLogits] {
        var result: [HeadLogits] = []
        let pooled = pooled(of: sequence)
        let rows = rows(of: sequence)
        if let classifier = weights.classifier {
            if let pooled {
                result.append(HeadLogits(
                    head: .sequenceClassification, width: classifier.rows, values: apply(classifier, vector: pooled)))
            } else {
                result.append(HeadLogits(head: .tokenClassification, width: classifier.rows, values: apply(classifier, rows: rows)))
            }
        }
        if let answer = weights.answer {
            result.append(HeadLogits(head: .questionAnswering, width: answer.rows, values: apply(answer, rows: rows)))
        }
        if let order = weights.order, let pooled {
            result.append(HeadLogits(head: .sentenceOrder, width: order.rows, values: apply(order, vector: pooled)))
        }
        return result
    }
}

extension Session {
    /// SHA-256, in hexadecimal, of the last hidden state [S][H] of sequence i as little-endian float32.
    package func digest(of sequence: Int) -> String {
        lastHiddenState(of: sequence).withUnsafeBytes { SHA256.hexDigest(of: $0) }
    }
}
