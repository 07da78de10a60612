import AlbitModel
import AlbitText
import CKernels

extension EncodedSequence {
    /// Logits [vocabulary] of the masked-word head `prediction` for one of the tokens that were read. Throws where the
    /// embedding table cannot be read: an int8 table stays in the file and passes through a small buffer.
    package func vocabularyLogits(_ prediction: PredictionHead, token: Int) throws(Fault) -> [Float] {
        let row = placement.first + token
        return try batch.session.vocabularyLogits(
            batch.apply(prediction.dense, rows: row..<(row + 1), activation: batch.session.activation), prediction)
    }
}

extension Session {
    /// Bytes of the word embedding that are in memory at a time.
    private static let tableBlockBytes = 1 << 16

    /// Logits [n][vocabulary] of rows [n][E] that the head's dense layer and activation made.
    fileprivate func vocabularyLogits(_ activated: [Float], _ prediction: PredictionHead) throws(Fault) -> [Float] {
        let e = configuration.embeddingSize
        let v = configuration.vocabSize
        let rows = activated.count / e
        var transformed = activated
        table.add_norm(
            transformed, e, nil, 0, prediction.norm.weight, prediction.norm.bias, configuration.layerNormEps, Int32(e),
            Int32(rows), &transformed, e)
        var logits = [Float](repeating: 0, count: rows * v)
        switch weights.wordEmbeddings {
        case .float32(let words):
            table.matmul_f32(
                words, prediction.bias, Int32(v), Int32(e), transformed, e, Int32(rows), KERNEL_ACTIVATION_NONE,
                &logits, v)
        case .int8(let words):
            if let packing = words.packing {
                try multiply(transformed, by: words, packing, bias: prediction.bias, into: &logits)
            } else {
                try multiply(transformed, by: words, bias: prediction.bias, into: &logits)
            }
        }
        return logits
    }

    /// Float rows [n][columns] times an int8 table that is read in blocks of rows: [n][table.rows].
    private func multiply(
        _ rows: [Float], by words: Int8Table, bias: UnsafePointer<Float>, into logits: inout [Float]
    ) throws(Fault) {
        let e = words.columns
        let n = rows.count / e
        let padded = Panels.width(e, isRotated: false)
        let blockRows = max(1, Session.tableBlockBytes / e)
        var plan = MemoryPlan()
        // Two planes: the rows are few, so 16 bits cost little here.
        let rowSlots = RowSlots(RowSlots.Shape(stride: padded, planes: 2), capacity: n, &plan)
        let scratch = plan.place(padded, of: Float.self)
        // Kernels load whole cache lines, the last one beyond the last row.
        let blockSlot = plan.place(blockRows * e + Panels.lineBytes, of: Int8.self)
        let memory = try Memory(plan, purpose: "the masked-word head")
        var integers = rowSlots.rows(in: memory)
        var input = kernel_input(
            shift: nil, gain: nil, k: Int32(e), k_padded: Int32(padded), block: 0, planes: 2)
        table.quantize(&input, rows, e, Int32(n), &integers, 0, memory[scratch])
        let block = memory[blockSlot]
        var first = 0
        while first < words.rows {
            let count = min(blockRows, words.rows - first)
            try read(words, first, count, into: block)
            logits.withUnsafeMutableBufferPointer { out in
                guard let base = out.baseAddress else { return }
                table.matmul_table(
                    block, words.scales + first, bias + first, Int32(e), Int32(count), &integers, 0, Int32(n),
                    base + first, words.rows)
            }
            first += count
        }
    }

    /// Float rows [n][columns] times a packed table, which is unpacked in blocks of rows: [n][table.rows].
    private func multiply(
        _ rows: [Float], by words: Int8Table, _ packing: PackedRows, bias: UnsafePointer<Float>,
        into logits: inout [Float]
    ) throws(Fault) {
        let e = words.columns
        let blockRows = max(1, Session.tableBlockBytes / (4 * e))
        var plan = MemoryPlan()
        let packedSlot = plan.place(blockRows * packing.rowBytes, of: Int8.self)
        let blockSlot = plan.place(blockRows * e, of: Float.self)
        let memory = try Memory(plan, purpose: "the masked-word head")
        let (packed, block) = (memory[packedSlot], memory[blockSlot])
        var first = 0
        while first < words.rows {
            let count = min(blockRows, words.rows - first)
            try read(words, first, count, into: packed)
            for row in 0..<count {
                packing.unpack(packed + row * packing.rowBytes, scale: words.scales[first + row], into: block + row * e)
            }
            logits.withUnsafeMutableBufferPointer { out in
                guard let base = out.baseAddress else { return }
                table.matmul_f32(
                    block, bias + first, Int32(count), Int32(e), rows, e, Int32(rows.count / e),
                    KERNEL_ACTIVATION_NONE, base + first, words.rows)
            }
            first += count
        }
    }

    private func read(
        _ words: Int8Table, _ first: Int, _ count: Int, into block: UnsafeMutablePointer<Int8>
    ) throws(Fault) {
        let bytes = words.rowBytes
        guard let file = weights.file,
            file.read(at: words.fileOffset + first * bytes, count: count * bytes, into: block)
        else {
            throw Fault(
                .fileReadFailed, in: weights.file?.path ?? "", "reading an embedding row failed",
                advice: "the medium may be worn")
        }
    }
}
