import AlbitModel
import CKernels

// The network, described once for float32 and int8: what each thread does in the three phases of a pass.
extension Session {
    /// Rows first ... of `linear` applied to float rows, through the thread's integer rows where it is int8.
    /// `application`: how often the layer was applied before. `precision`: a site's; nil: the matmul's own number of
    /// planes. `secondResult`: room for the products with the
    /// second plane of the weights, where the precision asks for it.
    func apply(
        _ linear: Linear, application: Int = 0, precision: SitePrecision? = nil,
        secondResult: UnsafeMutablePointer<Float>? = nil,
        input: UnsafePointer<Float>, stride: Int, rows: Int,
        through integers: inout kernel_rows, scratch: UnsafeMutablePointer<Float>,
        activation: kernel_activation = KERNEL_ACTIVATION_NONE, output: UnsafeMutablePointer<Float>, outputStride: Int
    ) {
        switch linear.weights {
        case .float32(let weight, let bias):
            table.matmul_f32(
                weight, bias, Int32(linear.rows), Int32(linear.columns), input, stride, Int32(rows), activation,
                output, outputStride)
        case .int8(var matrix, var quantizer):
            linear.move(&matrix, &quantizer, to: application)
            if let precision { quantizer.planes = Int32(precision.activationPlanes) }
            integers.planes = quantizer.planes
            table.quantize(&quantizer, input, stride, Int32(rows), &integers, 0, scratch)
            guard precision == .twoByTwo, let secondResult, var second = linear.secondPlane else {
                table.matmul(&matrix, &integers, 0, Int32(rows), 0, matrix.n, activation, output, outputStride)
                return
            }
            table.matmul(&matrix, &integers, 0, Int32(rows), 0, matrix.n, KERNEL_ACTIVATION_NONE, output, outputStride)
            table.matmul(
                &second, &integers, 0, Int32(rows), 0, second.n, KERNEL_ACTIVATION_NONE, secondResult, outputStride)
            table.add_plane(output, secondResult, outputStride, Int32(rows), matrix.n, activation)
        }
    }

    /// The activation of the feed-forward part, as the kernels call it.
    var activation: kernel_activation {
        switch configuration.hiddenAct {
        case .geluNew: KERNEL_ACTIVATION_GELU_TANH
        case .gelu: KERNEL_ACTIVATION_GELU_ERF
        case .relu: KERNEL_ACTIVATION_RELU
        }
    }

    /// Calls `body` with blocks of rows until threads have taken all. Blocks are of one size, whole tiles of 8 rows,
    /// and where there are rows enough there is the same number for each thread.
    private func forEachBlock(_ arena: Arena, _ body: (Range<Int>) -> Void) {
        let rowsAtOnce = threads * arena.blockRows
        let blocks = threads * max(1, (rowCount + rowsAtOnce - 1) / rowsAtOnce)
        // At least one tile, for a batch without sequences too.
        let size = max(1, ((rowCount + blocks - 1) / blocks + 7) / 8) * 8
        while let block = pool.claim(of: (rowCount + size - 1) / size) {
            body(block * size..<min((block + 1) * size, rowCount))
        }
    }

    /// Hidden rows become the integers that the next layer's queries, keys and values are made of.
    private func quantizeHidden(
        _ block: Range<Int>, for step: Int, _ arena: Arena, scratch: UnsafeMutablePointer<Float>
    ) {
        guard step < configuration.appliedLayers else { return }
        let linear = weights.layers[configuration.storedLayer(at: step)].qkv
        guard case .int8(var matrix, var quantizer) = linear.weights else { return }
        linear.move(&matrix, &quantizer, to: weights.applications[step])
        quantizer.planes = Int32(weights.precision[step, .attentionQKV].activationPlanes)
        var integers = arena.qkvRows
        integers.planes = quantizer.planes
        table.quantize(
            &quantizer, arena.hidden + block.lowerBound * arena.hiddenStride, arena.hiddenStride, Int32(block.count),
            &integers, Int32(block.lowerBound), scratch)
    }

