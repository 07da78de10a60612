import CoreMetrics
import HTTPTypes

/// What is counted of every request, under the names of text-embeddings-inference.
enum RequestMetrics {
    static func record(_ exchange: Exchange, _ route: Route, _ total: Duration) {
        func time(_ label: String, _ duration: Duration) {
            CoreMetrics.Timer(label: label).recordNanoseconds(duration.nanoseconds)
        }
        for prefix in ["te_request"] + (prefix(route).map { [$0] } ?? []) {
            time(prefix + "_duration", total)
            time(prefix + "_tokenization_duration", exchange.tokenized)
            time(prefix + "_queue_duration", exchange.times.queued)
            time(prefix + "_inference_duration", exchange.times.computed)
            if prefix != "te_request" {
                Counter(label: prefix + "_count").increment()
                Counter(label: prefix + "_success").increment()
            }
        }
        Recorder(label: "te_request_input_length").record(exchange.tokens)
        Counter(label: "albit_tokens", dimensions: [("route", route.path)]).increment(by: exchange.tokens)
        if exchange.truncatedTokens > 0 {
            Counter(label: "albit_truncated_tokens").increment(by: exchange.truncatedTokens)
        }
    }

    private static func prefix(_ route: Route) -> String? {
        switch route.path {
        case "/embed", "/embed_all", "/v1/embeddings": "te_embed"
        case "/predict", "/rerank", "/v1/rerank", "/v2/rerank": "te_predict"
        default: nil
        }
    }

    static func fail(_ refusal: Refusal) {
        let error: String? =
            switch refusal.kind {
            case .full, .stopping: "overloaded"
            case .invalid, .tooLong, .unknownModel: "validation"
            case .wrongTask: "model_type"
            case .machine: "inference"
            case .tooLarge: "batch_size"
            default: nil
            }
        if let error { Counter(label: "te_request_failure", dimensions: [("err", error)]).increment() }
    }

    /// What the answer tells of how it was made.
    static func headers(_ exchange: Exchange, _ total: Duration) -> HTTPFields {
        var headers = HTTPFields()
        func set(_ name: String, _ value: String) { HTTPField.Name(name).map { headers[$0] = value } }
        func milliseconds(_ duration: Duration) -> String { String(duration.nanoseconds / 1_000_000) }
        set("x-compute-type", "cpu")
        set("x-compute-time", milliseconds(total))
        set("x-compute-characters", String(exchange.characters))
        set("x-compute-tokens", String(exchange.tokens))
        set("x-total-time", milliseconds(total))
        set("x-tokenization-time", milliseconds(exchange.tokenized))
        set("x-queue-time", milliseconds(exchange.times.queued))
        set("x-inference-time", milliseconds(exchange.times.computed))
        if exchange.truncatedTokens > 0 { set("x-albit-truncated-tokens", String(exchange.truncatedTokens)) }
        if let digest = exchange.model?.card.digest { set("x-albit-model-digest", digest) }
        return headers
    }
}
