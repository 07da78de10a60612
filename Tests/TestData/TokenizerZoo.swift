import Foundation

/// Tokenizer files in the layouts of checkpoints, with what third-party libraries make of texts
/// (`Tests/Data/tokenizers.tar.xz`), unpacked once per process.
public enum TokenizerZoo {
    public static let directory: String = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/tokenizers.tar.xz", "-C", TestData.scratch]
        do { try process.run() } catch { return TestData.scratch }
        process.waitUntilExit()
        return TestData.scratch + "/tokenizers"
    }()

    /// Names of the directories; empty where the archive could not be unpacked, which the tests notice.
    public static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
        .sorted()
}
