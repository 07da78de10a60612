import AlbitModel

/// Rows that pass a point of the network, shown to an observer between two steps: calibration, drift by
/// iteration and by site. Valid during the call only.
package struct Observation {
    package enum Point: Equatable, Sendable {
        /// Input of the embedding projection, after the embedding LayerNorm: [row][E].
        case embedded
        /// Input of a matmul of an applied layer: [row][K]. `attention` is not observed.
        case site(Site)
        /// Hidden state after an applied layer: [row][H].
        case hidden
    }

    package let point: Point
    /// Applied layer, from 0; -1 before the first.
    package let step: Int
    package let rows: UnsafePointer<Float>
    package let count: Int
    package let columns: Int
    package let stride: Int
}
