/// What both models' answers to the same data are worth: the part of a report that depends on the head.
package struct HeadFigures: Sendable {
    /// How often both answer the same.
    package struct Agreement: Sendable, Equatable {
        package let equal: Int
        package let total: Int
        /// What is counted: "label", "text", "answer".
        package let unit: String

        package var percent: Double { 100 * Double(equal) / Double(total) }

        /// `2 of 72 labels differ`.
        var differing: String {
            let different = total - equal
            let isOne = different == 1 || total == 1
            return "\(different) of \(DriftReport.count(total, unit)) differ" + (isOne ? "s" : "")
        }
    }

    /// Of one class or type under each model; shares.
    package struct Class: Sendable {
        package struct Side: Sendable {
            package let precision: Double
            package let recall: Double
            package let f1: Double
        }
        package let name: String
        /// How often it is true.
        package let count: Int
        package let reference: Side
        package let candidate: Side
    }

    /// The first one decides.
    package var metrics: [DriftReport.Metric] = []
    /// Why there is no metric, in words that follow "because"; empty where there is one.
    package var noMetric = ""
    package var agreement: GatedQuantities.Quantity<Agreement>
    /// Examples with a known truth.
    package var labelled = 0
    package var classes: [Class] = []
    /// Of the reference and of the candidate.
    package var confusion: [ConfusionMatrix] = []
    package var classNames: [String] = []
    /// How many answers each model gives at all to the units ("text", "word"): one of several is a collapsed head.
    package var answerKinds: (reference: Int, candidate: Int, unit: String)?
    /// Percent of nearest neighbours of vectors that stay the same.
    package var neighbourOverlap: Double?

    init(agreement: GatedQuantities.Quantity<Agreement>) { self.agreement = agreement }

    /// Whether the candidate has one answer to everything, and the reference has not.
    package var isCollapsed: Bool { answerKinds.map { $0.candidate == 1 && $0.reference > 1 } ?? false }

    static func noTruth(_ what: String = "label") -> String { "no row of the data has a \(what)" }

    /// Metrics with their intervals.
    static func metrics(
        _ answers: some PairedAnswers, replacing tango: [Int: DropInterval] = [:]
    ) -> [DriftReport.Metric] {
        guard answers.examples > 0 else { return [] }
        let values = answers.values()
        let intervals = PairedBootstrap.intervals(answers)
        return answers.metrics.indices.map { index in
            let metric = answers.metrics[index]
            let scale = metric.scale == .percent ? 100.0 : 1
            return DriftReport.Metric(
                metric, reference: values.reference[index].map { scale * $0 },
                candidate: values.candidate[index].map { scale * $0 },
                interval: tango[index] ?? intervals[index])
        }
    }

    /// Tango's interval of a share of right answers, with McNemar's test.
    static func share(_ name: String, reference: [Bool], candidate: [Bool]) -> DriftReport.Metric {
        let count = reference.count
        let lost = zip(reference, candidate).count { $0 && !$1 }
        let gained = zip(reference, candidate).count { !$0 && $1 }
        func percent(_ marks: [Bool]) -> Double? { count > 0 ? 100 * Double(marks.count { $0 }) / Double(count) : nil }
        var metric = DriftReport.Metric(
            PairedMetric(name: name, count: Double(count), flip: 100), reference: percent(reference),
            candidate: percent(candidate),
            interval: count > 0 ? DropInterval(lost: lost, gained: gained, count: count) : nil)
        metric.mcNemar = count > 0 ? Statistics.mcNemar(onlyReference: lost, onlyCandidate: gained) : nil
        return metric
    }

    static func classes(_ reference: ClassCounts, _ candidate: ClassCounts, names: [String], _ kept: [Int]) -> [Class] {
        kept.map { index in
            func side(_ it: ClassCounts) -> Class.Side {
                Class.Side(precision: it.precision(of: index), recall: it.recall(of: index), f1: it.f1(of: index))
            }
            return Class(
                name: index < names.count ? names[index] : String(index), count: Int(reference.truths[index]),
                reference: side(reference),
                candidate: side(candidate))
        }
    }

    static func agreement(_ equal: Int, of total: Int, unit: String) -> GatedQuantities.Quantity<Agreement> {
        total > 0 ? .measured(Agreement(equal: equal, total: total, unit: unit)) : .missing("the data hold no example")
    }
}
