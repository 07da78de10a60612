import Foundation
import TestData
import Testing

/// Commands in the pages of the repository do what the pages say.
///
/// Each page is run in a folder of its own in which `samples` lies; `Transcript` tells how a page is read. What lines
/// of a table print stands in Tests/Data/examples.md.
@Suite struct DocumentationTests {
    static let repository = URL(filePath: TestData.samples).deletingLastPathComponent().path
    static let pages = ["README.md", "samples", "formats", "Sources/AlbitLibrary/Albit.docc"].flatMap { place in
        place.hasSuffix(".md")
            ? [place]
            : (FileManager.default.subpaths(atPath: repository + "/" + place) ?? []).filter { $0.hasSuffix(".md") }.map
            { place + "/" + $0 }
    }.sorted()

    private func text(_ page: String) throws -> String {
        try String(contentsOfFile: Self.repository + "/" + page, encoding: .utf8)
    }

    @Test(arguments: pages)
    func commandsPrintWhatThePageSays(_ page: String) throws {
        let steps = Transcript.steps(try text(page))
        guard !steps.isEmpty else { return }
        let folder = try ExampleFolder(models: [:])
        for step in steps {
            let outcome = try folder.run(step.command)
            let expected = try #require(
                step.output ?? Transcript.examples[step.command], "\(step.command) is not in examples.md")
            let fails = expected.last { !$0.isEmpty }?.hasPrefix("albit: ") ?? false
            #expect((outcome.code == 0) != fails, "\(page): \(step.command)\n\(outcome.output)")
            #expect(Transcript.matches(outcome.output, expected), "\(page): \(step.command)\n\(outcome.output)")
        }
    }

    @Test func theMainPagesHaveCommands() throws {
        #expect(Transcript.steps(try text("README.md")).count >= 5)
        #expect(Transcript.steps(try text("samples/albert-tiny-sst2/README.md")).count >= 6)
    }

    /// Commands, options, make targets and scripts that a page names in passing exist.
    @Test(arguments: pages)
    func commandsInPassingExist(_ page: String) throws {
        let commands = try HelpTests.commands()
        let makefile = try text("Makefile")
        for line in try text(page).matches(of: /(?m)^    make ([a-z -]+?)(?:  .*)?$/) {
            for target in line.1.split(separator: " ") {
                #expect(makefile.contains("\n" + target + ":"), "\(page): make \(target)")
            }
        }
        for script in try text(page).matches(of: /`(Scripts\/[\w.-]+)/) {
            #expect(FileManager.default.fileExists(atPath: Self.repository + "/" + script.1), "\(page): \(script.1)")
        }
        for span in try text(page).matches(of: /`((?:albit|make) [^`\n]+)`/).map({ String($0.1) }) {
            let words = span.split(separator: " ").map(String.init)
            if words[0] == "make" {
                #expect(makefile.contains("\n" + words[1] + ":"), "\(page): \(span)")
                continue
            }
            guard words[1].first?.isLowercase == true, words[1] != "help" else { continue }
            let command = commands.first { $0.name == words[1] }
            #expect(command != nil, "\(page): \(span)")
            for option in words where option.hasPrefix("--") {
                #expect(
                    command?.options.contains(option.dropFirst(2).split(separator: "=").first.map(String.init) ?? "")
                        == true, "\(page): \(span)")
            }
        }
    }

    @Test func outputIsMatchedAsStated() {
        let page = ["load 5 ms", "...", "kernel scalar"]
        #expect(Transcript.matches("load 0.72 ms\na\n\nb\nkernel sdot\n", page))
        #expect(Transcript.matches("load 5 ms\nkernel  avx2", page))
        #expect(!Transcript.matches("load 5 ms\na", page))
        #expect(!Transcript.matches("load 5 MB\nkernel sdot", page))
        let steps = Transcript.steps(
            "    $ albit a \\\n      b\n    out\n\ntext\n\n    albit c PATH -o x   what it is\n")
        #expect(steps.map(\.command) == ["albit a \\\n  b", "albit c samples/albert-tiny-sst2 -o x"])
        #expect(steps[0].output == ["out"] && steps[1].output == nil)
    }
}
