import Foundation

/// The zoo of small models by third-party writers (`Tests/Data/zoo.tar.xz`), unpacked once per process.
public enum Zoo {
    /// A file of the zoo as `MANIFEST.json` describes it.
    public struct Row: Sendable, Decodable, CustomStringConvertible {
        public let path: String
        public let format: String
        public let variant: String
        public let heads: String
        /// Path of the golden outputs inside the zoo.
        public let golden: String?
        public let expected: String
        public let why: String
        public let notes: String?

        /// First directory of the path.
        public var group: String { String(path.split(separator: "/")[0]) }
        public var fullPath: String { Zoo.directory + "/" + path }
        public var description: String { path }
    }

    private struct Manifest: Decodable {
        let files: [Row]
    }

    /// The unpacked `zoo` directory.
    public static let directory: String = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/zoo.tar.xz", "-C", TestData.scratch]
        do { try process.run() } catch { return TestData.scratch }
        process.waitUntilExit()
        return TestData.scratch + "/zoo"
    }()

    /// All rows; empty where the archive could not be unpacked, which the tests notice.
    public static let rows: [Row] = {
        guard let data = FileManager.default.contents(atPath: directory + "/MANIFEST.json") else { return [] }
        return (try? JSONDecoder().decode(Manifest.self, from: data))?.files ?? []
    }()

    /// Graphs that import, with outputs by the library that wrote them.
    public static let graphs = rows.filter { row in
        row.golden != nil && row.expected != "must-refuse"
            && (row.group == "onnx" || row.group == "tflite" || row.format.contains("GraphDef")
                || row.path.hasSuffix("saved_model.pb"))
            && !row.path.hasSuffix(".ort")
    }

    public static func rows(_ group: String) -> [Row] { rows.filter { $0.group == group } }
}
