import AlbitText

extension DriftReport {
    /// The report as JSON with the names that DESIGN promises: percent, points, and nulls for what does not apply.
    package func json(_ verdict: DriftVerdict, indented: Bool = false) -> String {
        var json = JSONWriter(indented: indented)
        json.beginObject()
        json.member("reference_path")
        json.string(referencePath)
        json.member("candidate_path")
        json.string(candidatePath)
        json.member("referenceDigest")
        json.optional(referenceDigest)
        json.member("candidateDigest")
        json.optional(candidateDigest)
        json.member("head")
        json.optional(head?.rawValue ?? "")
        json.member("examples")
        json.integer(examples)
        json.member("labelled")
        json.integer(figures.labelled)
        json.member("unusedColumns")
        json.beginArray()
        for column in unusedColumns { json.string(column) }
        json.endArray()
        json.member("tokens")
        json.integer(tokens)
        json.member("pieces")
        if let pieces {
            json.beginObject()
            json.member("reference")
            json.integer(pieces.reference)
            json.member("candidate")
            json.integer(pieces.candidate)
            json.endObject()
        } else {
            json.null()
        }
        json.member("cutOtherwise")
        json.integer(cutOtherwise)
        json.member("verdict")
        json.beginObject()
        json.member("title")
        json.string(verdict.title)
        json.member("reason")
        json.string(verdict.reason)
        json.member("violations")
        json.beginArray()
        for violation in verdict.violations { json.string(violation) }
        json.endArray()
        json.member("unjudged")
        json.beginArray()
        for fault in verdict.unjudged { json.string(fault.description) }
        json.endArray()
        json.endObject()
        let first = figures.noMetric.isEmpty ? metrics.first : nil
        json.member("metric")
        json.optional(first?.name ?? "")
        json.member("noMetric")
        json.optional(figures.noMetric)
        json.member("reference")
        json.optional(first?.reference)
        json.member("candidate")
        json.optional(first?.candidate)
        json.member("drop")
        json.optional(first?.drop)
        json.member("dropInterval")
        json.optional(first?.interval)
        json.member("mcNemar")
        json.optional(first?.mcNemar)
        json.member("metrics")
        json.beginArray()
        for metric in metrics {
            json.beginObject()
            json.member("name")
            json.string(metric.name)
            json.member("reference")
            json.optional(metric.reference)
            json.member("candidate")
            json.optional(metric.candidate)
            json.member("drop")
            json.optional(metric.drop)
            json.member("dropInterval")
            json.optional(metric.interval)
            json.endObject()
        }
        json.endArray()
        json.member("classes")
        json.beginArray()
        for it in figures.classes {
            json.beginObject()
            json.member("name")
            json.string(it.name)
            json.member("count")
            json.integer(it.count)
            for (name, side) in [("reference", it.reference), ("candidate", it.candidate)] {
                json.member(name)
                json.beginObject()
                json.member("precision")
                json.number(side.precision)
                json.member("recall")
                json.number(side.recall)
                json.member("f1")
                json.number(side.f1)
                json.endObject()
            }
            json.endObject()
        }
        json.endArray()
        json.member("confusion")
        if figures.confusion.count == 2 {
            json.beginObject()
            json.member("labels")
            json.beginArray()
            for name in figures.classNames { json.string(name) }
            json.endArray()
            for (name, matrix) in zip(["reference", "candidate"], figures.confusion) {
                json.member(name)
                json.beginArray()
                for truth in 0..<matrix.classes {
                    json.beginArray()
                    for guess in 0..<matrix.classes { json.integer(matrix[truth, guess]) }
                    json.endArray()
                }
                json.endArray()
            }
            json.endObject()
        } else {
            json.null()
        }
        json.member("agreement")
        json.optional(agreement)
        json.member("flips")
        if let flips { json.integer(flips) } else { json.null() }
        json.member("neighbourOverlap")
        json.optional(figures.neighbourOverlap)
        json.member("logits")
        if let logits { json.discrepancy(logits, hasMaxAbs: true) } else { json.null() }
        json.member("hidden")
        if hidden.count > 0 { json.discrepancy(hidden, hasMaxAbs: false) } else { json.null() }
        json.member("byIteration")
        json.beginArray()
        for iteration in byIteration { json.number(iteration.relativeL2) }
        json.endArray()
        json.member("sensitivity")
        if let sensitivity {
            json.beginArray()
            for layer in sensitivity.shares {
                json.beginArray()
                for share in layer { json.number(share) }
                json.endArray()
            }
            json.endArray()
        } else {
            json.null()
        }
        json.member("worst")
        json.beginArray()
        for example in worst {
            json.beginObject()
            json.member("line")
            json.integer(example.line)
            json.member("text")
            json.string(example.text)
            json.member("label")
            if let label = example.label { json.string(label) } else { json.null() }
            json.member("reference")
            json.string(example.reference)
            json.member("candidate")
            json.string(example.candidate)
            json.member("error")
            json.number(example.error)
            json.member("flipped")
            json.bool(example.flipped)
            json.endObject()
        }
        json.endArray()
        json.member("referenceBytes")
        json.integer(referenceBytes)
        json.member("candidateBytes")
        json.integer(candidateBytes)
        json.member("referenceMemory")
        json.integer(referenceMemory)
        json.member("candidateMemory")
        json.integer(candidateMemory)
        json.member("kernel")
        json.string(kernel)
        json.endObject()
        return json.text
    }

    /// The few figures that a model file carries with it.
    package var summary: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("examples")
        json.integer(examples)
        json.member("hiddenRelativeL2")
        json.number((hidden.relativeL2 * 1e6).rounded() / 1e6)
        json.member("hiddenCosineMean")
        json.number((hidden.cosineMean * 1e6).rounded() / 1e6)
        if let logits {
            json.member("logitRelativeL2")
            json.number((logits.relativeL2 * 1e6).rounded() / 1e6)
        }
        if let agreement {
            json.member("agreement")
            json.number((agreement * 100).rounded() / 100)
        }
        if let metric = metrics.first, let reference = metric.reference, let candidate = metric.candidate {
            json.member("metric")
            json.string(metric.name)
            json.member("reference")
            json.number((reference * 100).rounded() / 100)
            json.member("candidate")
            json.number((candidate * 100).rounded() / 100)
        }
        json.endObject()
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ value: Double?) {
        if let value { number(value) } else { null() }
    }

    fileprivate mutating func optional(_ text: String) {
        if text.isEmpty { null() } else { string(text) }
    }

    fileprivate mutating func optional(_ interval: DropInterval?) {
        guard let interval else {
            null()
            return
        }
        beginArray()
        number(interval.lower)
        number(interval.upper)
        endArray()
    }

    fileprivate mutating func discrepancy(_ it: Discrepancy, hasMaxAbs: Bool) {
        beginObject()
        if hasMaxAbs {
            member("maxAbs")
            number(it.maxAbs)
        }
        member("relativeL2")
        number(it.relativeL2)
        member("cosineMin")
        number(it.cosineMin)
        member("cosineMean")
        number(it.cosineMean)
        endObject()
    }
}
