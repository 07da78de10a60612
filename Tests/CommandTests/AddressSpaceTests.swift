import AlbitText
import CPlatform
import Foundation
import Testing

@Suite struct AddressSpaceTests {
    @Test func aModelThatDoesNotFitIsRefusedBeforeItStarts() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".gguf").path
        try Data("GGUF".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(truncate(path, 10 << 30) == 0)
        let outcome = try BuiltProgram.board.run(["encode", path, "--ids", "2 3"], addressSpaceKiB: 4 << 20)
        #expect(outcome.code == 4 && FaultCode.modelDoesNotFit.exitCode == .machine)
        #expect(outcome.errors.contains(path + ": has 10737418240 bytes, but this process may map only "))
        #expect(outcome.errors.contains("use a smaller model or raise the limit"))
    }
}
