import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitTokenizers
import Foundation
import TestData

/// Small models of the zoo in float32, with the zoo's tokenizers.
struct ZooTasks {
    let tasks: TaskSession

    /// - Parameters:
    ///   - model: directory inside the zoo; BERT's has a WordPiece vocabulary, the others a Unigram.
    ///   - change: what its card is to say otherwise.
    init(
        _ model: String, maxLength: Int? = nil, strict: Bool = false, _ change: (inout ModelCard) -> Void = { _ in }
    ) throws {
        let opened = try Model(opening: Zoo.directory + "/" + model)
        let isBERT = opened.weights.configuration.architecture == .bert
        let path = Zoo.directory + "/" + (isBERT ? "tokenizers/wordpiece-vocab.txt" : "tokenizers/hf/tokenizer.json")
        let tables = try TokenizerReader.read(TestData.bytes(atPath: path), path: path)
        var card = opened.card
        change(&card)
        let complete = opened.with(tokenizer: Tokenizer(tables)).with(card: card)
        tasks = try TaskSession(
            complete, session: Session(weights: opened.weights), maxLength: maxLength, strict: strict)
    }

    var context: TaskContext { tasks.context }

    /// Cases by the model they are of, so that each is opened once.
    static func forEachModel<Case>(
        _ cases: [Case], _ model: (Case) -> String, _ body: (ZooTasks, [Case]) throws -> Void
    ) throws {
        for (name, cases) in Dictionary(grouping: cases, by: model).sorted(by: { $0.key < $1.key }) {
            try body(ZooTasks(name), cases)
        }
    }
}
