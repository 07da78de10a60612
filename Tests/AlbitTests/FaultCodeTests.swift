import Foundation
import Testing

/// Every code of a fault is thrown somewhere, and some test names it.
@Suite struct FaultCodeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift text below a folder, without the declaration of the codes and this file.
    private static func text(of folder: String) throws -> String {
        let files = try #require(
            FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" {
            if ["FaultCode.swift", "FaultCodeTests.swift"].contains(file.lastPathComponent) { continue }
            text += try String(contentsOf: file, encoding: .utf8)
        }
        return text
    }

    /// The names of the cases, as they stand in the source.
    private static func codes() throws -> [String] {
        let source = try String(contentsOf: root.appending(path: "Sources/AlbitText/FaultCode.swift"), encoding: .utf8)
        let cases = try #require(source.components(separatedBy: "package var exitCode").first)
        return cases.matches(of: /case (\w+(?:,\s+\w+)*)/).flatMap { $0.1.split { !$0.isLetter && !$0.isNumber } }.map(
            String.init)
    }

    /// Words behind a dot, such as `.zipEncrypted`.
    private static func names(in text: String) -> Set<String> {
        Set(text.matches(of: /\.([a-z]\w*)/).map { String($0.1) })
    }

    @Test func everyCodeIsThrown() throws {
        let codes = try Self.codes()
        #expect(codes.count > 300 && Set(codes).count == codes.count)
        let thrown = Self.names(in: try Self.text(of: "Sources"))
        #expect(codes.filter { !thrown.contains($0) } == [])
    }

    @Test func everyCodeHasATest() throws {
        let tested = Self.names(in: try Self.text(of: "Tests"))
        let missing = try Self.codes().filter { !tested.contains($0) && !FaultCodeTests.withoutTest.contains($0) }
        #expect(missing == [], "throw each in a test, and expect its code")
        // What has a test in the meantime leaves the list.
        #expect(FaultCodeTests.withoutTest.filter { tested.contains($0) } == [])
    }

    /// Codes that no test reaches, each with its reason.
    private static let withoutTest: Set<String> = [
        // zlib needs some 50 KB: a process that is refused those is refused the file's other buffers before.
        "deflateNoMemory"
    ]
}
