/// Which rows of a vocabulary stay, and the ids that they get: the old order without gaps, so that equal scores and
/// equal pieces are decided as before.
package struct KeptVocabulary: Sendable {
    /// Old ids, ascending.
    package let ids: [Int]
    /// New ids by old ones; -1 where a row goes.
    private let places: [Int32]

    /// `ids` may come in any order and twice.
    package init(_ ids: some Sequence<Int>) {
        self.ids = Set(ids).sorted()
        var places = [Int32](repeating: -1, count: (self.ids.last ?? -1) + 1)
        for (place, id) in self.ids.enumerated() { places[id] = Int32(truncatingIfNeeded: place) }
        self.places = places
    }

    package var count: Int { ids.count }

    /// The new id of an old one; nil where the row goes.
    package subscript(id: Int) -> Int? {
        guard places.indices.contains(id), places[id] >= 0 else { return nil }
        return Int(places[id])
    }
}
