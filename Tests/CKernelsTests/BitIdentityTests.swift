import CKernels
import Testing

/// Every kernel gives the scalar kernel's bytes, over shapes around every tile boundary and with extreme values.
struct BitIdentityTests {
    private static let widths = [1, 2, 3, 15, 16, 17, 31, 33, 64, 127, 128, 129, 312, 768]
    /// Rotated in blocks of 512 and 1024, whole and with a part of the last one.
    private static let wideWidths = [500, 512, 1024, 1500, 2000]
    private static let rowCounts = [1, 2, 3, 4, 5, 7, 8, 9, 17]
    /// With some widths only, as the scalar kernel takes its time.
    private static let longRowCounts = [31, 33, 64, 127, 128, 129]
    private static let activations = [
        KERNEL_ACTIVATION_NONE, KERNEL_ACTIVATION_GELU_TANH, KERNEL_ACTIVATION_GELU_ERF, KERNEL_ACTIVATION_RELU,
    ]

    @Test(arguments: KernelTable.available) func quantizeAndMatmul(_ kernel: KernelTable) {
        let (table, scalar) = (kernel.table, KernelTable.scalar)
        var random = KernelRandom(seed: 1)
        for k in Self.widths + Self.wideWidths {
            let long = Self.widths.contains(k) && k % 64 == 0
            for count in Self.wideWidths.contains(k) ? [1, 3, 9] : Self.rowCounts + (long ? Self.longRowCounts : []) {
                for planes in 1...2 {
                    for rotated in [false, true] {
                        let width = rotated ? Int(kernel_rotation_width(Int32(k))) : (k + 15) / 16 * 16
                        let x = Guarded(
                            count == 3 ? [Float](repeating: 0, count: count * (k + 3)) : random.floats(count * (k + 3)))
                        let shift = Guarded(random.floats(k))
                        // As files can have them: beyond, rows would overflow, and what that makes is unspecified.
                        let gain = Guarded(
                            (0..<width).map { (i: Int) -> Float in
                                (i % 3 == 0 ? Float(-1) : 1) * (0.25 + Float(i * 7 % 16) / 4.3)
                            })
                        var input = kernel_input(
                            shift: random.next(3) > 0 ? UnsafePointer(shift.pointer) : nil,
                            gain: rotated ? UnsafePointer(gain.pointer) : nil, k: Int32(k), k_padded: Int32(width),
                            block: rotated ? kernel_rotation_block(Int32(k)) : 0, planes: Int32(planes))
                        let scratch = Guarded<Float>(width)
                        let (a, b) = (
                            GuardedRows(count: count, width: width, planes: planes),
                            GuardedRows(count: count, width: width, planes: planes)
                        )
                        scalar.quantize(&input, x.pointer, k + 3, Int32(count), &a.rows, 0, scratch.pointer)
                        table.quantize(&input, x.pointer, k + 3, Int32(count), &b.rows, 0, scratch.pointer)
                        #expect(a.bytes == b.bytes, "quantize k \(k) rows \(count) planes \(planes) rotated \(rotated)")
                        #expect(b.isIntact && scratch.isIntact, "quantize wrote outside")
                        matmuls(table, scalar, a, k: k, width: width, count: count, &random)
                    }
                }
            }
        }
    }

    private func matmuls(
        _ table: kernel_table, _ scalar: kernel_table, _ rows: GuardedRows, k: Int, width: Int, count: Int,
        _ random: inout KernelRandom
    ) {
        let n = 16 * (1 + random.next(5))
        let weights = Guarded(random.weights(n * width))
        let sums = Guarded<Int32>(n)
        kernel_column_sums(weights.pointer, Int32(n), Int32(width), sums.pointer)
        let (scale, bias) = (Guarded(random.tameFloats(n)), Guarded(random.tameFloats(n)))
        var linear = kernel_linear(
            panels: weights.pointer, scale: scale.pointer, bias: bias.pointer, column_sum: sums.pointer, n: Int32(n),
            k: Int32(width))
        for activation in Self.activations {
            let first = n > 16 && activation == KERNEL_ACTIVATION_NONE ? 16 : 0
            let (a, b) = (Guarded<Float>(count * n), Guarded<Float>(count * n))
            scalar.matmul(&linear, &rows.rows, 0, Int32(count), Int32(first), Int32(n), activation, a.pointer, n)
            table.matmul(&linear, &rows.rows, 0, Int32(count), Int32(first), Int32(n), activation, b.pointer, n)
            #expect(a.bytes == b.bytes, "matmul k \(k) n \(n) rows \(count) planes \(rows.rows.planes) \(activation)")
            #expect(b.isIntact, "matmul wrote outside")
        }
        let (a, b) = (Guarded<Float>(count * 5), Guarded<Float>(count * 5))
        let entries = Guarded(random.weights(5 * k))
        scalar.matmul_table(
            entries.pointer, scale.pointer, bias.pointer, Int32(k), 5, &rows.rows, 0, Int32(count), a.pointer, 5)
        table.matmul_table(
            entries.pointer, scale.pointer, bias.pointer, Int32(k), 5, &rows.rows, 0, Int32(count), b.pointer, 5)
        #expect(a.bytes == b.bytes && b.isIntact, "matmul_table k \(k) rows \(count)")
    }

