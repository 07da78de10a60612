import Foundation

/// Model files that earlier versions made (`Tests/Data/old-formats.tar.xz`), unpacked once per process.
public enum OldFormats {
    public static let directory: String = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar", "xJf", TestData.directory + "/old-formats.tar.xz", "-C", TestData.scratch]
        do { try process.run() } catch { return TestData.scratch }
        process.waitUntilExit()
        return TestData.scratch + "/old-formats"
    }()
}