    /// Phase 0: embeddings, their LayerNorm, and ALBERT's projection to the hidden size.
    func embed(thread: Int) {
        guard let arena else { return }
        let e = configuration.embeddingSize
        var workspace = arena.workspaces[thread]
        forEachBlock(arena) { block in
            // BERT's embeddings are hidden states already.
            let direct = weights.projection == nil
            for row in block {
                let embedded =
                    direct
                    ? arena.hidden + row * arena.hiddenStride : workspace.embedded + (row - block.lowerBound) * e
                if !sumEmbeddings(row, arena, workspace, into: embedded) { failed = true }
                table.add_norm(
                    embedded, e, nil, 0, weights.embeddingNorm.weight, weights.embeddingNorm.bias,
                    configuration.layerNormEps, Int32(e), 1, embedded, e)
                if let trace = arena.traceEmbedded { (trace + row * e).update(from: embedded, count: e) }
            }
            if let projection = weights.projection {
                apply(
                    projection, input: workspace.embedded, stride: e, rows: block.count, through: &workspace.hiddenRows,
                    scratch: workspace.scratch, output: arena.hidden + block.lowerBound * arena.hiddenStride,
                    outputStride: arena.hiddenStride)
            }
            quantizeHidden(block, for: 0, arena, scratch: workspace.scratch)
        }
    }

    /// Word, position and token type embedding of a row; false where the file cannot be read.
    private func sumEmbeddings(
        _ row: Int, _ arena: Arena, _ workspace: Workspace, into out: UnsafeMutablePointer<Float>
    ) -> Bool {
        let e = configuration.embeddingSize
        let ids = (word: Int(arena.ids[row]), position: Int(arena.positions[row]), type: Int(arena.types[row]))
        let type = weights.tokenTypeEmbeddings.map { $0 + ids.type * e }
        switch (weights.wordEmbeddings, weights.positionEmbeddings) {
        case (.float32(let words), .float32(let positions)):
            let word = words + ids.word * e
            let position = positions + ids.position * e
            if let type {
                for i in 0..<e { out[i] = (word[i] + position[i]) + type[i] }
            } else {
                for i in 0..<e { out[i] = word[i] + position[i] }
            }
            return true
        case (.int8(let words), .int8(let positions)):
            let bytes = workspace.embeddingRow
            guard let file = weights.file,
                file.read(at: words.fileOffset + ids.word * words.rowBytes, count: words.rowBytes, into: bytes),
                file.read(at: positions.fileOffset + ids.position * e, count: e, into: bytes + words.rowBytes)
            else { return false }
            let position = bytes + words.rowBytes
            if let packing = words.packing {
                packing.unpack(bytes, scale: words.scales[ids.word], into: out)
                let scale = positions.scales[ids.position]
                for i in 0..<e { out[i] = (out[i] + Float(position[i]) * scale) + (type?[i] ?? 0) }
                return true
            }
            table.embed(
                bytes, words.scales[ids.word], position, positions.scales[ids.position], type, Int32(e), out)
            return true
        default:
            return false
        }
    }

