internal import AlbitRuntime
internal import AlbitText
import Synchronization

/// Sessions over the same weights: each call has one for itself, and idle ones are used again.
final class SessionPool: Sendable {
    let kernel: Kernel
    private let weights: EncoderWeights
    private let threads: Int
    private let idle: Mutex<[Session]>

    /// Sessions that are kept while nothing happens; more are made where more calls come at once.
    private static let mostIdle = 16

    init(weights: EncoderWeights, options: Albert.Options) throws(AlbertError) {
        guard (0...1024).contains(options.threads) else {
            throw AlbertError(.invalidArgument, "threads is \(options.threads), expected 0 to 1024")
        }
        if let length = options.maxLength, length < 1 {
            throw AlbertError(.invalidArgument, "maxLength is \(length), expected 1 or more")
        }
        self.weights = weights
        threads = options.threads == 0 ? ThreadPool.availableCPUs : options.threads
        do throws(Fault) {
            kernel = if let name = options.kernel { try Kernel(named: name) } else { .best }
            // Made now, so that a machine that refuses threads says so when the model is opened.
            idle = Mutex([try Session(weights: weights, kernel: kernel, threads: threads)])
        } catch {
            throw AlbertError(error)
        }
    }

    /// A session for one call, which gives it back.
    func take() throws(AlbertError) -> Session {
        if let session = idle.withLock({ $0.popLast() }) { return session }
        do { return try Session(weights: weights, kernel: kernel, threads: threads) } catch { throw AlbertError(error) }
    }

    func giveBack(_ session: Session) {
        idle.withLock { if $0.count < SessionPool.mostIdle { $0.append(session) } }
    }
}
