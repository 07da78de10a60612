import AlbitImporters
import AlbitMaking
import AlbitRuntime
import AlbitTasks

/// Compares the best pieces of masked words with those of a reference.
/// usage: masked-words-check MODEL REFERENCE.npz
/// The reference holds input_ids, attention_mask, token_type_ids [n][length], mask_row, mask_pos [m], top20_ids and
/// top20_logits [m][20].
@main struct MaskedWordsCheck {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            print("usage: masked-words-check MODEL REFERENCE.npz")
            return
        }
        let model = try Model(opening: arguments[1])
        let prediction = try model.predictionHead()
        let session = try Session(weights: model.weights)
        let reference = try NumpyArchive(path: arguments[2])
        func integers(_ name: String) throws -> [Int] { try reference.array(name)?.integers ?? [] }
        let (ids, mask, types) = (
            try integers("input_ids"), try integers("attention_mask"), try integers("token_type_ids")
        )
        let (rows, places, top) = (try integers("mask_row"), try integers("mask_pos"), try integers("top20_ids"))
        let logits = try reference.array("top20_logits")?.floats ?? []
        let length = try reference.array("input_ids")?.shape.last ?? 1
        var (sameSets, sameOrder, largest): (Int, Int, Float) = (0, 0, 0)
        for (index, (row, place)) in zip(rows, places).enumerated() {
            let tokens = (row * length)..<(row * length + length)
            let kept = tokens.filter { mask[$0] != 0 }
            let input = EncoderInput(ids: kept.map { Int32(ids[$0]) }, typeIds: kept.map { Int32(types[$0]) })
            let values = try session.encode([input])[0].vocabularyLogits(prediction, token: place)
            let best = Scores.largest(values, count: 20)
            let expected = Array(top[(index * 20)..<(index * 20 + 20)])
            if Set(best) == Set(expected) { sameSets += 1 }
            if best == expected { sameOrder += 1 }
            for (i, id) in expected.enumerated() { largest = max(largest, abs(values[id] - logits[index * 20 + i])) }
        }
        print(
            """
            \(rows.count) masks: same 20 pieces for \(sameSets), in the same order for \(sameOrder), largest logit \
            error \(largest)
            """
        )
    }
}