    /// Phase 1 of a layer, split by sequences and heads: queries, keys, values and attention of one head at a time.
    func attend(thread: Int) {
        guard let arena else { return }
        let layer = weights.layers[configuration.storedLayer(at: step)]
        let heads = configuration.numAttentionHeads
        let d = configuration.headSize
        let rows = AttentionRows(configuration)
        let (part, width) = (rows.partWidth, rows.headWidth)
        let workspace = arena.workspaces[thread]
        while let unit = pool.claim(of: sequences.count * heads) {
            let sequence = sequences[unit / heads]
            let head = unit % heads
            let qkv = workspace.qkv
            let out = arena.context + sequence.first * arena.hiddenStride + head * d
            let length = Int32(sequence.count)
            let queries = endsWithFirstTokens ? 1 : length
            switch layer.qkv.weights {
            case .float32(let weight, let bias):
                let row = rows.first(head: head)
                table.matmul_f32(
                    weight + row * layer.qkv.columns, bias.map { $0 + row }, Int32(width), Int32(layer.qkv.columns),
                    arena.hidden + sequence.first * arena.hiddenStride, arena.hiddenStride, length,
                    KERNEL_ACTIVATION_NONE,
                    qkv, width)
                table.attend_f32(
                    qkv, qkv + part, qkv + 2 * part, width, length, Int32(d), 0, queries,
                    workspace.head.assumingMemoryBound(to: Float.self), out, arena.hiddenStride)
            case .int8(var matrix, var quantizer):
                layer.qkv.move(&matrix, &quantizer, to: weights.applications[step])
                var integers = arena.qkvRows
                integers.planes = Int32(weights.precision[step, .attentionQKV].activationPlanes)
                let first = Int32(rows.first(head: head))
                table.matmul(
                    &matrix, &integers, Int32(sequence.first), length, first, first + Int32(width),
                    KERNEL_ACTIVATION_NONE,
                    qkv, width)
                if weights.precision[step, .attentionQKV] == .twoByTwo, let second = workspace.secondQKV,
                    var plane = layer.qkv.secondPlane
                {
                    table.matmul(
                        &plane, &integers, Int32(sequence.first), length, first, first + Int32(width),
                        KERNEL_ACTIVATION_NONE,
                        second, width)
                    table.add_plane(qkv, second, width, length, Int32(width), KERNEL_ACTIVATION_NONE)
                }
                var packed = kernel_head()
                kernel_head_place(
                    &packed, workspace.head, length, Int32(d),
                    Int32(weights.precision[step, .attention].activationPlanes),
                    Int32(weights.attentionWeightPlanes))
                table.pack_head(&packed, qkv, qkv + part, qkv + 2 * part, width)
                table.attend(&packed, 0, queries, out, arena.hiddenStride)
            }
        }
    }

    /// Phase 2 of a layer, split by rows: attention output, residual, LayerNorm, feed-forward, residual, LayerNorm.
    func feedForward(thread: Int) {
        guard let arena else { return }
        let layer = weights.layers[configuration.storedLayer(at: step)]
        let h = configuration.hiddenSize
        let epsilon = configuration.layerNormEps
        let application = weights.applications[step]
        var workspace = arena.workspaces[thread]
        forEachBlock(arena) { block in
            let offset = block.lowerBound * arena.hiddenStride
            let hidden = arena.hidden + offset
            let rows = Int32(block.count)
            apply(
                layer.attentionOutput, application: application, precision: weights.precision[step, .attentionOutput],
                secondResult: workspace.secondResult,
                input: arena.context + offset, stride: arena.hiddenStride, rows: block.count,
                through: &workspace.hiddenRows, scratch: workspace.scratch, output: workspace.result,
                outputStride: workspace.resultStride)
            table.add_norm(
                workspace.result, workspace.resultStride, hidden, arena.hiddenStride, layer.attentionNorm.weight,
                layer.attentionNorm.bias, epsilon, Int32(h), rows, hidden, arena.hiddenStride)
            if let trace = arena.traceNormed {
                (trace + offset).update(from: hidden, count: block.count * arena.hiddenStride)
            }
            apply(
                layer.ffnUp, application: application, precision: weights.precision[step, .ffnUp],
                secondResult: workspace.secondResult,
                input: hidden,
                stride: arena.hiddenStride, rows: block.count, through: &workspace.hiddenRows,
                scratch: workspace.scratch,
                activation: activation, output: workspace.activated, outputStride: workspace.activatedStride)
            if let trace = arena.traceActivated {
                let i = configuration.intermediateSize
                for row in 0..<block.count {
                    (trace + (block.lowerBound + row) * i).update(
                        from: workspace.activated + row * workspace.activatedStride, count: i)
                }
            }
            apply(
                layer.ffnDown, application: application, precision: weights.precision[step, .ffnDown],
                secondResult: workspace.secondResult,
                input: workspace.activated,
                stride: workspace.activatedStride, rows: block.count, through: &workspace.activatedRows,
                scratch: workspace.scratch, output: workspace.result, outputStride: workspace.resultStride)
            table.add_norm(
                workspace.result, workspace.resultStride, hidden, arena.hiddenStride, layer.outputNorm.weight,
                layer.outputNorm.bias, epsilon, Int32(h), rows, hidden, arena.hiddenStride)
            quantizeHidden(block, for: step + 1, arena, scratch: workspace.scratch)
        }
    }
}
