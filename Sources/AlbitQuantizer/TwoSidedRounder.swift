import AlbitModel
import CKernels

/// Rounds a matrix of weights [rows][width] for a metric of its inputs and one of its outputs: rows in order, each
/// error handed on to the channels behind it and to the rows behind it. Tile by tile, so that the factors pass the
/// caches once for 32 rows; threads share columns, and every value adds up in one order.
///
/// With (U + I) D (U + I)ᵀ of the inputs and (V + I) E (V + I)ᵀ of the outputs, row r and channel k round
/// w + Σ_{i<r} V[i][r] B[i][k] + Σ_{j<k} e[r][j] U[j][k], where e = w - w' and B = e (U + I).
struct TwoSidedRounder: @unchecked Sendable {
    let rows: Int
    let width: Int
    /// What is rounded, [rows][width].
    let original: FloatRows
    let inputs: RoundingMetric
    let outputs: RoundingMetric
    let parallel: Parallel

    private static let tile = 32

    /// Codes go to `place`, row by row.
    func round(scales: UnsafeMutablePointer<Float>, place: (Int, UnsafePointer<Int8>) -> Void) {
        for row in 0..<rows { scales[row] = RowRounder.scale(original[row], width) }
        let tile = TwoSidedRounder.tile
        // What the errors of a row come to at each channel, B.
        let errors = FloatRows(rows: rows, columns: width)
        let codes = UnsafeMutablePointer<Int8>.allocate(capacity: tile * width)
        defer { codes.deallocate() }
        var blockStart = 0
        for output in outputs.factors where blockStart < rows {
            let end = min(blockStart + output.size, rows)
            for first in stride(from: blockStart, to: end, by: tile) {
                let height = min(tile, end - first)
                let targets = FloatRows(rows: height, columns: width)
                feedFromRows(blockStart..<first, output, blockStart, errors, targets, first)
                var channel = 0
                for input in inputs.factors {
                    roundRows(
                        first, height, output, blockStart, input, channel, scales, errors, targets, codes)
                    channel += input.size
                }
                for r in 0..<height { place(first + r, codes + r * width) }
            }
            blockStart = end
        }
    }

    /// Adds what the errors of earlier rows of the same block of outputs hand on.
    private func feedFromRows(
        _ earlier: Range<Int>, _ output: Factorization, _ start: Int, _ errors: FloatRows, _ targets: FloatRows,
        _ first: Int
    ) {
        for r in 0..<targets.rows { targets[r].update(from: original[first + r], count: width) }
        guard !earlier.isEmpty else { return }
        let factors = SharedConstant(UnsafePointer(output.feedback) + first - start)
        let n = output.size
        parallel.forEachPart(of: width, grain: 64) { part in
            for k in stride(from: part.lowerBound, to: part.upperBound, by: 64) {
                kernel_product_f32(
                    targets.pointer + k, width, factors.pointer, 1, n, errors[earlier.lowerBound] + k, width,
                    Int32(targets.rows), Int32(min(64, part.upperBound - k)), Int32(earlier.count))
            }
        }
    }

    /// Rounds one block of channels of some rows. `errors` of these rows gather Σ e U of the channels before.
    private func roundRows(
        _ first: Int, _ height: Int, _ output: Factorization, _ outputStart: Int, _ input: Factorization,
        _ start: Int, _ scales: UnsafePointer<Float>, _ errors: FloatRows, _ targets: FloatRows,
        _ codes: UnsafeMutablePointer<Int8>
    ) {
        let (tile, n) = (TwoSidedRounder.tile, input.size)
        let own = FloatRows(rows: height, columns: tile)
        for begin in stride(from: 0, to: n, by: tile) {
            let count = min(tile, n - begin)
            for r in 0..<height {
                let row = first + r
                let channel = start + begin
                let (gathered, target) = (errors[row] + channel, targets[r] + channel)
                for i in 0..<r {
                    let factor = output.feedback[(first + i - outputStart) * output.size + row - outputStart]
                    let other = errors[first + i] + channel
                    for k in 0..<count { target[k] += factor * other[k] }
                }
                for k in 0..<count {
                    let code = RowRounder.code(target[k] + gathered[k], scales[row])
                    codes[r * width + channel + k] = code
                    let value = code == 0 ? 0 : Float(code) * scales[row]
                    let error = original[row][channel + k] - value
                    own[r][k] = error
                    let factors = input.feedback + (begin + k) * n + begin
                    for j in (k + 1)..<max(count, k + 1) { gathered[j] += error * factors[j] }
                }
                // B = e (U + I): what was gathered, and the error itself.
                for k in 0..<count { gathered[k] += own[r][k] }
            }
            let behind = n - begin - count
            guard behind > 0 else { continue }
            let factors = SharedConstant(UnsafePointer(input.feedback) + begin * n + begin + count)
            parallel.forEachPart(of: behind, grain: 64) { part in
                kernel_product_f32(
                    errors[first] + start + begin + count + part.lowerBound, width, own.pointer, tile, 1,
                    factors.pointer + part.lowerBound, n, Int32(height), Int32(part.count), Int32(count))
            }
        }
    }
}
