import CKernels
import Testing

/// Every kernel, the scalar one first, against formats/int8.md written down naively: whole bytes, nothing near.
struct SpecificationTests {
    private static let activations = [
        KERNEL_ACTIVATION_NONE, KERNEL_ACTIVATION_RELU, KERNEL_ACTIVATION_GELU_TANH, KERNEL_ACTIVATION_GELU_ERF,
    ]

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
    private func bits(_ values: Guarded<Float>) -> [UInt32] { (0..<values.count).map { values.pointer[$0].bitPattern } }

    // ------------------------------------------------------------------------------------------------ matmul

    /// Rows and weights at the ends of their ranges, where a narrow or a saturating sum would show.
    private static let extremes: [(name: String, code: @Sendable (Int) -> Int, weight: @Sendable (Int, Int) -> Int8)] =
        [
            ("largest", { _ in 255 }, { _, _ in 127 }),
            ("smallest", { _ in 255 }, { _, _ in -127 }),
            ("alternating weights", { _ in 255 }, { j, i in (i + j) % 2 == 0 ? 127 : -127 }),
            ("alternating codes", { i in i % 2 == 0 ? 255 : 1 }, { _, i in i % 2 == 0 ? 127 : -127 }),
            ("pairs", { i in i / 2 % 2 == 0 ? 255 : 1 }, { j, i in i / 2 % 2 == 0 ? 127 : Int8(j % 3 - 1) }),
            ("around the middle", { i in 126 + i % 5 }, { j, i in Int8((i * 7 + j * 11) % 255 - 127) }),
            ("zero weights", { i in i % 255 + 1 }, { _, _ in 0 }),
        ]

    @Test(arguments: KernelTable.available) func matmulAtTheEndsOfTheRanges(_ kernel: KernelTable) {
        for k in [16, 112, 16384] {
            for (name, code, weight) in Self.extremes {
                for planes in 1...2 {
                    for zero in planes == 2 ? [256, 32768, 65280] : [1, 128, 255] {
                        let codes = (0..<k).map { planes == 2 ? code($0) << 8 | (k + $0) % 256 : code($0) }
                        let weights = (0..<32 * k).map { weight($0 / k, $0 % k) }
                        let row = Specification.Row(codes: codes, scale: 0.0123, zero: zero)
                        check(kernel, [row, row, row], weights, n: 32, k: k, planes: planes, name)
                    }
                }
            }
        }
    }

    @Test(arguments: KernelTable.available) func matmulOfRandomRows(_ kernel: KernelTable) {
        var random = KernelRandom(seed: 21)
        for (k, count) in [(16, 1), (48, 2), (128, 5), (320, 9), (768, 17)] {
            for planes in 1...2 {
                let rows = (0..<count).map { _ in
                    Specification.Row(
                        codes: (0..<k).map { _ in planes == 2 ? random.next(65536) : 1 + random.next(255) },
                        scale: Float(1 + random.next(1000)) * 1e-4,
                        zero: planes == 2 ? 256 + random.next(65025) : 1 + random.next(255))
                }
                check(kernel, rows, random.weights(48 * k), n: 48, k: k, planes: planes, "random")
            }
        }
    }

    private func check(
        _ kernel: KernelTable, _ rows: [Specification.Row], _ weights: [Int8], n: Int, k: Int, planes: Int,
        _ name: String
    ) {
        let stored = store(rows, planes: planes)
        let panels = Guarded(Specification.panels(weights, n: n, k: k))
        let scale = Guarded((0..<n).map { 0.001 + Float($0) * 0.0007 })
        let bias = Guarded((0..<n).map { Float($0) - 7.5 })
        let sums = Guarded<Int32>(n)
        kernel_column_sums(panels.pointer, Int32(n), Int32(k), sums.pointer)
        for j in 0..<n {
            #expect(Int(sums.pointer[j]) == weights[j * k..<(j + 1) * k].reduce(0) { $0 + Int($1) })
        }
        var linear = kernel_linear(
            panels: panels.pointer, scale: scale.pointer, bias: bias.pointer, column_sum: sums.pointer, n: Int32(n),
            k: Int32(k))
        let sumsOfRows = rows.map { row in
            (0..<n).map { j in
                (Specification.joined(row, weights[j * k..<(j + 1) * k], planes: planes) * scale.pointer[j]) * row.scale
            }
        }
        for activation in Self.activations {
            let out = Guarded<Float>(rows.count * n)
            kernel.table.matmul(
                &linear, &stored.rows, 0, Int32(rows.count), 0, Int32(n), activation, out.pointer, n)
            let expected = sumsOfRows.flatMap { sums in
                sums.indices.map { Specification.activation(sums[$0] + bias.pointer[$0], activation) }
            }
            #expect(bits(out) == bits(expected), "matmul \(name), k \(k), \(planes) planes, \(activation)")
        }
        let table = Guarded(weights)
        let out = Guarded<Float>(rows.count * n)
        kernel.table.matmul_table(
            table.pointer, scale.pointer, nil, Int32(k), Int32(n), &stored.rows, 0, Int32(rows.count), out.pointer, n)
        #expect(bits(out) == bits(sumsOfRows.flatMap { $0 }), "matmul_table \(name), k \(k), \(planes) planes")
    }

