import Foundation

/// Small models as people have them, with what transformers and peft compute or with the fault that they end in
/// (`Tests/Data/checkpoints.tar.xz`, made by `Scripts/make-checkpoint-cases.py`), unpacked once per process.
public enum CheckpointCases {
    public struct Row: Sendable, Decodable, CustomStringConvertible {
        /// What a person gives to Albit, inside the archive.
        public let input: String
        /// What follows `--adapter`.
        public let adapter: String?
        /// The code of the fault, and words that its message has.
        public let fault: String?
        public let words: [String]
        public let ids: [Int32]?
        public let types: [Int32]?
        /// Outputs of the library for these ids, by the names of the zoo's goldens.
        public let outputs: [String: [Float]]?

        public var path: String { CheckpointCases.directory + "/" + input }
        public var description: String { input + (adapter.map { " --adapter " + $0 } ?? "") }
    }

    public static let directory: String = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/checkpoints.tar.xz", "-C", TestData.scratch]
        do { try process.run() } catch { return TestData.scratch }
        process.waitUntilExit()
        return TestData.scratch + "/checkpoints"
    }()

    /// All rows; empty where the archive could not be unpacked, which the tests notice.
    public static let rows: [Row] = {
        guard let data = FileManager.default.contents(atPath: directory + "/cases.json") else { return [] }
        return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
    }()
}
