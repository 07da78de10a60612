/// What a model needs for one segment after the other, and the pieces that it found in the last one; grows with them.
final class ModelBuffer {
    /// A piece: its id and the bytes of the segment that it covers.
    struct Piece {
        var id: Int32
        var start: Int32
        var end: Int32
    }

    /// The best path of a Unigram model that ends before a byte: its score, the beginning and the id of its last piece.
    struct Step: LinkedStep {
        var score = -Double.infinity
        var start: Int32 = -1
        var id: Int32 = 0
    }

    private(set) var steps: UnsafeMutablePointer<Step>
    private var pieces: UnsafeMutablePointer<Piece>
    private(set) var count = 0
    private var capacity = 64

    init() { (steps, pieces) = ModelBuffer.allocate(capacity) }

    deinit { steps.deallocate() }

    /// Memory for both, steps first.
    private static func allocate(_ capacity: Int) -> (UnsafeMutablePointer<Step>, UnsafeMutablePointer<Piece>) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * (MemoryLayout<Step>.stride + MemoryLayout<Piece>.stride),
            alignment: MemoryLayout<Step>.alignment)
        return (
            memory.bindMemory(to: Step.self, capacity: capacity),
            (memory + capacity * MemoryLayout<Step>.stride).bindMemory(to: Piece.self, capacity: capacity)
        )
    }

    subscript(_ i: Int) -> Piece { pieces[i] }

    /// Takes all pieces away, and makes room for those of a segment: no more than it has bytes.
    func clear(_ byteCount: Int) {
        count = 0
        guard byteCount >= capacity else { return }
        steps.deallocate()
        capacity = 2 * byteCount
        (steps, pieces) = ModelBuffer.allocate(capacity)
    }

    @inline(__always)
    func append(_ id: Int32, _ start: Int, _ end: Int) {
        pieces[count] = Piece(id: id, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end))
        count &+= 1
    }

    func removeAll() { count = 0 }
}
