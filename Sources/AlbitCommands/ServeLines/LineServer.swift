import AlbitModel
import AlbitText
import CPlatform

/// Reads one request a line and writes one answer a line, flushed at once, until the input ends or the process is told
/// to end. Memory does not grow with the number of requests.
package struct LineServer {
    private let output: Output

    package init(output: Output) { self.output = output }

    /// Answers every line of a descriptor. `answer` writes the line of one answer as its last step; what it throws
    /// because of the request becomes an answer with `error`, everything else ends the server.
    package func run(
        descriptor: Int32 = 0, answer: (LineRequest) throws(CommandError) -> Void
    ) throws(CommandError) {
        let error = platform_watch_signals()
        if error != 0 { throw .machine("signals cannot be watched: " + String(cString: platform_error_text(error))) }
        var lines = LineReader(descriptor: descriptor)
        while !platform_stopped(), let line = try next(&lines) {
            try self.answer(line, answer)
            try output.flush()
        }
    }

    /// The next line, or why it can't be answered; nil at the end.
    private func next(_ lines: inout LineReader) throws(CommandError) -> Result<[UInt8], LineError>? {
        do throws(LineError) {
            return try lines.next().map { .success($0) }
        } catch {
            if error.failure == .input { return .failure(error) }
            throw .machine(error.description)
        }
    }

    private func answer(
        _ line: Result<[UInt8], LineError>, _ answer: (LineRequest) throws(CommandError) -> Void
    ) throws(CommandError) {
        let request: LineRequest
        switch line {
        case .failure(let error): return try write(error: error.description)
        case .success(let bytes):
            do throws(LineRequestError) {
                request = try LineRequest(line: bytes)
            } catch {
                return try write(error: error.description)
            }
        }
        do throws(CommandError) {
            try answer(request)
        } catch {
            if error.failure != .input { throw error }
            try write(error: error.description)
        }
    }

    private func write(error text: String) throws(CommandError) {
        var json = JSONWriter()
        json.beginObject()
        json.member("error")
        json.string(text)
        json.endObject()
        try output.line(json.text)
    }
}
