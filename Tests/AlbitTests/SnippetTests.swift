import Foundation
import TestData
import Testing

/// Every piece of Swift in the documentation compiles, without warnings.
@Suite struct SnippetTests {
    /// Blocks between "```swift" and "```", with the marks of doc comments taken off.
    private func snippets(_ text: String) -> [[String]] {
        var found: [[String]] = []
        var open: [String]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.trimmingPrefix(while: { $0 == " " })
            let content = bare.hasPrefix("///") ? String(bare.dropFirst(3).trimmingPrefix(" ")) : String(line)
            if content == "```swift" {
                open = []
            } else if content == "```", let lines = open {
                found.append(lines)
                open = nil
            } else {
                open?.append(content)
            }
        }
        return found
    }

    @Test func snippetsCompile() throws {
        let library = Toolchain.repository.appending(path: "Sources/AlbitLibrary")
        let files = try #require(FileManager.default.subpaths(atPath: library.path)).sorted()
            .filter { $0.hasSuffix(".md") || $0.hasSuffix(".swift") }.map { library.appending(path: $0) }
        var source = "import Albit\n"
        var count = 0
        for file in files + [Toolchain.repository.appending(path: "README.md")] {
            for lines in snippets(try String(contentsOf: file, encoding: .utf8)) {
                count += 1
                let body = lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n    ")
                source += "// \(file.lastPathComponent)\nfunc snippet\(count)() async throws {\n    \(body)\n}\n"
            }
        }
        #expect(count >= 4)
        let path = try TestData.temporaryDirectory() + "/Snippets.swift"
        try Data(source.utf8).write(to: URL(filePath: path))
        let outcome = try Toolchain.run(
            ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors"] + Toolchain.moduleFlags() + [path])
        #expect(outcome.code == 0, "\(outcome.text)\n\(source)")
    }
}
