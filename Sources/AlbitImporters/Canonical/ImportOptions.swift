import AlbitModel

/// What a person may say about a source where its files do not tell.
package struct ImportOptions: Sendable {
    /// `--config`: a config.json that lies elsewhere.
    package var config: String?
    /// `--tokenizer`: a tokenizer file, or a directory of them.
    package var tokenizer: String?
    /// `--labels`: a file with the label of each row of the classifier on a line.
    package var labels: String?
    /// `--task`: which head, where a file has several or the classifier could be of several kinds.
    package var head: Head?
    /// `--root`: the prefix of the transformer, where a file holds several.
    package var root: String?
    /// `--adapter`: the folder of a LoRA adapter that is merged into the weights.
    package var adapter: String?
    /// `--pretokenized`: texts will be words with a blank between two, cut by a segmenter that Albit does not have.
    package var isPretokenized = false
    /// `--strict`: what nobody has shown to change nothing, and a graph that cannot be executed to prove what was
    /// recovered from it, is refused, not told.
    package var isStrict: Bool
    /// A mistake that a test makes the recovery of a graph commit.
    package var sabotage: GraphSabotage?

    package init(
        config: String? = nil, tokenizer: String? = nil, labels: String? = nil, head: Head? = nil, root: String? = nil,
        adapter: String? = nil, isStrict: Bool = false
    ) {
        self.config = config
        self.tokenizer = tokenizer
        self.labels = labels
        self.head = head
        self.root = root
        self.adapter = adapter
        self.isStrict = isStrict
    }

    /// The options in use that say what a checkpoint's other files would, by name: a model file carries it all itself.
    package var aroundWeights: [String] {
        [("--config", config), ("--tokenizer", tokenizer), ("--labels", labels), ("--root", root)]
            .filter { $0.1 != nil }.map(\.0)
    }

    /// The same without these.
    package var ofModelFile: ImportOptions {
        var options = self
        (options.config, options.tokenizer, options.labels, options.root) = (nil, nil, nil, nil)
        return options
    }
}
