import AlbitRuntime

/// Hidden states of both models after every applied layer of one batch.
final class HiddenSteps {
    struct Pair {
        let width: Int
        var referenceRows: [Float]
        var candidateRows: [Float] = []

        func add(to discrepancy: inout Discrepancy) {
            referenceRows.withUnsafeBufferPointer { reference in
                candidateRows.withUnsafeBufferPointer { candidate in
                    for row in 0..<(width > 0 ? candidate.count / width : 0) {
                        let range = (row * width)..<((row + 1) * width)
                        discrepancy.add(
                            UnsafeBufferPointer(rebasing: candidate[range]),
                            reference: UnsafeBufferPointer(rebasing: reference[range]))
                    }
                }
            }
        }
    }

    private(set) var pairs: [Pair] = []

    private func copy(_ observation: Observation) -> [Float] {
        var rows: [Float] = []
        rows.reserveCapacity(observation.count * observation.columns)
        for row in 0..<observation.count {
            rows.append(
                contentsOf: UnsafeBufferPointer(
                    start: observation.rows + row * observation.stride, count: observation.columns))
        }
        return rows
    }

    func record(_ observation: Observation) {
        guard observation.point == .hidden, observation.step >= 0 else { return }
        pairs.append(Pair(width: observation.columns, referenceRows: copy(observation)))
    }

    func compare(_ observation: Observation) {
        guard observation.point == .hidden, observation.step >= 0, observation.step < pairs.count else { return }
        pairs[observation.step].candidateRows = copy(observation)
    }
}
