import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// `encode`: raw outputs of the encoder for token ids or texts, and their digest.
package struct EncodeCommand {
    package var run = RunOptions()
    /// Print hidden states, pooled output and logits too.
    package var full = false
    /// Refuse a text that is longer than the model takes instead of cutting it.
    package var strict = false
    /// Name of the model's prompt to put before texts; nil or empty: none.
    package var prompt: String?

    package init(run: RunOptions, full: Bool, strict: Bool = false, prompt: String? = nil) {
        self.run = run
        self.full = full
        self.strict = strict
        self.prompt = prompt
    }

    /// Encodes texts, or without any the lines of standard input, and writes an answer for each.
    package func run(_ model: Model, texts: some Collection<String>, output: Output) throws(Fault) {
        guard model.tokenizer != nil else {
            throw Fault(.modelNoTokenizer, in: model.path, "has no tokenizer", advice: "give token ids with --ids")
        }
        let session = try run.session(model.weights)
        let context = TaskContext(model, kernel: session.kernel)
        let before = try model.prompt(prompt ?? "") ?? []
        var cut = 0
        var each = Texts(texts, output: output)
        while let text = try each.next() {
            let sequence = try context.sequence(TaskText(before + text))
            if sequence.truncations != [0] {
                if strict {
                    throw Fault(
                        .taskTooLong,
                        "a text has " + String(sequence.ids.count + sequence.truncations[0])
                            + " tokens, the model takes " + String(context.maxLength))
                }
                cut += 1
            }
            try write(model, session.encode([sequence.input(0)])[0], output)
        }
        if cut > 0 {
            Message.warn(
                String(cut) + (cut == 1 ? " text was" : " texts were") + " longer than " + String(context.maxLength)
                    + " tokens and cut (--strict refuses such texts)")
        }
    }

    /// Encodes the inputs one by one and writes an answer for each.
    package func run(_ model: Model, inputs: [EncoderInput], output: Output) throws(Fault) {
        let session = try run.session(model.weights)
        for input in inputs { try write(model, session.encode([input])[0], output) }
        try output.flush()
    }

    /// Writes the answer for one sequence.
    func write(_ model: Model, _ sequence: EncodedSequence, _ output: Output) throws(Fault) {
        let hidden = sequence.lastHiddenState
        let h = model.weights.configuration.hiddenSize
        guard run.json else {
            try output.line("tokens  " + String(hidden.count / h) + " x " + String(h))
            try output.line("digest  " + sequence.digest)
            try output.line("kernel  " + sequence.kernel.name)
            if full {
                for row in 0..<(hidden.count / h) {
                    try output.line(EncodeCommand.text(hidden[(row * h)..<((row + 1) * h)]))
                }
            }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("sequenceLength")
        json.integer(hidden.count / h)
        json.member("hiddenSize")
        json.integer(h)
        json.member("digest")
        json.string(sequence.digest)
        json.member("kernel")
        json.string(sequence.kernel.name)
        if full { EncodeCommand.writeFull(&json, model, sequence, hidden) }
        json.endObject()
        try output.write(json.bytes)
        try output.write("\n")
    }

    private static func writeFull(
        _ json: inout JSONWriter, _ model: Model, _ sequence: EncodedSequence, _ hidden: [Float]
    ) {
        let h = model.weights.configuration.hiddenSize
        json.member("lastHiddenState")
        json.beginArray()
        for row in 0..<(hidden.count / h) { json.floats(hidden[(row * h)..<((row + 1) * h)]) }
        json.endArray()
        json.member("pooled")
        let pooled = sequence.pooled
        if let pooled { json.floats(pooled[...]) } else { json.null() }
        json.member("logits")
        json.beginObject()
        for logits in model.allLogits(of: sequence) {
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
