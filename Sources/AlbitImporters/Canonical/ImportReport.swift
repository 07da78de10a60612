import AlbitModel

/// The story of a source, as `albit inspect` tells it.
package struct ImportReport: Sendable {
    /// Where the configuration comes from.
    package enum ConfigurationOrigin: Sendable, Equatable {
        case file(String)
        /// Inferred from tensor shapes; the text says by which rules.
        case inferred(String)
    }

    package struct Tensor: Sendable, Equatable {
        /// As the source calls it.
        package var name: String
        package var dtype: String
        package var shape: [Int]
        package var bytes: Int
        /// The parameter that it became, nil for an ignored one.
        package var parameter: Parameter?

        package init(name: String, dtype: String, shape: [Int], bytes: Int, parameter: Parameter? = nil) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.bytes = bytes
            self.parameter = parameter
        }
    }

    /// Copies of one tensor: one is kept.
    package struct Merged: Sendable, Equatable {
        package var kept: String
        package var duplicates: [String]

        package init(kept: String, duplicates: [String]) {
            self.kept = kept
            self.duplicates = duplicates
        }
    }

    /// What became of the keys of a configuration file.
    package struct ReadFile: Sendable, Equatable {
        package var path: String
        /// Keys that were read.
        package var used: [String] = []
        /// Keys that change nothing, and why.
        package var inert: [(key: String, why: String)] = []
        /// Keys that Albit does not know.
        package var unknown: [String] = []

        package static func == (a: ReadFile, b: ReadFile) -> Bool {
            a.path == b.path && a.used == b.used && a.inert.elementsEqual(b.inert, by: ==) && a.unknown == b.unknown
        }
    }

    package var path: String
    package var format: String
    package var writer: String?
    /// The naming family that was recognised.
    package var naming: String
    /// Prefix of the transformer inside the checkpoint; empty where it is the whole.
    package var root: String
    package var configuration: ConfigurationOrigin
    package var tensors: [Tensor] = []
    package var merged: [Merged] = []
    package var ignored: [IgnoredTensor] = []
    /// Remarks a person should read: what was decided and could have been decided otherwise.
    package var notes: [String] = []
    /// Those of the notes that say that answers may differ.
    package private(set) var doubts: [String] = []
    /// Configuration files, key by key.
    package private(set) var readFiles: [ReadFile] = []
    /// `proved on 16 tokens, 3e-7`, or why not; nil for a source that is no graph, or where nobody asked.
    package var proof: String?
    /// Size of the file or files.
    package var fileBytes = 0

    package init(
        path: String, format: String, writer: String? = nil, naming: String, root: String = "",
        configuration: ConfigurationOrigin
    ) {
        self.path = path
        self.format = format
        self.writer = writer
        self.naming = naming
        self.root = root
        self.configuration = configuration
    }

    /// Adds a note that whoever runs the model should read as well.
    package mutating func doubt(_ note: String) {
        notes.append(note)
        doubts.append(note)
    }

    /// Adds what became of a file's keys, and tells a person about the unknown ones.
    package mutating func read(_ file: ReadFile) {
        readFiles.append(file)
        guard !file.unknown.isEmpty else { return }
        let names = file.unknown.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        doubt(
            "\(file.path) has \(file.unknown.count == 1 ? "a key" : "\(file.unknown.count) keys") that Albit does not "
                + "know (\(names)): if the model computes with \(file.unknown.count == 1 ? "it" : "them"), its answers "
                + "will differ")
    }

    /// Bytes of all tensors as stored.
    package var storedBytes: Int { tensors.reduce(0) { $0 &+ $1.bytes } }
    /// Bytes of the tensors that became parameters, each once.
    package var uniqueBytes: Int { tensors.reduce(0) { $0 &+ ($1.parameter == nil ? 0 : $1.bytes) } }
    package var uniqueParameters: Int {
        tensors.reduce(0) { $0 &+ ($1.parameter == nil ? 0 : $1.shape.reduce(1, &*)) }
    }
}
