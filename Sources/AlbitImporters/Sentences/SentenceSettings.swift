import AlbitModel
import AlbitText

/// What `config_sentence_transformers.json` says of a whole model.
struct SentenceSettings {
    var isCrossEncoder = false
    var prompts = PromptList()
    var similarity: SimilarityFunction?
    /// Values of a vector that are kept.
    var keptWidth: Int?
    var scoreActivation: DenseActivation?

    /// Prompts that every model has by name, empty where nothing is said.
    private static let standardNames = ["query", "document"]
    private static let maxPrompts = 1024

    init() {}

    init(
        _ tree: any FileTree, _ read: inout [ImportReport.ReadFile], _ notes: inout [String]
    ) throws(Fault) {
        var file = try ModuleConfiguration(tree, file: "config_sentence_transformers.json")
        guard file.isThere else { return }
        file.pass("__version__", "requirements", why: "versions of the library")
        file.pass("keep_in_fp32_modules", why: "all of a checkpoint is float32 here")
        let type = try file.string("model_type") ?? "SentenceTransformer"
        guard ["SentenceTransformer", "CrossEncoder"].contains(type) else {
            throw Fault(
                .sentenceUnsupportedModule, in: file.path, at: "key 'model_type'",
                "is '\(type)', which Albit does not run", expected: "'SentenceTransformer' or 'CrossEncoder'")
        }
        isCrossEncoder = type == "CrossEncoder"
        try readPrompts(&file)
        if let name = try file.string("similarity_fn_name") {
            similarity = SimilarityFunction(rawValue: name)
            if similarity == nil {
                notes.append("\(file.path): the similarity '\(name)' is unknown: vectors are compared by their cosine")
            }
            // What no model needs to be told.
            if similarity == .cosine { similarity = nil }
        }
        keptWidth = try file.count("truncate_dim")
        if isCrossEncoder, let path = try file.string("activation_fn") {
            scoreActivation = try DenseActivation.ofScores(path, in: file.path, at: "activation_fn")
        }
        read.append(file.review())
    }

    private mutating func readPrompts(_ file: inout ModuleConfiguration) throws(Fault) {
        var found: [Prompt] = []
        if let value = file.value("prompts") {
            guard let members = value.members, members.count <= SentenceSettings.maxPrompts else {
                throw file.wrong("prompts", "an object of at most \(SentenceSettings.maxPrompts) texts")
            }
            for member in members {
                guard let text = member.value.isNull ? "" : member.value.string else {
                    throw file.wrong("prompts", "an object of texts")
                }
                found.append(Prompt(name: member.name, text: text))
            }
        }
        var name = try file.string("default_prompt_name")
        if let wanted = name, PromptList(found)[wanted] == nil {
            guard SentenceSettings.standardNames.contains(wanted) else {
                throw file.wrong("default_prompt_name", "the name of one of its prompts")
            }
            name = nil
        }
        // Those that are empty in every model say nothing.
        found.removeAll { $0.text.isEmpty && SentenceSettings.standardNames.contains($0.name) && $0.name != name }
        prompts = PromptList(found, defaultName: name)
    }
}
