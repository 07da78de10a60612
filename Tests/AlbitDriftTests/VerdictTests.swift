import AlbitText
import Testing

@testable import AlbitDrift

struct VerdictTests {
    @Test func anIntervalIsJudged() {
        #expect(DropVerdict(DropInterval(lost: 0, gained: 0, count: 872), margin: 1) == .equivalent(margin: 1))
        #expect(DropVerdict(DropInterval(lost: 60, gained: 5, count: 872), margin: 1) == .worse)
        #expect(DropVerdict(DropInterval(lost: 5, gained: 60, count: 872), margin: 1) == .better)
        // n / (n + z²) = 0.99 at n = 380.3.
        #expect(DropVerdict(DropInterval(lost: 0, gained: 0, count: 72), margin: 1) == .tooFew(needed: 390))
        #expect(DropVerdict(DropInterval(lost: 0, gained: 0, count: 72), margin: 6) == .equivalent(margin: 6))
        guard case .tooFew(let needed?) = DropVerdict(DropInterval(lost: 3, gained: 2, count: 200), margin: 1) else {
            Issue.record("judged")
            return
        }
        #expect(needed > 1000 && needed < 20_000)
        // A drop of just the margin is never told from it, and 0 stands for nothing.
        #expect(DropVerdict(DropInterval(lost: 1, gained: 0, count: 1), margin: 1) != .equivalent(margin: 1))
        #expect(DropVerdict(DropInterval(lost: 0, gained: 0, count: 872), margin: 0) == .tooFew(needed: nil))
    }

    static func quantities(
        drop: Double? = 0.5, interval: DropInterval? = DropInterval(lost: 5, gained: 1, count: 800),
        agreement: Double = 99, errors: [Double] = [0.02, 0.05]
    ) -> GatedQuantities {
        GatedQuantities(
            metric: .measured(GatedQuantities.Metric(name: "accuracy", drop: drop, interval: interval)),
            agreement: .measured(agreement),
            errors: zip(["hidden state", "logits"], errors).map { ($0, $1) })
    }

    @Test func gatesHoldOrSayWhatIsWrong() throws {
        let found = VerdictTests.quantities()
        for gate in [Gate.maxDrop(0.5), .minAgreement(99), .maxError(0.05), .equivalence(2)] {
            #expect(try gate.violation(found) == nil)
        }
        #expect(try Gate.maxDrop(0.4).violation(found) == "accuracy dropped by 0.50 points, the limit is 0.4")
        #expect(try Gate.minAgreement(99.5).violation(found) == "the agreement is 99.00 %, the limit is 99.5 %")
        #expect(try Gate.maxError(0.04).violation(found) == "the logits's relative error is 0.0500, the limit is 0.04")
        #expect(try Gate.maxError(0.01).violation(found)?.contains("hidden state") == true)
        #expect(
            try Gate.equivalence(1).violation(found)?.hasPrefix(
                "too few examples to tell whether accuracy is equivalent within 1.0 points; about") == true)
        let worse = VerdictTests.quantities(drop: 7, interval: DropInterval(lost: 60, gained: 4, count: 800))
        #expect(
            try Gate.equivalence(1).violation(worse)?.hasPrefix("accuracy is worse, and may have dropped by") == true)
        let better = VerdictTests.quantities(drop: -7, interval: DropInterval(lost: 4, gained: 60, count: 800))
        #expect(
            try Gate.equivalence(1).violation(better)?.hasPrefix("accuracy is better, and may have risen by") == true)
    }

    /// NaN holds no limit; neither does what is undefined of the candidate alone.
    @Test func undefinedFails() throws {
        #expect(try Gate.maxError(0.1).violation(VerdictTests.quantities(errors: [.nan, 0])) != nil)
        #expect(try Gate.maxError(0.1).violation(VerdictTests.quantities(errors: [.infinity])) != nil)
        #expect(try Gate.minAgreement(0).violation(VerdictTests.quantities(agreement: .nan)) != nil)
        #expect(try Gate.maxDrop(1).violation(VerdictTests.quantities(drop: .nan)) != nil)
        #expect(
            try Gate.maxDrop(100).violation(VerdictTests.quantities(drop: nil))
                == "accuracy of the candidate is undefined")
        #expect(
            try Gate.equivalence(100).violation(VerdictTests.quantities(drop: nil, interval: nil))
                == "accuracy of the candidate is undefined")
    }

    /// No gate passes on what was not measured.
    @Test func whatCannotDifferIsAFault() {
        let nothing = GatedQuantities(
            metric: .missing("no row has a label"), agreement: .missing("the head has one class"), errors: [])
        for gate in [Gate.maxDrop(100), .equivalence(100), .minAgreement(0), .maxError(1e9)] {
            let fault = #expect(throws: Fault.self) { try gate.violation(nothing) }
            #expect(fault?.code == .gateCannotFail)
            #expect(fault?.description.contains("--" + gate.option + " cannot be judged") == true)
        }
        let fault = #expect(throws: Fault.self) {
            try Gate.equivalence(1).violation(VerdictTests.quantities(interval: nil))
        }
        #expect(fault?.description.contains("too few examples for an interval") == true)
    }

    /// Every head has a gate that looks at the outputs themselves; a model that equals its reference passes all of
    /// them.
    @Test(arguments: MeasuredHead.allCases) func everyHeadHasGates(head: MeasuredHead) throws {
        let same = GatedQuantities(
            metric: .measured(GatedQuantities.Metric(name: "accuracy", drop: 0, interval: nil)),
            agreement: .measured(100),
            errors: [("hidden state", 0), ("logits", 0)])
        for hasTruth in [true, false] {
            let gates = head.recommendedGates(hasTruth: hasTruth)
            #expect(gates.contains(.maxError(0.1)) && gates.contains(.maxDrop(1)) == hasTruth)
            for gate in gates { #expect(try gate.violation(same) == nil) }
        }
    }
}
