import Foundation
import Testing

@Suite struct InterruptTests {
    /// Names, or (deleted) for none, of the files that a process has open in a folder.
    private func open(_ process: Process, in folder: String) -> [String] {
        let directory = "/proc/\(process.processIdentifier)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: directory + "/" + $0) }
            .filter { $0.hasPrefix(folder) }
    }

    /// Killed at any moment too: until it is whole, the output has no name, where the file system can do that.
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGKILL], [0, 30_000, 100_000] as [UInt32])
    func aSignalLeavesNoHalfWrittenFile(_ signal: Int32, _ delay: UInt32) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = BuiltProgram.desktop.url
        process.arguments = ["quantize", BuiltProgram.sample, "-o", folder + "/model.gguf"]
        process.standardError = FileHandle.nullDevice
        try BuiltProgram.start(process)
        let deadline = Date(timeIntervalSinceNow: 60)
        while open(process, in: folder).isEmpty, Date() < deadline { usleep(500) }
        let temporary = open(process, in: folder)
        try #require(temporary.count == 1)
        let isUnnamed = temporary[0].hasSuffix("(deleted)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == (isUnnamed ? [] : ["model.gguf.partial"]))
        usleep(delay)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left == (isUnnamed || signal != SIGKILL ? [] : ["model.gguf.partial"]))
    }
}
