import CPlatform

/// The digest of a source's files, computed on a thread of its own while the source is read for its tensors.
package final class SourceDigest: @unchecked Sendable {
    // Only `files` of the source are read here, by position, which no other reader notices.
    private let source: AlbertSource
    private var result: Result<String, ImportError>?
    private var task: OpaquePointer?

    package init(_ source: AlbertSource) {
        self.source = source
        task = platform_task_start(
            { context in
                // Kept alive by the owner, who waits for the task before it lets go.
                guard let context else { return }
                let digest = Unmanaged<SourceDigest>.fromOpaque(context).takeUnretainedValue()
                digest.result = digest.compute()
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { platform_task_join(task) }

    /// Waits for it. Throws where a file cannot be read.
    package func hexDigest() throws(ImportError) -> String {
        platform_task_join(task)
        task = nil
        let known = result ?? compute()
        result = known
        return try known.get()
    }

    private func compute() -> Result<String, ImportError> {
        do { return .success(try source.sha256()) } catch { return .failure(error) }
    }
}
