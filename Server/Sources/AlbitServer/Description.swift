/// `/openapi.json`: every route with its closed schemas and the statuses it may answer with.
enum Description {
    static let route = Route(
        get: "/openapi.json", .embeddingsInference, "This description.", .map(.anything), isOpen: true
    ) { exchange in Reply(json(exchange.service.routes)) }

    static func json(_ routes: [Route]) -> JSON {
        var paths: [(String, [(String, JSON)])] = []
        for route in routes {
            let operation = (route.method.rawValue.lowercased(), operation(route))
            if let index = paths.firstIndex(where: { $0.0 == route.path }) {
                paths[index].1.append(operation)
            } else {
                paths.append((route.path, [operation]))
            }
        }
        return .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("albit-server")), ("version", .string(Service.version)),
                    (
                        "description",
                        .string(
                            "ALBERT and BERT models, in the dialects of OpenAI, text-embeddings-inference, Cohere "
                                + "and Jina. The same request has the same answer on every CPU, to the byte.")
                    ),
                ])
            ),
            (
                "components",
                .object([
                    (
                        "securitySchemes",
                        .object([
                            (
                                "key", .object([("type", .string("http")), ("scheme", .string("bearer"))])
                            )
                        ])
                    )
                ])
            ),
            ("paths", .object(paths.map { ($0.0, .object($0.1)) })),
        ])
    }

    private static func operation(_ route: Route) -> JSON {
        var members: [(String, JSON)] = [
            ("summary", .string(route.summary)),
            (
                "operationId",
                .string(
                    route.method.rawValue.lowercased() + route.path.replacing("/", with: "_").replacing(".", with: "_"))
            ),
            ("security", .array(route.isOpen ? [] : [.object([("key", .array([]))]), .object([])])),
        ]
        if let fields = route.request {
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .bool(true)), ("content", content("application/json", Schema.object(fields))),
                    ])
                ))
        }
        let responses = route.statuses.map { status -> (String, JSON) in
            let body =
                status == .ok
                ? content(route.contentType, route.answer) : content("application/json", Refusal.schema(route.dialect))
            return (
                String(status.code),
                .object([("description", .string(status.reasonPhrase)), ("content", body)])
            )
        }
        members.append(("responses", .object(responses)))
        return .object(members)
    }

    private static func content(_ type: String, _ schema: Schema) -> JSON {
        .object([(type, .object([("schema", schema.json)]))])
    }
}
