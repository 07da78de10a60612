/// What the command line says.
package struct Settings: Sendable, Equatable {
    /// A model file, and the name that requests ask for it by.
    package struct NamedModel: Sendable, Equatable {
        package var name: String
        package var path: String
    }

    package var models: [NamedModel] = []
    package var host = "127.0.0.1"
    package var port = 8080
    /// 0: as many as this process may use CPUs.
    package var threads = 0
    package var apiKeyFile: String?
    /// Most tokens of one pass through a model.
    package var maxBatchTokens = 16384
    /// Most tokens that wait or are worked on.
    package var maxQueueTokens = 131_072
    /// nil: as the model takes.
    package var maxInputTokens: Int?
    /// Whether texts that are too long are cut where a request does not say.
    package var truncates = false
    package var maxBodyBytes = 2_000_000
    package var maxConnections = 8192
    /// Whether texts may stand in the log.
    package var logsTexts = false

    package static let usage = """
        usage: albit-server MODEL [MODEL ...] [options]

        Answers over HTTP as OpenAI, text-embeddings-inference, Cohere and Jina do.
        A MODEL is a file, or NAME=FILE; its name is else that of the file.

          --host HOST             address to listen at (127.0.0.1)
          --port PORT             port, 0 for any that is free (8080)
          --threads N             threads that compute (as many as CPUs)
          --api-key-file FILE     keys, one a line, of which requests have to bring one
          --max-batch-tokens N    most tokens of one pass (16384)
          --max-queue-tokens N    most tokens that wait; more is answered with 429 (131072)
          --max-input-tokens N    most tokens of one sequence (as the model takes)
          --truncate              cut texts that are longer, where a request does not say
          --max-body-bytes N      longest request (2000000)
          --max-connections N     most connections at once (8192)
          --log-texts             let texts appear in the log
        """

    package init() {}

    /// What is wrong with the command line.
    package struct UsageFault: Error, Equatable {
        package let message: String
    }

    /// Reads arguments, the program's name not among them.
    package init(_ arguments: [String]) throws(UsageFault) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                models.append(Settings.model(argument))
                continue
            }
            var name = argument
            var inline: String?
            if let equals = argument.firstIndex(of: "=") {
                name = String(argument[..<equals])
                inline = String(argument[argument.index(after: equals)...])
            }
            func value() throws(UsageFault) -> String {
                guard let value = inline ?? rest.popFirst() else { throw UsageFault(message: "\(name) needs a value") }
                return value
            }
            func number(_ range: ClosedRange<Int>) throws(UsageFault) -> Int {
                let text = try value()
                guard let number = Int(text), range.contains(number) else {
                    throw UsageFault(
                        message: "\(name) is '\(text)', expected \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            }
            let tokens = 1...(1 << 30)
            switch name {
            case "--host": host = try value()
            case "--port": port = try number(0...65535)
            case "--threads": threads = try number(1...1024)
            case "--api-key-file": apiKeyFile = try value()
            case "--max-batch-tokens": maxBatchTokens = try number(tokens)
            case "--max-queue-tokens": maxQueueTokens = try number(tokens)
            case "--max-input-tokens": maxInputTokens = try number(tokens)
            case "--max-body-bytes": maxBodyBytes = try number(1...(1 << 30))
            case "--max-connections": maxConnections = try number(1...1_000_000)
            case "--truncate" where inline == nil: truncates = true
            case "--log-texts" where inline == nil: logsTexts = true
            default: throw UsageFault(message: "there is no option \(argument)")
            }
        }
        guard !models.isEmpty else { throw UsageFault(message: "a MODEL is missing") }
        for (index, model) in models.enumerated() where models[..<index].contains(where: { $0.name == model.name }) {
            throw UsageFault(message: "two models have the name '\(model.name)': give one as NAME=FILE")
        }
    }

    private static func model(_ argument: String) -> NamedModel {
        if let equals = argument.firstIndex(of: "="), !argument[..<equals].contains("/"), equals != argument.startIndex
        {
            return NamedModel(
                name: String(argument[..<equals]), path: String(argument[argument.index(after: equals)...]))
        }
        var name = argument.split(separator: "/").last.map(String.init) ?? argument
        if name.hasSuffix(".gguf") { name.removeLast(5) }
        return NamedModel(name: name, path: argument)
    }
}
