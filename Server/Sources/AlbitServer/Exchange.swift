import Albit
import HTTPTypes

/// A request on its way to an answer: its body, checked against the route's schema, and what is counted of it.
package final class Exchange {
    package let body: JSON
    package let service: Service
    package let id: String
    /// Tokens that the model read, and those that were cut off.
    private(set) var tokens = 0
    private(set) var truncatedTokens = 0
    private(set) var characters = 0
    private(set) var times = Scheduler.Times()
    private(set) var tokenized: Duration = .zero
    private(set) var model: ServedModel?

    package init(_ body: JSON, _ service: Service, id: String) {
        self.body = body
        self.service = service
        self.id = id
    }

    /// The model that the request names.
    package func servedModel() throws(Refusal) -> ServedModel {
        let found = try service.shelf.model(body["model"]?.string)
        model = found
        return found
    }

    /// The answers to questions, in their order, among those of other requests.
    ///
    /// - Throws: ``Refusal`` for a text that is too long where it is not to be cut, and for a task that the model was
    ///   not trained for.
    package func ask<Answer>(_ questions: [Question<Answer>], of model: ServedModel) async throws -> [Answer] {
        let asked = body["truncate"] ?? body["parameters"]?["truncate"]
        let truncates = asked?.bool ?? service.settings.truncates
        let start = ContinuousClock.now
        var prepared: [PreparedQuestion<Answer>] = []
        for (index, question) in questions.enumerated() {
            try Task.checkCancellation()
            let ready = try refusing(model) { () throws(AlbertError) in try model.albert.prepare(question) }
            if let cut = ready.truncations.first, !truncates {
                let limit = model.albert.maxLength
                // One sequence that fills the model: what was left out is all that it lacks.
                let isWhole = ready.sequences.count == 1 && ready.tokenCount == limit
                throw Refusal(
                    .tooLong,
                    "text \(index + 1) "
                        + (isWhole
                            ? "has \(limit + cut) tokens, more than" : "is \(cut) tokens longer than its part of")
                        + " the \(limit) that the model takes; shorten it, or have it cut with \"truncate\": true",
                    parameter: "truncate")
            }
            truncatedTokens += ready.truncatedTokens
            tokens += ready.tokenCount
            prepared.append(ready)
        }
        tokenized += .now - start
        let (readings, times) = try await service.scheduler.read(prepared.flatMap(\.sequences), with: model)
        self.times.queued += times.queued
        self.times.computed += times.computed
        var answers: [Answer] = []
        var first = 0
        for question in prepared {
            let last = first + question.sequences.count
            answers.append(
                try refusing(model) { () throws(AlbertError) in
                    try question.answer(from: Array(readings[first..<last]))
                })
            first = last
        }
        return answers
    }

    /// Counts characters of texts that were given.
    package func count(_ texts: [String]) { characters += texts.reduce(0) { $0 + $1.unicodeScalars.count } }

    /// Says an error of the library as a refusal.
    package func refusing<T>(_ model: ServedModel, _ body: () throws(AlbertError) -> T) throws(Refusal) -> T {
        do throws(AlbertError) {
            return try body()
        } catch {
            throw Refusal(error, model)
        }
    }
}

extension Refusal {
    /// What the library says of a question.
    package init(_ error: AlbertError, _ model: ServedModel) {
        switch error.code {
        case .missingHead, .missingTokenizer:
            self.init(
                .wrongTask,
                "the model '\(model.name)' was not trained for this: \(error.message); it answers "
                    + model.routes.joined(separator: ", "))
        case .textTooLong: self.init(.tooLong, error.message)
        case .invalidArgument: self.init(.invalid, error.message)
        case .cancelled: self.init(.clientGone, error.message)
        default: self.init(.machine, error.message, retryAfter: 1)
        }
    }
}
