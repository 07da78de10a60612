import Albit
import Synchronization

/// The sequences of one request on their way through a model. The scheduler's lock guards all that changes.
final class Job: @unchecked Sendable {
    let model: ServedModel
    let sequences: [PreparedSequence]
    let arrival = ContinuousClock.now
    let tokens: Int
    var readings: [SequenceReading?]
    /// The first sequence that no pass took yet.
    var next = 0
    /// Sequences that are not read yet.
    var missing: Int
    var isGone = false
    var begun: ContinuousClock.Instant?
    private var continuation: CheckedContinuation<[SequenceReading], any Error>?

    init(_ model: ServedModel, _ sequences: [PreparedSequence]) {
        self.model = model
        self.sequences = sequences
        tokens = sequences.reduce(0) { $0 + $1.tokenCount }
        readings = Array(repeating: nil, count: sequences.count)
        missing = sequences.count
    }

    var hasMore: Bool { next < sequences.count && !isGone }

    func wait(_ continuation: CheckedContinuation<[SequenceReading], any Error>) { self.continuation = continuation }

    /// What the waiting request is to be told; nil where it was told before.
    func takeContinuation() -> CheckedContinuation<[SequenceReading], any Error>? {
        defer { continuation = nil }
        return continuation
    }
}

/// Jobs that wait, and how the next pass is packed from them.
struct JobQueue {
    private var waiting: [Job] = []
    /// Tokens of jobs that are not finished.
    var tokens = 0
    /// Tokens of sequences that no pass took yet.
    var waitingTokens: Int { waiting.reduce(0) { $0 + $1.sequences[$1.next...].reduce(0) { $0 + $1.tokenCount } } }
    var count: Int { waiting.count }

    mutating func add(_ job: Job) { waiting.append(job) }
    mutating func remove(_ job: Job) { waiting.removeAll { $0 === job } }

    /// A sequence of a job.
    struct Place {
        let job: Job
        let index: Int
        var sequence: PreparedSequence { job.sequences[index] }
    }

    /// The next pass: sequences of one model, up to `limit` tokens, at least one. Every job gives one sequence in
    /// turn, so that one of many windows does not hold up those that came after it.
    mutating func nextPass(limit: Int) -> [Place] {
        waiting.removeAll { !$0.hasMore }
        guard let model = waiting.first?.model else { return [] }
        var places: [Place] = []
        var tokens = 0
        var round = waiting.filter { $0.model === model }
        var served: Set<ObjectIdentifier> = []
        while !round.isEmpty {
            var fitting: [Job] = []
            for job in round where job.hasMore {
                let count = job.sequences[job.next].tokenCount
                guard places.isEmpty || tokens + count <= limit else { continue }
                places.append(Place(job: job, index: job.next))
                job.next += 1
                tokens += count
                served.insert(ObjectIdentifier(job))
                fitting.append(job)
            }
            round = fitting
        }
        // Those that got something stand behind those that got nothing.
        waiting =
            waiting.filter { !served.contains(ObjectIdentifier($0)) }
            + waiting.filter { served.contains(ObjectIdentifier($0)) && $0.hasMore }
        return places
    }
}
