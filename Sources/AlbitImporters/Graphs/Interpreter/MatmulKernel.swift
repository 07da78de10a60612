/// Products of matrices in float32: plain loops in blocks that a compiler turns into vector instructions.
enum MatmulKernel {
    private typealias Vector = SIMD8<Float>
    private static let width = 8

    /// Adds a · b to `c`: a is [rows][inner] with `strideA` from row to row, b [inner][columns], c [rows][columns],
    /// with `strideC` from row to row.
    static func add(
        _ a: UnsafePointer<Float>, _ strideA: Int, _ b: UnsafePointer<Float>, _ strideB: Int,
        to c: UnsafeMutablePointer<Float>, _ strideC: Int,
        rows: Int, inner: Int, columns: Int
    ) {
        var column = 0
        // Sixteen columns at a time stay in registers for four rows.
        while column + 2 * width <= columns {
            var row = 0
            while row < rows {
                let count = min(4, rows - row)
                // Rows beyond the last are the last once more, and not stored.
                let a0 = a + row * strideA
                let a1 = a + min(row + 1, rows - 1) * strideA
                let a2 = a + min(row + 2, rows - 1) * strideA
                let a3 = a + min(row + 3, rows - 1) * strideA
                var (s00, s01, s10, s11) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
                var (s20, s21, s30, s31) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
                var source = UnsafeRawPointer(b + column)
                for k in 0..<inner {
                    let x = source.loadUnaligned(as: Vector.self)
                    let y = source.loadUnaligned(fromByteOffset: 4 * width, as: Vector.self)
                    source += 4 * strideB
                    s00 += a0[k] * x
                    s01 += a0[k] * y
                    s10 += a1[k] * x
                    s11 += a1[k] * y
                    s20 += a2[k] * x
                    s21 += a2[k] * y
                    s30 += a3[k] * x
                    s31 += a3[k] * y
                }
                let target = UnsafeMutableRawPointer(c + row * strideC + column)
                store(s00, s01, target, 0, strideC)
                if count > 1 { store(s10, s11, target, 1, strideC) }
                if count > 2 { store(s20, s21, target, 2, strideC) }
                if count > 3 { store(s30, s31, target, 3, strideC) }
                row += 4
            }
            column += 2 * width
        }
        while column < columns {
            for row in 0..<rows {
                var sum: Float = 0
                for k in 0..<inner { sum += a[row * strideA + k] * b[k * strideB + column] }
                c[row * strideC + column] += sum
            }
            column += 1
        }
    }

    @inline(__always)
    private static func store(_ x: Vector, _ y: Vector, _ target: UnsafeMutableRawPointer, _ row: Int, _ stride: Int) {
        let place = target + 4 * row * stride
        let first = place.loadUnaligned(as: Vector.self) + x
        let second = place.loadUnaligned(fromByteOffset: 4 * width, as: Vector.self) + y
        place.storeBytes(of: first, as: Vector.self)
        place.storeBytes(of: second, toByteOffset: 4 * width, as: Vector.self)
    }

    /// Writes a · bᵀ to `c`: b is [columns][inner].
    static func transposed(
        _ a: UnsafePointer<Float>, _ strideA: Int, _ b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>,
        _ strideC: Int, rows: Int,
        inner: Int, columns: Int
    ) {
        for column in 0..<columns {
            let y = b + column * inner
            var row = 0
            while row < rows {
                let last = rows - 1
                let a0 = a + row * strideA
                let a1 = a + min(row + 1, last) * strideA
                let a2 = a + min(row + 2, last) * strideA
                let a3 = a + min(row + 3, last) * strideA
                var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
                var k = 0
                while k + width <= inner {
                    let v = load(y, k)
                    s0 += load(a0, k) * v
                    s1 += load(a1, k) * v
                    s2 += load(a2, k) * v
                    s3 += load(a3, k) * v
                    k += width
                }
                var (t0, t1, t2, t3) = (s0.sum(), s1.sum(), s2.sum(), s3.sum())
                while k < inner {
                    t0 += a0[k] * y[k]
                    t1 += a1[k] * y[k]
                    t2 += a2[k] * y[k]
                    t3 += a3[k] * y[k]
                    k += 1
                }
                c[row * strideC + column] = t0
                if row + 1 < rows { c[(row + 1) * strideC + column] = t1 }
                if row + 2 < rows { c[(row + 2) * strideC + column] = t2 }
                if row + 3 < rows { c[(row + 3) * strideC + column] = t3 }
                row += 4
            }
        }
    }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Float>, _ index: Int) -> Vector {
        UnsafeRawPointer(pointer + index).loadUnaligned(as: Vector.self)
    }
}
