import Foundation
import TestData
import Testing

@Suite struct InspectTests {
    /// The room that a file keeps for its drift is blank where none was measured.
    @Test func aFileWithoutDriftIsWhole() throws {
        let path = try TestData.temporaryDirectory() + "/model.gguf"
        let made = try BuiltProgram.desktop.run(["quantize", BuiltProgram.sample, "-o", path, "--preset", "plain"])
        try #require(made.code == 0, "\(made.errors)")
        for program in [BuiltProgram.desktop, .board] {
            let json = try program.run(["inspect", path, "--json"])
            let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["drift"] is NSNull)
            #expect(try program.run(["inspect", path]).lines.allSatisfy { !$0.hasPrefix("drift") })
        }
    }
}
