import AlbitText

/// How far a long run is.
package struct MakingStep: Sendable {
    /// What is being done, such as `quantizing` or `comparing`.
    package let phase: String
    /// What of that, such as `layer 1 of 12: rounding`; may be empty.
    package let detail: String
    package let done: Int
    package let total: Int
}

/// Who made a run hears of it, and may stop it. Nothing is printed here.
package struct MakingObserver {
    /// What a person should know about the source, before the work begins.
    package var note: (String) -> Void = { _ in }
    /// What a person should know about the result.
    package var warning: (String) -> Void = { _ in }
    package var progress: (MakingStep) -> Void = { _ in }
    /// Asked at every step; true ends the run with `FaultCode.cancelled`.
    package var isCancelled: () -> Bool = { false }

    package init() {}

    func step(_ phase: String, _ done: Int, of total: Int, _ detail: String = "") throws(Fault) {
        progress(MakingStep(phase: phase, detail: detail, done: done, total: total))
        try check()
    }

    /// Throws where the run is to end.
    func check() throws(Fault) {
        if isCancelled() { throw Fault(.cancelled, "the run was cancelled; nothing was written") }
    }
}
