internal import AlbitRuntime
internal import AlbitTasks
internal import AlbitText

extension Albert {
    /// Tokens of a pass, about: they fill the kernels' tiles and matter little in memory.
    private static let passTokens = 512

    /// Makes a question ready and counts its tokens; nothing is computed.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: What the model is to read for it.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/missingHead`` where the model cannot be asked this,
    ///   ``AlbertError/Code/missingTokenizer``, ``AlbertError/Code/textTooLong`` where ``Options/strict`` refuses cuts,
    ///   or ``AlbertError/Code/invalidArgument``.
    public func prepare<Answer>(_ question: Question<Answer>) throws(AlbertError) -> PreparedQuestion<Answer> {
        try prepare([question])[0]
    }

    /// Reads sequences in one pass, packed end to end without padding. They may be of questions of any kind.
    ///
    /// - Parameter sequences: Sequences that this model prepared. Memory grows with their tokens: some hundreds fill
    ///   the processor, more make a pass longer but hardly faster.
    /// - Returns: A reading for each, in their order, the same bytes whatever else is in the pass.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/invalidArgument`` for sequences of another model, or
    ///   ``AlbertError/Code/machine``.
    public func read(_ sequences: [PreparedSequence]) throws(AlbertError) -> [SequenceReading] {
        guard sequences.allSatisfy({ $0.source.owner === self }) else {
            throw AlbertError(.invalidArgument, "a sequence was prepared by another model")
        }
        guard !sequences.isEmpty else { return [] }
        return try withSession { session in
            let first = sequences.allSatisfy { $0.source.tokensRead == .first }
            let batch = try session.encode(
                sequences.map { $0.source.input($0.index) }, reading: first ? .first : .all)
            return try sequences.enumerated().map { place, sequence in
                SequenceReading(
                    source: sequence.source, index: sequence.index,
                    value: try sequence.source.reading(batch[place], sequence.index))
            }
        }
    }

    /// Asks a question.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: Its answer.
    /// - Throws: As for several questions.
    public func ask<Answer>(_ question: Question<Answer>) throws(AlbertError) -> Answer { try ask([question])[0] }

    /// Asks questions, several sequences in one pass: faster than one by one, with the same answers.
    ///
    /// - Parameter questions: Any number of them.
    /// - Returns: Their answers, in their order.
    /// - Throws: As ``prepare(_:)``, and ``AlbertError`` with ``AlbertError/Code/cancelled`` between two passes when
    ///   the task that this is called in is cancelled.
    public func ask<Answer>(_ questions: [Question<Answer>]) throws(AlbertError) -> [Answer] {
        let prepared = try prepare(questions)
        var readings: [SequenceReading] = []
        var pass: [PreparedSequence] = []
        var tokens = 0
        func readPass() throws(AlbertError) {
            if Task.isCancelled { throw AlbertError(.cancelled, "the task was cancelled") }
            readings += try read(pass)
            pass.removeAll(keepingCapacity: true)
            tokens = 0
        }
        for question in prepared {
            for sequence in question.sequences {
                if tokens + sequence.tokenCount > Albert.passTokens { try readPass() }
                pass.append(sequence)
                tokens += sequence.tokenCount
            }
        }
        try readPass()
        var answers: [Answer] = []
        var first = 0
        for question in prepared {
            let last = first + question.sequences.count
            answers.append(try question.answer(from: Array(readings[first..<last])))
            first = last
        }
        return answers
    }

    private func prepare<Answer>(_ questions: [Question<Answer>]) throws(AlbertError) -> [PreparedQuestion<Answer>] {
        var prepared: [PreparedQuestion<Answer>] = []
        do {
            _ = try model.requireTokenizer()
            for (index, question) in questions.enumerated() {
                let ready = try question.prepare(self, context)
                if strict, let cut = ready.truncations.first {
                    throw Fault(
                        .taskTooLong,
                        "text \(index + 1) is \(cut) tokens longer than the \(maxLength) that the model takes",
                        advice: "shorten it, or leave out --strict")
                }
                prepared.append(ready)
            }
        } catch {
            throw AlbertError(error)
        }
        return prepared
    }
}
