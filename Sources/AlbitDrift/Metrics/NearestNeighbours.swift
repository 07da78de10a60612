/// Whether two sets of vectors of the same texts put the same texts next to each other.
package enum NearestNeighbours {
    /// Neighbours of each vector that are looked at.
    private static let count = 10

    /// Mean share of the ten nearest neighbours (fewer where there are fewer) by cosine that are the same in both
    /// sets; nil below two vectors. Of equally near ones the earlier counts as nearer.
    package static func overlap(_ a: [[Float]], _ b: [[Float]]) -> Double? {
        guard a.count == b.count, a.count >= 2 else { return nil }
        let count = min(count, a.count - 1)
        var same = 0
        let scales = (a.map(scale), b.map(scale))
        for i in a.indices {
            same +=
                Set(nearest(to: i, in: a, scales.0, count)).intersection(nearest(to: i, in: b, scales.1, count)).count
        }
        return Double(same) / Double(count * a.count)
    }

    /// One over the length; 0 for a vector that has none, which is then equally far from all others.
    private static func scale(_ vector: [Float]) -> Double {
        let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        return square > 0 ? 1 / square.squareRoot() : 0
    }

    private static func nearest(to index: Int, in vectors: [[Float]], _ scales: [Double], _ count: Int) -> [Int] {
        var best: [(similarity: Double, index: Int)] = []
        for (i, vector) in vectors.enumerated() where i != index {
            var dot = 0.0
            for (x, y) in zip(vector, vectors[index]) { dot += Double(x) * Double(y) }
            dot *= scales[i]
            if best.count == count, let last = best.last, dot <= last.similarity { continue }
            let place = best.firstIndex { $0.similarity < dot } ?? best.count
            best.insert((dot, i), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map(\.index)
    }
}
