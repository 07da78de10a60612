import AlbitText
import CPlatform

/// The digest of a source's files, computed on a thread of its own while the source is read for its tensors.
package final class SourceDigest: @unchecked Sendable {
    // The thread reads files by position, which other readers of them do not notice.
    private let source: AlbertSource
    private var result: Result<String, Fault>?
    private var task: OpaquePointer?

    package init(_ source: AlbertSource) {
        self.source = source
        // What decompresses has one place that it stands at.
        guard !source.isSequential else { return }
        task = platform_task_start(
            // No reference is taken: the owner waits for the task before it lets go.
            { context in
                guard let context else { return }
                Unmanaged<SourceDigest>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.result = $0.compute() }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { platform_task_join(task) }

    /// Waits for it. Throws where a file cannot be read.
    package func hexDigest() throws(Fault) -> String {
        platform_task_join(task)
        task = nil
        let known = result ?? compute()
        result = known
        return try known.get()
    }

    private func compute() -> Result<String, Fault> {
        do { return .success(try source.sha256()) } catch { return .failure(error) }
    }
}
