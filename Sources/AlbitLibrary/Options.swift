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
        /// The head to use where a checkpoint has several, named as in ``Albert/heads``.
        public var task: String?
        /// Prefix of the model to take where a file holds several.
        public var root: String?

        /// The options that suit most: all CPUs, the best kernel, what lies beside the checkpoint.
        public init() {}
    }
}
