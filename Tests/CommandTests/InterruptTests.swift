import Foundation
import Testing

@Suite struct InterruptTests {
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func aSignalLeavesNoHalfWrittenFile(_ signal: Int32) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = BuiltProgram.desktop.url
        process.arguments = ["quantize", BuiltProgram.sample, "-o", folder + "/model.gguf"]
        process.standardError = FileHandle.nullDevice
        try BuiltProgram.start(process)
        let deadline = Date(timeIntervalSinceNow: 60)
        while try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, Date() < deadline { usleep(500) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.gguf.partial"])
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
