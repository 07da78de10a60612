internal import AlbitImporters
internal import AlbitMaking
internal import AlbitModel

extension Albert {
    /// How a model is opened and run. Names are those of the options of `albit`.
    public struct Options: Sendable {
        /// Threads that one call computes on; 0: as many as this process may use CPUs. At most 1024.
        ///
        /// For many calls at once, 1 gives the most answers a second.
        public var threads = 0
        /// Name of the kernel, such as `scalar`, `avx2` or `neon`; nil: the best this CPU runs.
        public var kernel: String?
        /// Most tokens of a sequence, [CLS] and [SEP] among them; nil, or more than the model has positions for: all.
        public var maxLength: Int?
        /// Whether a text that is longer than the model takes is an error (``AlbertError/Code/textTooLong``) instead
        /// of being cut. Tagging and answering read long texts in windows and never cut them.
        public var strict = false
        /// A `config.json` that does not lie beside the checkpoint.
        public var config: String?
        /// A `spiece.model`, `tokenizer.json` or `vocab.txt` that does not lie beside the checkpoint.
        public var tokenizer: String?
        /// A file with the classifier's labels, one a line, that takes the place of those in the configuration.
        public var labels: String?
        /// The head to use where a checkpoint has several, named as in ``Albert/heads``.
        public var task: String?
        /// Prefix of the model to take where a file holds several.
        public var root: String?
        /// Folder of a LoRA adapter (PEFT) that is merged into the weights; nil: the one beside them, if there is one.
        public var adapter: String?

        /// The options that suit most: all CPUs, the best kernel, what lies beside the checkpoint.
        public init() {}
    }
}

extension Albert.Options {
    /// What is said of the files.
    func files() throws(AlbertError) -> ImportOptions {
        let head = task.flatMap { Head(name: $0) }
        if let task, head == nil {
            let names = Head.allCases.map(\.name).joined(separator: ", ")
            throw AlbertError(.invalidArgument, "task is '\(task)', expected one of \(names)")
        }
        return ImportOptions(
            config: config, tokenizer: tokenizer, labels: labels, head: head, root: root, adapter: adapter)
    }

    /// The same where models are made or compared, which reads whole texts.
    func importOptions() throws(AlbertError) -> ImportOptions {
        if maxLength != nil || strict {
            throw AlbertError(
                .invalidArgument, "maxLength and strict are for questions, not for making or comparing models")
        }
        return try files()
    }

    /// What is said of the computing.
    func computeChoice() throws(AlbertError) -> ComputeChoice {
        try checkThreads()
        return ComputeChoice(threads: threads, kernel: kernel ?? "")
    }

    func checkThreads() throws(AlbertError) {
        guard (0...1024).contains(threads) else {
            throw AlbertError(.invalidArgument, "threads is \(threads), expected 0 to 1024")
        }
    }
}