    private func store(_ rows: [Specification.Row], planes: Int) -> GuardedRows {
        let stored = GuardedRows(count: rows.count, width: rows[0].codes.count, planes: planes)
        let (values, stride) = (stored.rows.values!, stored.rows.stride)
        for (r, row) in rows.enumerated() {
            stored.scale.pointer[r] = row.scale
            stored.zero.pointer[r] = Int32(row.zero)
            for (i, code) in row.codes.enumerated() {
                values[r * stride + i] = UInt8(planes == 2 ? code >> 8 : code)
                if planes == 2 { values[(rows.count + r) * stride + i] = UInt8(code & 255) }
            }
        }
        return stored
    }

    // ------------------------------------------------------------------------------------------ activations

    /// Rows of zeros of both signs, of denormals, below and above the smallest range, and with outliers.
    private func hardRows(_ k: Int, _ random: inout KernelRandom) -> [[Float]] {
        let tiny = Float.leastNonzeroMagnitude
        return [
            [Float](repeating: 0, count: k), [Float](repeating: -0.0, count: k),
            (0..<k).map { $0 % 2 == 0 ? -0.0 : 0 }, (0..<k).map { $0 % 2 == 0 ? -tiny : tiny * 3 },
            (0..<k).map { Float($0 % 3 - 1) * 4.9e-31 }, (0..<k).map { Float($0 % 3 - 1) * 5.1e-31 },
            [Float](repeating: 3.5, count: k), [Float](repeating: -3.5, count: k),
            (0..<k).map { $0 == k / 2 ? 24 : 0.01 * Float($0 % 7) },
            (0..<k).map { Float($0 % 255) * 0.5 - 63.5 },  // halves: ties
            random.tameFloats(k), random.floats(k),
        ]
    }

    @Test(arguments: KernelTable.available) func quantizedRows(_ kernel: KernelTable) {
        var random = KernelRandom(seed: 22)
        for k in [1, 16, 63, 64, 312, 512, 768, 1024, 16384] {
            let x = hardRows(k, &random)
            for (planes, isRotated, isShifted) in [
                (1, false, false), (2, false, true), (1, true, true), (2, true, false),
            ] {
                let width = isRotated ? Int(kernel_rotation_width(Int32(k))) : (k + 15) / 16 * 16
                let shift = random.tameFloats(k)
                let gain = (0..<width).map { (i: Int) -> Float in
                    let magnitude = 0.25 + Float(i % 7)
                    return kernel_sign(Int32(i)) ? -magnitude : magnitude
                }
                let expected = x.map { row in
                    var y = isShifted ? row.indices.map { row[$0] - shift[$0] } : row
                    y += [Float](repeating: 0, count: width - k)
                    if isRotated {
                        y = Specification.rotated(y, gain: gain, block: Int(kernel_rotation_block(Int32(k))))
                    }
                    return Specification.quantized(y, planes: planes)
                }
                let floats = Guarded(x.flatMap { $0 })
                let means = Guarded(shift)
                let gains = Guarded(gain)
                let scratch = Guarded<Float>(width)
                var input = kernel_input(
                    shift: isShifted ? UnsafePointer(means.pointer) : nil, gain: gains.pointer, k: Int32(k),
                    k_padded: Int32(width),
                    block: isRotated ? kernel_rotation_block(Int32(k)) : 0, planes: Int32(planes))
                let out = GuardedRows(count: x.count, width: width, planes: planes)
                kernel.table.quantize(&input, floats.pointer, k, Int32(x.count), &out.rows, 0, scratch.pointer)
                for (r, row) in expected.enumerated() {
                    let codes = (0..<width).map { i in
                        let high = Int(out.rows.values[r * out.rows.stride + i])
                        return planes == 2
                            ? high << 8 | Int(out.rows.values[(x.count + r) * out.rows.stride + i]) : high
                    }
                    let got = Specification.Row(
                        codes: codes, scale: out.scale.pointer[r], zero: Int(out.zero.pointer[r]))
                    #expect(got == row, "row \(r), k \(k), \(planes) planes, rotated \(isRotated)")
                    #expect(got.scale.sign == .plus)
                }
            }
        }
    }

    // --------------------------------------------------------------------------------------------- attention

