import Albit
import CoreMetrics
import Dispatch
import Synchronization

/// Packs the sequences of waiting requests into passes without padding and runs one pass after the other.
package final class Scheduler: Sendable {
    /// Tokens of a pass that fill one thread; more make it longer, not faster.
    private static let tokensPerThread = 512

    private struct State {
        var queue = JobQueue()
        var isRunning = false
        var isStopped = false
        /// Measured tokens a second, for `Retry-After`.
        var speed = 1000.0
    }

    private let state = Mutex(State())
    private let worker = DispatchQueue(label: "albit-server passes")
    private let passTokens: Int
    private let maxQueueTokens: Int

    package init(_ settings: Settings, threads: Int) {
        passTokens = min(settings.maxBatchTokens, Scheduler.tokensPerThread * max(1, threads))
        maxQueueTokens = settings.maxQueueTokens
    }

    /// How a job went.
    package struct Times: Sendable {
        package var queued: Duration = .zero
        package var computed: Duration = .zero
    }

    /// Reads sequences of a model, among those of other requests.
    ///
    /// - Returns: A reading for each, in their order.
    /// - Throws: ``Refusal`` where the queue is full or the request was cancelled, or what the pass threw.
    package func read(
        _ sequences: [PreparedSequence], with model: ServedModel
    ) async throws -> ([SequenceReading], Times) {
        guard !sequences.isEmpty else { return ([], Times()) }
        let job = Job(model, sequences)
        if job.tokens > maxQueueTokens {
            throw Refusal(
                .tooLarge,
                "the request has \(job.tokens) tokens, more than the \(maxQueueTokens) that this server takes at once; "
                    + "send it in parts")
        }
        let readings = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let refusal = admit(job, continuation) { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            drop(job)
        }
        let begun = job.begun ?? job.arrival
        return (readings, Times(queued: begun - job.arrival, computed: .now - begun))
    }

    /// No request is taken from here on.
    package func stop() { state.withLock { $0.isStopped = true } }

    private func admit(_ job: Job, _ continuation: CheckedContinuation<[SequenceReading], any Error>) -> Refusal? {
        let (refusal, begins) = state.withLock { state -> (Refusal?, Bool) in
            if job.isGone { return (Scheduler.gone, false) }
            if state.isStopped { return (Refusal(.stopping, "the server is stopping", retryAfter: 10), false) }
            guard state.queue.tokens + job.tokens <= maxQueueTokens else {
                let seconds = max(1, Int((Double(state.queue.tokens) / state.speed).rounded(.up)))
                return (
                    Refusal(
                        .full,
                        "\(state.queue.tokens) tokens are waiting; with the \(job.tokens) of this request they would "
                            + "pass the \(maxQueueTokens) that this server takes", retryAfter: min(seconds, 600)), false
                )
            }
            job.wait(continuation)
            state.queue.add(job)
            state.queue.tokens += job.tokens
            defer { state.isRunning = true }
            return (nil, !state.isRunning)
        }
        if begins { worker.async { self.run() } }
        return refusal
    }

    private static var gone: Refusal { Refusal(.clientGone, "the client went away") }

    /// Forgets a job whose client went away.
    private func drop(_ job: Job) {
        let continuation = state.withLock { state in
            job.isGone = true
            let continuation = job.takeContinuation()
            if continuation != nil {
                state.queue.tokens -= job.tokens
                state.queue.remove(job)
            }
            return continuation
        }
        guard let continuation else { return }
        Counter(label: "te_request_failure", dimensions: [("err", "dropped")]).increment()
        continuation.resume(throwing: Scheduler.gone)
    }

    /// Runs passes until nothing waits.
    private func run() {
        while true {
            let places = state.withLock { state in
                let places = state.queue.nextPass(limit: passTokens)
                if places.isEmpty { state.isRunning = false }
                for place in places where place.job.begun == nil { place.job.begun = .now }
                return places
            }
            if places.isEmpty { return }
            let tokens = places.reduce(0) { $0 + $1.sequence.tokenCount }
            Recorder(label: "te_batch_next_size").record(places.count)
            Recorder(label: "te_batch_next_tokens").record(tokens)
            Meter(label: "te_queue_size").set(state.withLock { $0.queue.count })
            let start = ContinuousClock.now
            pass(places)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if seconds > 0 {
                state.withLock { $0.speed += (Double(tokens) / seconds - $0.speed) / 8 }
            }
        }
    }

    private func pass(_ places: [JobQueue.Place]) {
        guard let model = places.first?.job.model else { return }
        do throws(AlbertError) {
            keep(try model.albert.read(places.map(\.sequence)), of: places)
        } catch {
            // What is wrong with one sequence is not the others' fault.
            for place in places {
                do throws(AlbertError) {
                    keep(try model.albert.read([place.sequence]), of: [place])
                } catch {
                    fail(place.job, error)
                }
            }
        }
    }

    private func keep(_ readings: [SequenceReading], of places: [JobQueue.Place]) {
        var finished: [(CheckedContinuation<[SequenceReading], any Error>, [SequenceReading])] = []
        state.withLock { state in
            for (reading, place) in zip(readings, places) where !place.job.isGone {
                place.job.readings[place.index] = reading
                place.job.missing -= 1
                if place.job.missing == 0, let continuation = place.job.takeContinuation() {
                    state.queue.tokens -= place.job.tokens
                    finished.append((continuation, place.job.readings.compactMap { $0 }))
                }
            }
        }
        for (continuation, readings) in finished { continuation.resume(returning: readings) }
    }

    private func fail(_ job: Job, _ error: AlbertError) {
        let continuation = state.withLock { state in
            let continuation = job.takeContinuation()
            if continuation != nil {
                job.isGone = true
                state.queue.tokens -= job.tokens
                state.queue.remove(job)
            }
            return continuation
        }
        continuation?.resume(throwing: error)
    }

    /// Tokens that are waiting or being read.
    package var queuedTokens: Int { state.withLock { $0.queue.tokens } }
}
