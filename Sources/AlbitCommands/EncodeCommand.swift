import AlbitModel
import AlbitRuntime
import AlbitText
import AlbitTokenizers

/// `encode`: raw outputs of the encoder for token ids or texts, and their digest.
package struct EncodeCommand {
    package var run = RunOptions()
    /// Print hidden states, pooled output and logits too.
    package var full = false
    /// Refuse a text that is longer than the model takes instead of cutting it.
    package var strict = false

    package init(run: RunOptions, full: Bool, strict: Bool = false) {
        self.run = run
        self.full = full
        self.strict = strict
    }

    /// Encodes texts, or without any the lines of standard input, and writes an answer for each.
    package func run(_ model: LoadedModel, texts: some Collection<String>, output: Output) throws(Fault) {
        guard let tokenizer = model.tokenizer else {
            throw Fault(.modelNoTokenizer, in: model.path, "has no tokenizer", advice: "give token ids with --ids")
        }
        let session = try run.session(model.weights)
        let limit = session.configuration.maxPositionEmbeddings
        var cut = 0
        var each = Texts(texts, output: output)
        while let text = try each.next() {
            let encoding = tokenizer.encode(text, maxLength: limit)
            if encoding.truncatedCount > 0 {
                if strict {
                    throw Fault(
                        .taskTooLong, "a text has " + String(encoding.count + encoding.truncatedCount)
                            + " tokens, the model takes " + String(limit))
                }
                cut += 1
            }
            try session.encode([EncoderInput(encoding, session.configuration)])
            try write(session, sequence: 0, output)
        }
        if cut > 0 {
            Message.warn(String(cut) + (cut == 1 ? " text was" : " texts were") + " longer than " + String(limit)
                + " tokens and cut (--strict refuses such texts)")
        }
    }

    /// Encodes the inputs one by one and writes an answer for each.
    package func run(_ model: LoadedModel, inputs: [EncoderInput], output: Output) throws(Fault) {
        let session = try run.session(model.weights)
        for input in inputs {
            try session.encode([input])
            try write(session, sequence: 0, output)
        }
        try output.flush()
    }

    /// Writes the answer for one sequence of the session's batch.
    package func write(_ session: Session, sequence: Int, _ output: Output) throws(Fault) {
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