    @Test(arguments: KernelTable.available) func floatRows(_ kernel: KernelTable) {
        let (table, scalar) = (kernel.table, KernelTable.scalar)
        var random = KernelRandom(seed: 2)
        for k in Self.widths {
            for count in [1, 2, 5] {
                let x = Guarded(random.tameFloats(count * (k + 3)))
                let (weight, bias) = (Guarded(random.tameFloats(k)), Guarded(random.tameFloats(k)))
                let plane = Guarded(random.tameFloats(count * (k + 3)))
                func same(_ name: String, _ size: Int, _ run: (kernel_table, UnsafeMutablePointer<Float>) -> Void) {
                    let (a, b) = (Guarded<Float>(size), Guarded<Float>(size))
                    run(scalar, a.pointer)
                    run(table, b.pointer)
                    #expect(a.bytes == b.bytes && b.isIntact, "\(name) k \(k) rows \(count)")
                }
                same("add_norm", count * k) {
                    $0.add_norm(
                        x.pointer, k + 3, x.pointer, k + 3, weight.pointer, bias.pointer, 1e-12, Int32(k), Int32(count),
                        $1, k)
                }
                same("add_norm alone", count * k) {
                    $0.add_norm(
                        x.pointer, k + 3, nil, 0, weight.pointer, bias.pointer, 1e-5, Int32(k), Int32(count), $1, k)
                }
                let extreme = random.floats(k)
                for (name, of) in [
                    ("tanh", { (t: kernel_table, y: UnsafeMutablePointer<Float>) in t.tanh(y, Int32(k)) }),
                    ("softmax", { (t: kernel_table, y: UnsafeMutablePointer<Float>) in t.softmax(y, Int32(k)) }),
                ] {
                    same(name, k) { t, y in
                        y.update(from: extreme, count: k)
                        of(t, y)
                    }
                }
                let rows = Guarded(random.weights(2 * k))
                for type in [nil, UnsafePointer(x.pointer)] {
                    same("embed", k) { $0.embed(rows.pointer, 0.01, rows.pointer + k, 0.02, type, Int32(k), $1) }
                }
                let n = 1 + random.next(13)
                let matrix = Guarded(random.tameFloats(n * k))
                let added = Guarded(random.tameFloats(n))
                for activation in Self.activations {
                    same("add_plane \(activation)", count * (k + 3)) { t, y in
                        y.update(from: x.pointer, count: count * (k + 3))
                        t.add_plane(y, plane.pointer, k + 3, Int32(count), Int32(k), activation)
                    }
                    same("matmul_f32 \(activation)", count * n) {
                        $0.matmul_f32(
                            matrix.pointer, added.pointer, Int32(n), Int32(k), x.pointer, k + 3, Int32(count),
                            activation, $1, n)
                    }
                }
            }
        }
    }

    @Test(arguments: KernelTable.available) func attention(_ kernel: KernelTable) {
        let (table, scalar) = (kernel.table, KernelTable.scalar)
        var random = KernelRandom(seed: 3)
        for size in [12, 16, 26, 32, 64, 100] {
            for length in [1, 2, 7, 15, 16, 17, 33, 64, 128, 130] {
                for (planes, weightPlanes) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
                    let padded = (size + 15) / 16 * 16
                    let stride = 3 * padded
                    // Extreme queries and values; keys without, since infinite scores have no weights.
                    let extreme = random.floats(length * stride)
                    let tame = random.tameFloats(length * stride)
                    let qkv = Guarded(
                        (0..<length * stride).map { at in
                            let isKey = (padded..<2 * padded).contains(at % stride)
                            return (isKey || length % 2 == 0 ? tame[at] : extreme[at])
                                * (at / stride % 5 == 3 ? 0 : 0.3)
                        })
                    let bytes = kernel_head_bytes(Int32(length), Int32(size), Int32(planes), Int32(weightPlanes))
                    func attend(_ t: kernel_table) -> (out: Guarded<Float>, intact: Bool) {
                        let memory = Guarded<UInt8>(bytes)
                        var head = kernel_head()
                        kernel_head_place(
                            &head, memory.pointer, Int32(length), Int32(size), Int32(planes), Int32(weightPlanes))
                        t.pack_head(&head, qkv.pointer, qkv.pointer + padded, qkv.pointer + 2 * padded, stride)
                        let out = Guarded<Float>(length * (size + 3))
                        t.attend(&head, 0, Int32(length), out.pointer, size + 3)
                        return (out, memory.isIntact && out.isIntact)
                    }
                    let (a, b) = (attend(scalar), attend(table))
                    #expect(
                        a.out.bytes == b.out.bytes,
                        "attend size \(size) length \(length) planes \(planes), \(weightPlanes)")
                    #expect(b.intact, "attend wrote outside")
                }
                let padded = size
                let qkv = Guarded(random.tameFloats(length * 3 * padded))
                func reference(_ t: kernel_table) -> [UInt8] {
                    let (scores, out) = (Guarded<Float>(length), Guarded<Float>(length * size))
                    t.attend_f32(
                        qkv.pointer, qkv.pointer + padded, qkv.pointer + 2 * padded, 3 * padded, Int32(length),
                        Int32(size), 0, Int32(length), scores.pointer, out.pointer, size)
                    #expect(scores.isIntact && out.isIntact, "attend_f32 wrote outside")
                    return out.bytes
                }
                #expect(reference(scalar) == reference(table), "attend_f32 size \(size) length \(length)")
            }
        }
    }
}
