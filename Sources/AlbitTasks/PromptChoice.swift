import AlbitModel
import AlbitText

extension Model {
    /// The text of a prompt by its name, as sentence-transformers' `prompt_name` chooses it: nil where none is named,
    /// so that the standard one is used; nothing for an empty name. Throws for a name that the model does not have.
    package func prompt(_ name: String?) throws(Fault) -> [UInt8]? {
        guard let name else { return nil }
        if name.isEmpty { return [] }
        if let prompt = card.prompts[name] { return Array(prompt.text.utf8) }
        // Every sentence model of the library has these, empty where it says nothing of them.
        if name == "query" || name == "document" { return [] }
        let names = card.prompts.prompts.map { "'" + $0.name + "'" }
        throw Fault(
            .taskUnknownPrompt, in: path, "has no prompt of the name '" + name + "'",
            advice: names.isEmpty ? "it has no prompts" : "it has " + names.joined(separator: ", "))
    }
}
