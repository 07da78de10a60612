import Foundation
import TestData
import Testing

/// What users may call: listed, documented, and free of what lies beneath.
///
/// `RECORD=1 swift test --filter PublicInterfaceTests` writes the list anew; a line that goes or changes breaks users,
/// so it belongs into CHANGELOG.md.
@Suite struct PublicInterfaceTests {
    private struct Graph: Decodable {
        let symbols: [Symbol]
    }

    private struct Symbol: Decodable {
        struct Identifier: Decodable { let precise: String }
        struct Kind: Decodable { let identifier: String }
        struct Comment: Decodable {
            struct Line: Decodable { let text: String }
            let lines: [Line]
        }
        struct Fragment: Decodable {
            let kind, spelling: String
            let preciseIdentifier: String?
        }
        let identifier: Identifier
        let kind: Kind
        let pathComponents: [String]
        let docComment: Comment?
        let declarationFragments: [Fragment]

        var declaration: String { declarationFragments.map(\.spelling).joined() }
        var name: String { pathComponents.joined(separator: ".") }
        var comment: String { docComment?.lines.map(\.text).joined(separator: "\n") ?? "" }
        /// Made by the compiler or inherited from the standard library, such as `!=`.
        var isSynthesized: Bool { identifier.precise.contains("::SYNTHESIZED::") || name.hasSuffix(".==(_:_:)") }
    }

    private func symbols() throws -> [Symbol] {
        let output = try TestData.temporaryDirectory()
        let machine = try Toolchain.run(["uname", "-m"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
        let outcome = try Toolchain.run(
            [
                "swift-symbolgraph-extract", "-module-name", "Albit", "-minimum-access-level", "public", "-output-dir",
                output,
                "-target", machine + "-unknown-linux-gnu", "-skip-synthesized-members",
            ] + Toolchain.moduleFlags())
        try #require(outcome.code == 0, "\(outcome.text)")
        let data = try Data(contentsOf: URL(filePath: output + "/Albit.symbols.json"))
        return try JSONDecoder().decode(Graph.self, from: data).symbols.filter { !$0.isSynthesized }
    }

    @Test func theInterfaceIsAsListed() throws {
        let path = Toolchain.repository.appending(path: "Tests/AlbitTests/PublicInterface.txt")
        let list = try symbols().map { $0.name + ": " + $0.declaration }.sorted().joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try Data(list.utf8).write(to: path) }
        #expect(try String(contentsOf: path, encoding: .utf8) == list)
    }

    @Test func everyDeclarationIsDocumented() throws {
        let symbols = try symbols()
        #expect(symbols.count > 50)
        for symbol in symbols {
            #expect(!symbol.comment.isEmpty, "\(symbol.name) has no comment")
            guard symbol.kind.identifier == "swift.method" || symbol.kind.identifier == "swift.init" else { continue }
            if symbol.declaration.contains("throws") { #expect(symbol.comment.contains("- Throws:"), "\(symbol.name)") }
            if symbol.declaration.contains("->") { #expect(symbol.comment.contains("- Returns:"), "\(symbol.name)") }
        }
    }

    /// Types in declarations are Albit's own or the standard library's.
    @Test func nothingBeneathLeaks() throws {
        for symbol in try symbols() {
            for fragment in symbol.declarationFragments where fragment.kind == "typeIdentifier" {
                guard let type = fragment.preciseIdentifier else { continue }
                #expect(
                    type.hasPrefix("s:5Albit") || type.hasPrefix("s:S") || type.hasPrefix("s:s"),
                    "\(symbol.declaration)")
            }
        }
    }
}
