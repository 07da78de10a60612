import AlbitRuntime
import AlbitTasks
import AlbitTokenizers
import Testing

@Suite struct EntityGroupingTests {
    /// Words with blanks between them, each a token with one certain label.
    private func entities(
        _ words: [(String, String)], labels: [String], _ aggregation: EntityAggregation = .word
    ) -> [String] {
        var run = TokenRun()
        var text = ""
        var scores: [Float] = []
        for (word, label) in words {
            if !text.isEmpty { text += " " }
            run.ids.append(9)
            run.starts.append(Int32(text.utf8.count))
            text += word
            run.ends.append(Int32(text.utf8.count))
            run.startsWord.append(true)
            scores += labels.map { $0 == label ? 1 : 0 }
        }
        let bytes = Array(text.utf8)
        return EntityGrouping(labels: labels, aggregation: aggregation).entities(run, scores: scores, in: bytes).map {
            $0.label + ":" + String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    @Test func beginningsSplitNeighbours() {
        let labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
        #expect(
            entities(
                [("Ann", "B-PER"), ("Lee", "I-PER"), ("Bob", "B-PER"), ("in", "O"), ("Rome", "B-LOC")], labels: labels)
                == ["PER:Ann Lee", "PER:Bob", "LOC:Rome"])
        // An entity may begin with I-, as models sometimes say.
        #expect(entities([("Ann", "I-PER"), ("Rome", "I-LOC")], labels: labels) == ["PER:Ann", "LOC:Rome"])
        #expect(entities([("a", "O")], labels: labels) == [])
        #expect(entities([], labels: labels) == [])
    }

    @Test func endsSplitNeighboursWhereTheLabelsMarkThem() {
        let labels = ["O", "B-PER", "I-PER", "E-PER", "S-PER"]
        #expect(
            entities(
                [("Ann", "B-PER"), ("van", "I-PER"), ("Lee", "E-PER"), ("Bob", "S-PER"), ("Eve", "S-PER")],
                labels: labels)
                == ["PER:Ann van Lee", "PER:Bob", "PER:Eve"])
        let bilou = ["O", "B-X", "I-X", "L-X", "U-X"]
        #expect(
            entities([("a", "B-X"), ("b", "L-X"), ("c", "I-X"), ("d", "U-X")], labels: bilou) == [
                "X:a b", "X:c", "X:d",
            ])
    }

    @Test func labelsWithoutPrefixesAreJoined() {
        #expect(
            entities([("a", "NOUN"), ("b", "NOUN"), ("c", "VERB")], labels: ["NOUN", "VERB"]) == ["NOUN:a b", "VERB:c"])
        #expect(entities([("a", "S-FOO")], labels: ["O", "S-FOO"]) == ["FOO:a"])
    }

    @Test func punctuationAtTheEndsOfAnEntityIsLeftOut() {
        let labels = ["O", "B-LOC", "I-LOC"]
        #expect(entities([("(Paris),", "B-LOC")], labels: labels) == ["LOC:Paris"])
        #expect(entities([("Rome.", "B-LOC")], labels: labels) == ["LOC:Rome"])
        #expect(entities([("U.S.", "B-LOC")], labels: labels) == ["LOC:U.S."])
        #expect(entities([("...", "B-LOC")], labels: labels) == [])
        #expect(entities([("Rome.", "B-LOC")], labels: labels, .first) == ["LOC:Rome."])
    }

    @Test func scoresThatAreMissingGiveNoEntities() {
        var run = TokenRun()
        run.ids = [1]
        run.starts = [0]
        run.ends = [1]
        run.startsWord = [true]
        #expect(EntityGrouping(labels: ["A", "B"], aggregation: .simple).entities(run, scores: [1], in: [65]).isEmpty)
        #expect(EntityGrouping(labels: [], aggregation: .simple).entities(run, scores: [1], in: [65]).isEmpty)
    }
}
