import AlbitText
import AlbitTokenizers

/// What a piece of a byte-pair model is joined from: without those pieces it would never come out of a text.
struct BytePairMerges {
    private let pieces: [[UInt8]]
    private let scores: [Float]
    private var ids: [[UInt8]: Int] = [:]

    init(_ draft: TokenizerDraft) {
        pieces = draft.pieces
        scores = draft.scores
        let joined = [PieceType.normal, .userDefined, .unused].map(\.rawValue)
        for (id, piece) in pieces.enumerated() where joined.contains(draft.types[id]) { ids[piece] = id }
    }

    /// Ids of the pieces that come about while the characters of a piece are joined, best score first and of equal ones
    /// the leftmost. Inside a longer text the same neighbours are joined in the same order, as joins across the piece's
    /// ends did not happen.
    func parts(of id: Int) -> [Int] {
        guard pieces.indices.contains(id) else { return [] }
        let piece = pieces[id]
        var starts = piece.indices.filter { piece[$0] & 0xC0 != 0x80 } + [piece.count]
        var parts: [Int] = []
        while starts.count > 2 {
            var best: (place: Int, id: Int)?
            for place in 1..<(starts.count - 1) {
                guard let id = ids[Array(piece[starts[place - 1]..<starts[place + 1]])] else { continue }
                if best.map({ scores[id] > scores[$0.id] }) ?? true { best = (place, id) }
            }
            guard let best else { break }
            starts.remove(at: best.place)
            parts.append(best.id)
        }
        return parts
    }
}
