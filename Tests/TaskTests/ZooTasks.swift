import AlbitImporters
import AlbitModel
import AlbitRuntime
import AlbitTokenizers
import Foundation
import TestData

/// Small models of the zoo in float32, with the zoo's tokenizers.
struct ZooTasks {
    let tasks: TaskSession

    /// - Parameter model: directory inside the zoo; BERT's has a WordPiece vocabulary, the others a Unigram.
    init(_ model: String, maxLength: Int? = nil, strict: Bool = false) throws {
        let source = try Importer.open(path: Zoo.directory + "/" + model)
        let name = source.configuration.architecture == .bert ? "tokenizers/wordpiece-vocab.txt" : "tokenizers/hf/tokenizer.json"
        let path = Zoo.directory + "/" + name
        let tables = try TokenizerReader.read(TestData.bytes(atPath: path), path: path)
        tasks = TaskSession(
            session: try Session(weights: EncoderWeights(source)), tokenizer: Tokenizer(tables), maxLength: maxLength, strict: strict)
    }

    /// Cases by the model they are of, so that each is opened once.
    static func forEachModel<Case>(_ cases: [Case], _ model: (Case) -> String, _ body: (ZooTasks, [Case]) throws -> Void) throws {
        for (name, cases) in Dictionary(grouping: cases, by: model).sorted(by: { $0.key < $1.key }) {
            try body(ZooTasks(name), cases)
        }
    }
}
