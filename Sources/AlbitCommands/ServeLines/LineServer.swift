import AlbitModel
import AlbitText
import CPlatform

/// Reads one request a line and writes one answer a line, flushed at once, until the input ends or the process is told
/// to end. Memory does not grow with the number of requests.
package struct LineServer: ~Copyable {
    private let output: Output
    private var lines: TextLines

    /// Watches signals from here on.
    package init(output: Output, descriptor: Int32 = 0) throws(Fault) {
        self.output = output
        lines = TextLines(ByteStream(descriptor: descriptor), limit: TextLines.requestLimit)
        let error = platform_watch_signals()
        if error != 0 {
            throw Fault(.signalsNotWatched, "signals cannot be watched: " + String(cString: platform_error_text(error)))
        }
    }

    /// The next request; nil at the end. Flushes the answer before; lines that are no requests are answered here.
    package mutating func next() throws(Fault) -> LineRequest? {
        while true {
            try output.flush()
            if platform_stopped() { return nil }
            do throws(Fault) {
                guard let line = try lines.next() else { return nil }
                return try LineRequest(line: line)
            } catch {
                try refuse(error)
            }
        }
    }

    /// Answers a request with what is wrong with it. Everything else ends the server.
    package func refuse(_ error: Fault) throws(Fault) {
        guard error.code.exitCode == .input else { throw error }
        try write(error: error.description)
    }

    private func write(error text: String) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("error")
        json.string(text)
        json.endObject()
        try output.line(json.text)
    }
}
