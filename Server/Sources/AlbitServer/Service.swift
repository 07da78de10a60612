import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What all requests share: models, queue, routes, keys; and how a request becomes an answer.
package struct Service: Sendable {
    package static let version = "0.1.0"

    package let settings: Settings
    package let shelf: ModelShelf
    package let scheduler: Scheduler
    package let metrics: PrometheusMetrics
    package let keys: APIKeys
    package let routes: [Route]

    package init(_ settings: Settings, shelf: ModelShelf, metrics: PrometheusMetrics, keys: APIKeys) {
        self.settings = settings
        self.shelf = shelf
        self.metrics = metrics
        self.keys = keys
        let threads = settings.threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : settings.threads
        scheduler = Scheduler(settings, threads: threads)
        routes =
            EmbeddingRoutes.all + PredictRoute.all + RerankRoutes.all + TaskRoutes.all + ModelRoutes.all + [
                MetricsRoute.route, Description.route, Page.route,
            ]
    }

    /// The route of a path.
    func route(_ method: HTTPRequest.Method, _ path: String) throws(Refusal) -> Route {
        let found = routes.filter { $0.path == path }
        if let route = found.first(where: { $0.method == method }) { return route }
        guard !found.isEmpty else {
            throw Refusal(.noSuchRoute, "there is no '\(path)' here; /openapi.json lists what there is")
        }
        let methods = found.map(\.method.rawValue)
        var refusal = Refusal(
            .wrongMethod, "'\(path)' takes \(methods.joined(separator: " and ")), not \(method.rawValue)")
        refusal.allowed = methods
        throw refusal
    }

    /// What a request without a route is refused in.
    static func dialect(of path: String) -> Dialect {
        switch path {
        case "/v2/rerank": .cohere
        case "/v1/rerank": .jina
        case _ where path.hasPrefix("/v1/"): .openAI
        default: .embeddingsInference
        }
    }
}

extension Service: HTTPResponder {
    package typealias Context = ConnectionContext

    @Sendable package func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let id = RequestName.of(request.headers)
        let path = request.uri.path
        let work = Task { await answer(request, path, id, start) }
        // The client's end of the connection closes: nobody waits for the answer.
        await context.whenClientGoes { work.cancel() }
        let outcome = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        let duration = ContinuousClock.now - start
        let route = routes.contains { $0.path == path } ? path : "other"
        CoreMetrics.Timer(
            label: "albit_http_request_duration",
            dimensions: [("route", route), ("status", String(outcome.response.status.code))]
        ).recordNanoseconds(duration.nanoseconds)
        var metadata: Logger.Metadata = [
            "id": "\(id)", "method": "\(request.method.rawValue)", "path": "\(path)",
            "status": "\(outcome.response.status.code)", "tokens": "\(outcome.tokens)",
            "ms": "\(Double(duration.nanoseconds) / 1e6)",
        ]
        if let refusal = outcome.refusal { metadata["refusal"] = "\(refusal)" }
        if settings.logsTexts, let body = outcome.body { metadata["body"] = "\(body)" }
        context.logger.info("request", metadata: metadata)
        return outcome.response
    }

    /// What came of a request.
    private struct Outcome: Sendable {
        var response: Response
        var tokens = 0
        /// Kind of refusal: messages may quote texts.
        var refusal: String?
        /// Only where texts may be logged.
        var body: String?
    }

    private func answer(
        _ request: Request, _ path: String, _ id: String, _ start: ContinuousClock.Instant
    ) async -> Outcome {
        var dialect = Service.dialect(of: path)
        var body: String?
        do {
            let route = try route(request.method, path)
            dialect = route.dialect
            if !route.isOpen { try keys.check(request.headers) }
            let json: JSON
            if let fields = route.request {
                let bytes = try await RequestBody.read(request, limit: settings.maxBodyBytes)
                if settings.logsTexts { body = String(decoding: bytes, as: UTF8.self) }
                json = try RequestBody.json(bytes, fields, dialect)
            } else {
                json = .object([])
            }
            let exchange = Exchange(json, self, id: id)
            var response = try await response(to: exchange, route, start)
            response.headers[RequestName.field] = id
            return Outcome(response: response, tokens: exchange.tokens, body: body)
        } catch {
            let refusal = Service.refusal(error)
            var response = Service.response(refusal, dialect)
            response.headers[RequestName.field] = id
            return Outcome(response: response, refusal: refusal.kind.rawValue, body: body)
        }
    }

    private func response(
        to exchange: Exchange, _ route: Route, _ start: ContinuousClock.Instant
    ) async throws -> Response {
        guard route.request != nil else { return Service.response(try await route.handler(exchange), route) }
        let isBatch = exchange.body["inputs"]?.array != nil || exchange.body["input"]?.array != nil
        let labels = [("method", isBatch ? "batch" : "single")]
        Counter(label: "te_request_count", dimensions: labels).increment()
        let reply: Reply
        do {
            reply = try await route.handler(exchange)
        } catch {
            RequestMetrics.fail(Service.refusal(error))
            throw error
        }
        Counter(label: "te_request_success", dimensions: labels).increment()
        RequestMetrics.record(exchange, route, .now - start)
        var response = Service.response(reply, route)
        response.headers.append(contentsOf: RequestMetrics.headers(exchange, .now - start))
        return response
    }

    private static func response(_ reply: Reply, _ route: Route) -> Response {
        var headers: HTTPFields = [.contentType: route.contentType, .cacheControl: "no-store"]
        headers[.xContentTypeOptions] = "nosniff"
        if route.contentType.hasPrefix("text/html") { headers[.contentSecurityPolicy] = Page.policy }
        switch reply.body {
        case .json(let json):
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
        case .text(let text):
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    static func response(_ refusal: Refusal, _ dialect: Dialect) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if let seconds = refusal.retryAfter { headers[.retryAfter] = String(seconds) }
        if !refusal.allowed.isEmpty { headers[.allow] = refusal.allowed.joined(separator: ", ") }
        if refusal.kind == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: refusal.status(dialect), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: refusal.json(dialect).bytes)))
    }

    /// Every error as a refusal.
    private static func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let refusal as Refusal: refusal
        case is CancellationError: Refusal(.clientGone, "the client went away")
        default: Refusal(.machine, "\(error)", retryAfter: 1)
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
