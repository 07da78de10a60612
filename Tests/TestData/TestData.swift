import Foundation

/// Where the data of the tests lies.
public enum TestData {
    /// `Tests/Data` of this repository.
    public static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Data").path
    /// `samples` of this repository.
    public static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "samples").path

    /// Bytes of a file under `Tests/Data`.
    public static func bytes(_ name: String) throws -> [UInt8] { try bytes(atPath: directory + "/" + name) }
    public static func bytes(atPath path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// A new empty directory that disappears with the process.
    public static func temporaryDirectory() throws -> String {
        let path = scratch + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// One directory per test process; removed at exit.
    static let scratch: String = {
        let path = FileManager.default.temporaryDirectory.appending(path: "albit-tests-\(getpid())").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestData.scratch) }
        return path
    }()
}