    @Test(arguments: KernelTable.available) func attention(_ kernel: KernelTable) {
        var random = KernelRandom(seed: 23)
        for (length, size) in [(1, 16), (3, 12), (17, 26), (40, 64), (129, 32)] {
            for (planes, weightPlanes) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
                for kind in 0..<4 {
                    func rows(_ isKey: Bool) -> [[Float]] {
                        (0..<length).map { token in
                            switch kind {
                            case 0: random.tameFloats(size).map { $0 * 0.3 }
                            case 1: (0..<size).map { _ in token % 2 == 0 ? 0 : -0.0 }  // every score equal
                            case 2: (0..<size).map { Float(($0 + token) % 2 == 0 ? 5 : -5) }  // digits all ±127
                            default: isKey ? random.tameFloats(size) : random.floats(size)  // denormals, outliers
                            }
                        }
                    }
                    let (q, k, v) = (rows(false), rows(true), rows(false))
                    let expected = Specification.attention(q, k, v, planes: planes, weightPlanes: weightPlanes)
                    let memory = Guarded<UInt8>(
                        kernel_head_bytes(Int32(length), Int32(size), Int32(planes), Int32(weightPlanes)))
                    var head = kernel_head()
                    kernel_head_place(
                        &head, memory.pointer, Int32(length), Int32(size), Int32(planes), Int32(weightPlanes))
                    let (a, b, c) = (q.flatMap { $0 }, k.flatMap { $0 }, v.flatMap { $0 })
                    let out = Guarded<Float>(length * size)
                    kernel.table.pack_head(&head, a, b, c, size)
                    kernel.table.attend(&head, 0, Int32(length), out.pointer, size)
                    #expect(
                        bits(out) == bits(expected.flatMap { $0 }),
                        "attend \(length) x \(size), planes \(planes) and \(weightPlanes), kind \(kind)")
                }
            }
        }
    }

    // --------------------------------------------------------------------------------------------- float rows

    @Test(arguments: KernelTable.available) func floatRows(_ kernel: KernelTable) {
        var random = KernelRandom(seed: 24)
        for n in [1, 15, 16, 17, 128, 312, 1000] {
            for (row, kind) in hardRows(n, &random).dropLast().enumerated() {
                let x = Guarded(kind)
                let residual = random.tameFloats(n)
                let (weight, bias) = (random.tameFloats(n), random.tameFloats(n))
                let out = Guarded<Float>(n)
                kernel.table.add_norm(x.pointer, n, residual, n, weight, bias, 1e-12, Int32(n), 1, out.pointer, n)
                let added = zip(kind, residual).map { $0 + $1 }
                let norm = Specification.layerNorm(added, weight: weight, bias: bias, epsilon: 1e-12)
                #expect(bits(out) == bits(norm), "add_norm of row \(row), n \(n)")

                let soft = Guarded(kind)
                let tangent = Guarded(kind)
                kernel.table.softmax(soft.pointer, Int32(n))
                #expect(bits(soft) == bits(Specification.softmax(kind)), "softmax of row \(row), n \(n)")
                kernel.table.tanh(tangent.pointer, Int32(n))
                #expect(bits(tangent) == bits(kind.map(Specification.tanh)), "tanh of row \(row), n \(n)")

                for activation in Self.activations {
                    let sum = Guarded(kind)
                    kernel.table.add_plane(sum.pointer, residual, n, 1, Int32(n), activation)
                    #expect(bits(sum) == bits(added.map { Specification.activation($0, activation) }))
                }

                let matrix = (0..<3).map { _ in random.tameFloats(n) }
                let products = Guarded<Float>(3)
                kernel.table.matmul_f32(
                    matrix.flatMap { $0 }, nil, 3, Int32(n), x.pointer, n, 1, KERNEL_ACTIVATION_NONE, products.pointer,
                    3)
                #expect(
                    bits(products) == bits(matrix.map { Specification.dot(kind, $0) }), "matmul_f32, row \(row), n \(n)"
                )
            }
        }
    }

    @Test(arguments: KernelTable.available) func embeddings(_ kernel: KernelTable) {
        var random = KernelRandom(seed: 25)
        let denormal = Float.leastNormalMagnitude / 100
        for n in [1, 16, 31, 128, 768] {
            let (w, p, t) = (random.weights(n), random.weights(n), random.floats(n))
            for scales: (Float, Float) in [(0.01, 0.02), (0, 0.5), (denormal, denormal * 7), (1e30, -1e30)] {
                let out = Guarded<Float>(n)
                kernel.table.embed(w, scales.0, p, scales.1, t, Int32(n), out.pointer)
                let sums = (0..<n).map { Float(w[$0]) * scales.0 + Float(p[$0]) * scales.1 }
                #expect(bits(out) == bits(zip(sums, t).map { $0 + $1 }), "embed n \(n), \(scales)")
                kernel.table.embed(w, scales.0, p, scales.1, nil, Int32(n), out.pointer)
                #expect(bits(out) == bits(sums.map { $0 + 0 }), "embed without types n \(n), \(scales)")
            }
        }
    }
}
