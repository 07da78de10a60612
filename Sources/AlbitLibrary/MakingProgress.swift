internal import AlbitMaking

extension Albert {
    /// How far a long run is.
    public struct Progress: Sendable, Equatable {
        /// What is being done, such as `quantizing, layer 1 of 12: rounding`.
        public let phase: String
        /// Steps of this phase that are done; bytes read while models are compared.
        public let done: Int
        /// Steps of this phase.
        public let total: Int
    }

    /// An observer that hands progress on, and ends the run where the task that it runs in was cancelled.
    static func observer(
        _ progress: @escaping (Progress) -> Void, notes: @escaping (String) -> Void
    ) -> MakingObserver {
        var observer = MakingObserver()
        observer.note = notes
        observer.warning = notes
        observer.progress = { step in
            let phase = step.detail.isEmpty ? step.phase : step.phase + ", " + step.detail
            progress(Progress(phase: phase, done: step.done, total: step.total))
        }
        observer.isCancelled = { Task.isCancelled }
        return observer
    }
}
