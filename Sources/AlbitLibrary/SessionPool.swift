internal import AlbitRuntime
internal import AlbitText
import Synchronization

/// Sessions over the same weights: each call has one for itself, and idle ones are used again.
final class SessionPool: Sendable {
    /// A session that no call uses. It may pass to any thread, for the lock hands it to one call at a time.
    private struct Idle: @unchecked Sendable {
        let session: Session
    }

    let kernel: Kernel
    private let weights: EncoderWeights
    private let threads: Int
    private let idle: Mutex<[Idle]>

    /// Sessions that are kept while nothing happens; more are made where more calls come at once.
    private static let maxIdle = 16

    init(weights: EncoderWeights, options: Albert.Options) throws(AlbertError) {
        try options.checkThreads()
        if let length = options.maxLength, length < 1 {
            throw AlbertError(.invalidArgument, "maxLength is \(length), expected 1 or more")
        }
        self.weights = weights
        threads = options.threads == 0 ? ThreadPool.availableCPUs : options.threads
        do throws(Fault) {
            kernel = if let name = options.kernel { try Kernel(named: name) } else { .best }
            // Made now, so that a machine that refuses threads says so when the model is opened.
            idle = Mutex([Idle(session: try Session(weights: weights, kernel: kernel, threads: threads))])
        } catch {
            throw AlbertError(error)
        }
    }

    /// A session for one call, which gives it back.
    func take() throws(Fault) -> Session {
        if let taken = idle.withLock({ $0.popLast() }) { return taken.session }
        return try Session(weights: weights, kernel: kernel, threads: threads)
    }

    func giveBack(_ session: Session) {
        let session = Idle(session: session)
        idle.withLock { if $0.count < SessionPool.maxIdle { $0.append(session) } }
    }
}
