import AlbitText
import Testing

/// Labels of data as labels of a model: never one for another.
@Suite struct LabelReadingTests {
    private let sentiment = LabelReading(names: ["NEGATIVE", "POSITIVE"], count: 2)
    private let stars = LabelReading(names: ["1", "2"], count: 2)

    private func index(_ reading: LabelReading, _ value: LabelValue) throws(Fault) -> Int? {
        try reading.index(of: value, in: "data", at: "line 1")
    }

    private func written(_ text: String) -> LabelValue { .written(Array(text.utf8)) }

    @Test func namesAndNumbers() throws {
        for (value, expected) in [
            (written("1"), 1), (written("1.0"), 1), (written(" 0"), 0), (written("POSITIVE"), 1),
            (written("negative"), 0),
            (.number(1), 1), (.name(Array("POSITIVE".utf8)), 1), (.name(Array("1".utf8)), 1), (.number(-1), nil),
            (written("-1"), nil),
            (written("-"), nil), (written(""), nil),
        ] as [(LabelValue, Int?)] {
            #expect(try index(sentiment, value) == expected, "\(value.text)")
        }
        // Unnamed labels are numbers.
        #expect(try index(LabelReading(names: [], count: 3), written("2")) == 2)
        // Two names that differ in capitals alone are told apart.
        let capitals = LabelReading(names: ["us", "US"], count: 2)
        #expect(try index(capitals, written("US")) == 1 && index(capitals, written("us")) == 0)
        #expect(throws: Fault.self) { try index(capitals, written("Us")) }
    }

    @Test func whatIsUnknownIsTold() {
        for value in [
            written("2"), written("neutral"), .number(1.5), .number(2), written("-2"), written("1e99"), .number(1e300),
        ] {
            let fault = #expect(throws: Fault.self) { try index(sentiment, value) }
            #expect(fault?.code == .labelUnknown && fault?.expected == "NEGATIVE, POSITIVE or 0 to 1", "\(value.text)")
        }
    }

    @Test func numbersThatAreNamesAreAskedAbout() throws {
        #expect(try index(stars, written("0")) == 0)
        #expect(try index(stars, written("2")) == 1)
        #expect(try index(stars, .name(Array("1".utf8))) == 0)
        for value in [written("1"), .number(1), written(" 1")] {
            let fault = #expect(throws: Fault.self) { try index(stars, value) }
            #expect(fault?.code == .labelConfusable && fault?.advice.contains("--label-values ids") == true)
        }
        let ids = LabelReading(names: ["1", "2"], count: 2, values: .ids)
        let names = LabelReading(names: ["1", "2"], count: 2, values: .names)
        #expect(try index(ids, written("1")) == 1 && index(ids, written("0")) == 0 && index(ids, .number(1)) == 1)
        #expect(try index(names, written("1")) == 0 && index(names, written("2")) == 1 && index(names, .number(2)) == 1)
        #expect(throws: Fault.self) { try index(ids, written("2")) }
        #expect(throws: Fault.self) { try index(names, written("0")) }
        // The same number as its own name is no question.
        #expect(try index(LabelReading(names: ["0", "1"], count: 2), written("1")) == 1)
    }

    @Test func tags() throws {
        let names = ["O", "B-PER", "I-PER"]
        let reading = LabelReading(names: names, count: 3)
        #expect(try reading.tag(written("B-PER"), in: "data", at: "line 1") == 1)
        let numbered = #expect(throws: Fault.self) { try reading.tag(.number(1), in: "data", at: "line 1") }
        #expect(numbered?.code == .labelNumbered && numbered?.advice.contains("--label-values ids") == true)
        #expect(try LabelReading(names: names, count: 3, values: .ids).tag(.number(1), in: "data", at: "line 1") == 1)
        let unknown = #expect(throws: Fault.self) { try reading.tag(written("B-PERSON"), in: "data", at: "line 1") }
        #expect(unknown?.code == .labelUnknown && unknown?.problem.contains("'B-PERSON'") == true)
        #expect(throws: Fault.self) { try reading.tag(written(""), in: "data", at: "line 1") }
    }

    @Test func sets() throws {
        let reading = LabelReading(names: ["joy", "anger", "film"], count: 3)
        func set(_ label: ExampleLabel) throws(Fault) -> [Bool]? {
            try reading.set(of: label, in: "data", at: "line 1")
        }
        #expect(try set(.several([.name(Array("film".utf8)), .number(0)])) == [true, false, true])
        #expect(try set(.several([])) == [false, false, false])
        #expect(try set(.one(written("anger"))) == [false, true, false])
        #expect(try set(.one(written("-1"))) == nil)
        #expect(try set(.flags([true, true, false])) == [true, true, false])
        let fault = #expect(throws: Fault.self) { try set(.flags([true])) }
        #expect(fault?.code == .labelFlagCount)
    }

    @Test func numbers() throws {
        #expect(try LabelReading.number(written("-1.5"), in: "data", at: "line 1") == -1.5)
        #expect(try LabelReading.number(.number(3), in: "data", at: "line 1") == 3)
        #expect(try LabelReading.number(written(" "), in: "data", at: "line 1") == nil)
        for value in [written("good"), written("1,5"), written("1e999")] {
            let fault = #expect(throws: Fault.self) { try LabelReading.number(value, in: "data", at: "line 1") }
            #expect(fault?.code == .labelNotNumber)
        }
    }
}
