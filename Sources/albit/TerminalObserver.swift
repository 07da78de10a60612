import AlbitCommands
import AlbitMaking

/// Tells a person what a run says: notes and warnings as lines, progress as a bar for each phase.
final class TerminalObserver {
    private var phase = ""
    private var bar: Progress?

    var observer: MakingObserver {
        var observer = MakingObserver()
        observer.note = {
            self.finish()
            Message.say("note: " + $0)
        }
        observer.warning = {
            self.finish()
            Message.warn($0)
        }
        observer.progress = { self.show($0) }
        return observer
    }

    private func show(_ step: MakingStep) {
        if step.phase != phase {
            finish()
            phase = step.phase
            bar = Progress(step.phase)
        }
        bar?.update(step.done, of: step.total, step.detail)
    }

    /// Ends the line that the bar stood on.
    func finish() {
        bar?.finish()
        (bar, phase) = (nil, "")
    }
}

extension Output {
    /// Writes a line, and hands it to the system.
    func print(_ text: String) throws {
        try line(text)
        try flush()
    }
}
