import AlbitModel
import AlbitRuntime
import AlbitText

/// `encode`: raw outputs of the encoder for token ids, and their digest.
package struct EncodeCommand {
    package var run = RunOptions()
    /// Print hidden states, pooled output and logits too.
    package var full = false

    package init(run: RunOptions, full: Bool) {
        self.run = run
        self.full = full
    }

    /// Encodes the inputs one by one and writes an answer for each.
    package func run(_ model: LoadedModel, inputs: [EncoderInput], output: Output) throws(CommandError) {
        let session = try run.session(model.weights)
        for input in inputs {
            do { try session.encode([input]) } catch { throw .runtime(error) }
            try write(session, sequence: 0, output)
        }
        try output.flush()
    }

    /// Writes the answer for one sequence of the session's batch.
    package func write(_ session: Session, sequence: Int, _ output: Output) throws(CommandError) {
        let hidden = session.lastHiddenState(of: sequence)
        let h = session.configuration.hiddenSize
        let digest = EncodeCommand.digest(hidden)
        guard run.json else {
            try output.line("tokens  " + String(hidden.count / h) + " x " + String(h))
            try output.line("digest  " + digest)
            try output.line("kernel  " + session.kernel.name)
            if full { for row in 0..<(hidden.count / h) { try output.line(EncodeCommand.text(hidden[(row * h)..<((row + 1) * h)])) } }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("sequenceLength")
        json.integer(hidden.count / h)
        json.member("hiddenSize")
        json.integer(h)
        json.member("digest")
        json.string(digest)
        json.member("kernel")
        json.string(session.kernel.name)
        if full { EncodeCommand.writeFull(&json, session, sequence, hidden) }
        json.endObject()
        try output.write(json.bytes)
        try output.write("\n")
    }

    private static func writeFull(_ json: inout JSONWriter, _ session: Session, _ sequence: Int, _ hidden: [Float]) {
        let h = session.configuration.hiddenSize
        json.member("lastHiddenState")
        json.beginArray()
        for row in 0..<(hidden.count / h) { json.floats(hidden[(row * h)..<((row + 1) * h)]) }
        json.endArray()
        json.member("pooled")
        let pooled = session.pooled(of: sequence)
        if let pooled { json.floats(pooled[...]) } else { json.null() }
        json.member("logits")
        json.beginObject()
        for logits in session.allLogits(of: sequence) {
            json.member(logits.head.name)
            if logits.width == logits.values.count {
                json.floats(logits.values[...])
            } else {
                json.beginArray()
                for row in 0..<(logits.values.count / logits.width) {
                    json.floats(logits.values[(row * logits.width)..<((row + 1) * logits.width)])
                }
                json.endArray()
            }
        }
        json.endObject()
    }

    /// SHA-256 of [S][H] float32, little-endian, in hexadecimal.
    package static func digest(_ hidden: [Float]) -> String {
        hidden.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    }

    private static func text(_ row: ArraySlice<Float>) -> String {
        row.map { $0.description }.joined(separator: " ")
    }
}

extension JSONWriter {
    package mutating func floats(_ values: ArraySlice<Float>) {
        beginArray()
        for value in values { number(value) }
        endArray()
    }
}
