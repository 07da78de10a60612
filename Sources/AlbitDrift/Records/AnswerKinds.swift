/// The different answers that both models give, as far as it takes to tell a head that answers one thing only.
struct AnswerKinds<Answer: Hashable & Sendable>: Sendable {
    private var reference: Set<Answer> = []
    private var candidate: Set<Answer> = []

    /// More are not counted.
    static var most: Int { 1000 }

    mutating func add(_ a: Answer, _ b: Answer) {
        if reference.count < Self.most { reference.insert(a) }
        if candidate.count < Self.most { candidate.insert(b) }
    }

    /// `unit`: what an answer is given to.
    func counts(_ unit: String) -> (reference: Int, candidate: Int, unit: String) {
        (reference.count, candidate.count, unit)
    }
}
