import Foundation

/// Small models as sentence-transformers saves them, with its vectors and scores (`Tests/Data/sentences.tar.xz`, made
/// by `Scripts/make-sentence-models.py`), unpacked once per process.
public enum SentenceZoo {
    /// What the library makes of one model.
    public struct Row: Sendable, Decodable, CustomStringConvertible {
        public let input: String
        /// Name of the prompt that was asked for; nil: none.
        public let prompt: String?
        public let texts: [String]?
        public let embeddings: [[Float]]?
        /// Of the first vector to all, by the model's own function.
        public let similarities: [Float]?
        public let pairs: [[String]]?
        public let scores: [Float]?
        /// Words of the message that the model is refused with.
        public let refused: [String]?

        public var path: String { SentenceZoo.directory + "/" + input }
        public var description: String { input + (prompt.map { " " + $0 } ?? "") }
    }

    private struct Expected: Decodable {
        let rows: [Row]
    }

    /// Cases of users' reports, with values of the library.
    private struct Reported: Decodable {
        struct Case: Decodable {
            let text: String
            let embedding: [Float]
        }
        let input: String
        let cases: [Case]
    }

    public static let directory: String = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/sentences.tar.xz", "-C", TestData.scratch]
        do { try process.run() } catch { return TestData.scratch }
        process.waitUntilExit()
        return TestData.scratch + "/sentences"
    }()

    private static func decoded<Value: Decodable>(_ name: String, _ type: Value.Type) -> Value? {
        (try? TestData.bytes(atPath: directory + "/" + name)).flatMap {
            try? JSONDecoder().decode(type, from: Data($0))
        }
    }

    /// All rows, those of reports too; empty where the archive could not be unpacked, which the tests notice.
    public static let rows: [Row] = {
        let reported = (decoded("reported/expected.json", [Reported].self) ?? []).map {
            Row(
                input: "reported/" + $0.input, prompt: nil, texts: $0.cases.map(\.text),
                embeddings: $0.cases.map(\.embedding), similarities: nil, pairs: nil, scores: nil, refused: nil)
        }
        return (decoded("expected.json", Expected.self)?.rows ?? []) + reported
    }()

    /// A copy of a model that a test may change.
    public static func copy(_ name: String) throws -> String {
        let path = try TestData.temporaryDirectory() + "/model"
        try FileManager.default.copyItem(atPath: directory + "/" + name, toPath: path)
        return path
    }
}
