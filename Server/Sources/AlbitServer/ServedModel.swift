import Albit
import Synchronization

/// A model under the name that requests ask for it by. What it holds never changes: a file that was replaced makes
/// another one, and requests that began with this one end with it.
package final class ServedModel: Sendable {
    package let name: String
    package let path: String
    package let albert: Albert
    package let card: ModelCard

    package init(_ named: Settings.NamedModel, _ settings: Settings) throws(AlbertError) {
        name = named.name
        path = named.path
        var options = Albert.Options()
        options.threads = settings.threads
        options.maxLength = settings.maxInputTokens
        albert = try Albert(contentsOf: named.path, options: options)
        card = albert.card
    }

    /// What it is asked where a request names no task.
    package enum Kind: Sendable {
        case classifier, reranker, tagger, answerer, filler, orderer, chooser, embedder
    }

    package var kind: Kind {
        switch card.heads.first {
        case "sequence-classification"?: albert.labels.count == 1 && card.readsPairs ? .reranker : .classifier
        case "token-classification"?: .tagger
        case "question-answering"?: .answerer
        case "masked-language-model"?: .filler
        case "sentence-order"?: .orderer
        case "multiple-choice"?: .chooser
        default: .embedder
        }
    }

    /// Routes that it answers, for whoever asked for another one.
    package var routes: [String] {
        var routes = ["/embed", "/embed_all", "/v1/embeddings", "/similarity", "/rerank", "/summarize", "/tokenize"]
        for head in card.heads {
            switch head {
            case "sequence-classification": routes.append("/predict")
            case "token-classification": routes.append("/tag")
            case "question-answering": routes.append("/answer")
            case "masked-language-model": routes.append("/fill")
            case "sentence-order": routes.append("/order")
            case "multiple-choice": routes.append("/choose")
            default: break
            }
        }
        return routes
    }
}

/// The models that are served, by name.
package final class ModelShelf: Sendable {
    private let settings: Settings
    private let models: Mutex<[ServedModel]>

    package init(_ settings: Settings) throws(AlbertError) {
        self.settings = settings
        var opened: [ServedModel] = []
        for named in settings.models { opened.append(try ServedModel(named, settings)) }
        models = Mutex(opened)
    }

    package var all: [ServedModel] { models.withLock { $0 } }

    /// The model of a name; without one the first.
    package func model(_ name: String?) throws(Refusal) -> ServedModel {
        let all = all
        guard let name else { return all[0] }
        if let model = all.first(where: { $0.name == name }) { return model }
        let names = all.map { "'\($0.name)'" }.joined(separator: ", ")
        throw Refusal(.unknownModel, "there is no model '\(name)', only \(names)", parameter: "model")
    }

    /// Opens every file anew. One that cannot be opened stays as it was.
    /// - Returns: For each model its name and what went wrong.
    package func reload() -> [(name: String, error: AlbertError?)] {
        var outcomes: [(name: String, error: AlbertError?)] = []
        for old in all {
            do throws(AlbertError) {
                let new = try ServedModel(.init(name: old.name, path: old.path), settings)
                models.withLock { models in models = models.map { $0.name == new.name ? new : $0 } }
                outcomes.append((new.name, nil))
            } catch {
                outcomes.append((old.name, error))
            }
        }
        return outcomes
    }
}
