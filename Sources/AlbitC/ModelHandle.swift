import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CAlbit

/// What an `albit_model` points at: a model that never changes, and the sessions that no call uses at the moment, which
/// the library's lock guards.
final class ModelHandle {
    let model: Model
    let kernel: Kernel
    private let threads: Int
    /// The card as JSON, ending with a zero.
    let card: UnsafeMutablePointer<CChar>
    private var idle: [Session] = []
    /// The process that made the idle sessions.
    private var process = albit_process()

    /// Sessions that are kept; more are made where more calls come at once.
    private static let maxIdle = 64

    /// Opens a model file. Throws for a file that is none, and for a kernel that cannot run here.
    init(path: String, _ options: albit_open_options) throws(Fault) {
        guard options.threads <= 1024 else {
            throw Fault(.optionValue, "threads is " + String(Int(options.threads)), expected: "0 to 1024")
        }
        let model = try Model(path: path)
        let kernel: Kernel = if let name = options.kernel { try Kernel(named: String(cString: name)) } else { .best }
        let text = ModelCardText.json(model, kernel)
        guard let block = albit_block_make(text.count + 1) else { throw ModelHandle.noMemory }
        self.model = model
        self.kernel = kernel
        threads = options.threads == 0 ? ThreadPool.availableCPUs : Int(options.threads)
        card = block.assumingMemoryBound(to: CChar.self)
        for (i, byte) in text.enumerated() { card[i] = CChar(bitPattern: byte) }
        card[text.count] = 0
    }

    deinit {
        if process != albit_process() { forgetSessions() }
        albit_block_free(card)
    }

    static var noMemory: Fault { Fault(.runtimeOutOfMemory, "there is no memory left for the answers") }

    /// A session for one call, which gives it back. Throws where memory or threads fail.
    func take() throws(Fault) -> Session {
        albit_lock()
        if process != albit_process() {
            forgetSessions()
            process = albit_process()
        }
        let session = idle.popLast()
        albit_unlock()
        if let session { return session }
        return try Session(weights: model.weights, kernel: kernel, threads: threads)
    }

    func giveBack(_ session: Session) {
        albit_lock()
        if idle.count < ModelHandle.maxIdle { idle.append(session) }
        albit_unlock()
    }

    /// After a fork, the threads of the parent's sessions do not exist. Their memory is left as it is: freeing it would
    /// wait for them.
    private func forgetSessions() {
        for session in idle { _ = Unmanaged.passRetained(session) }
        idle = []
    }
}
