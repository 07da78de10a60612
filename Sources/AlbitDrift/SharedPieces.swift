import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// What two models' vocabularies have in common where they differ: one has some of the other's pieces in the same
/// order, as `--keep-vocabulary` makes it.
struct SharedPieces {
    /// The candidate's id of each of the reference's; -1 where it has no such piece.
    let candidateIDs: [Int32]
    /// The reference's id of each of the candidate's; -1 likewise.
    let referenceIDs: [Int32]

    /// Nil where the vocabularies are equal, and where neither is a part of the other.
    init?(_ reference: Tokenizer, _ candidate: Tokenizer) {
        guard reference.count != candidate.count else { return nil }
        let isSmaller = candidate.count < reference.count
        let (large, small) = isSmaller ? (reference, candidate) : (candidate, reference)
        var (down, up) = ([Int32](repeating: -1, count: large.count), [Int32](repeating: -1, count: small.count))
        var place = 0
        for id in 0..<small.count {
            let piece = small.piece(Int32(id))
            while place < large.count, large.piece(Int32(place)) != piece { place += 1 }
            guard place < large.count else { return nil }
            (down[place], up[id]) = (Int32(id), Int32(place))
            place += 1
        }
        (candidateIDs, referenceIDs) = isSmaller ? (down, up) : (up, down)
    }

    /// Ids of the reference as the candidate has them. Throws where it has no such piece.
    func candidate(_ example: DataExample, in file: String) throws(Fault) -> DataExample {
        guard case .ids(let ids, let typeIds) = example.input else { return example }
        var own: [Int32] = []
        for id in ids {
            guard let found = self[id] else {
                throw Fault(
                    .comparisonOtherVocabulary, in: file, at: example.place,
                    "has id \(id), whose piece one of the models does not have", advice: "give texts")
            }
            own.append(found)
        }
        var example = example
        example.input = .ids(own, typeIds: typeIds)
        return example
    }

    /// The candidate's id of one of the reference's.
    subscript(id: Int32) -> Int32? {
        guard candidateIDs.indices.contains(Int(id)), candidateIDs[Int(id)] >= 0 else { return nil }
        return candidateIDs[Int(id)]
    }

    /// Whether both models read the same pieces.
    func isSame<Plan: TaskPlan>(_ reference: Plan, _ candidate: Plan) -> Bool {
        guard reference.sequenceCount == candidate.sequenceCount else { return false }
        return (0..<reference.sequenceCount).allSatisfy { index in
            let (a, b) = (reference.input(index), candidate.input(index))
            return a.typeIds == b.typeIds && a.ids.count == b.ids.count
                && zip(a.ids, b.ids).allSatisfy { self[$0] == $1 }
        }
    }
}
