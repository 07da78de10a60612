import AlbitImporters
import AlbitModel
import AlbitText
import AlbitTokenizers

extension Tokenizer {
    /// The tokenizer of a model in any format, or of a bare tokenizer file.
    package init(opening path: String, options: ImportOptions) throws(Fault) {
        if let bare = try Tokenizer.bareTables(path) {
            self.init(bare)
            return
        }
        let model = try OpenedModel(path: path, options: options)
        guard let tokenizer = try model.tokenizer() else {
            let isAlbit = if case .albit = model.content { true } else { false }
            throw Fault(
                .modelNoTokenizer, in: path, "has no tokenizer",
                advice: isAlbit ? "quantize the original with --tokenizer" : "name one with --tokenizer")
        }
        self = tokenizer
    }

    /// The tables of a file that is a tokenizer and nothing else; nil for any other.
    private static func bareTables(_ path: String) throws(Fault) -> TokenizerTables? {
        guard let file = try? MappedFile(path: path) else { return nil }
        let bytes = withExtendedLifetime(file) { Array(file.bytes) }
        let isNamed = ["tokenizer.json", ".model", "vocab.txt"].contains { path.hasSuffix($0) }
        do throws(Fault) { return try TokenizerReader.read(bytes, path: path) } catch {
            // Without such a name it is a checkpoint, about which its reader says more.
            guard isNamed else { return nil }
            throw error
        }
    }
}
