import Foundation
import TestData
import Testing

/// Commands in the pages of the repository do what the pages say.
///
/// In an indented block, a line that begins with `$ ` is a command, run in a folder of its own for each page in which
/// `samples` lies. The lines under it are its output; a line `...` stands for lines left out. Numbers of milliseconds
/// and the kernel's name match any. A line that begins with `albit ` is run too, up to two blanks in a row, with
/// CHECKPOINT and PATH standing for the sample; what it prints is not compared.
@Suite struct DocumentationTests {
    static let repository = URL(filePath: TestData.samples).deletingLastPathComponent().path
    static let pages = ["README.md", "samples", "formats", "Sources/AlbitLibrary/Albit.docc"].flatMap { place in
        place.hasSuffix(".md") ? [place]
            : (FileManager.default.subpaths(atPath: repository + "/" + place) ?? []).filter { $0.hasSuffix(".md") }.map { place + "/" + $0 }
    }.sorted()

    struct Step {
        let command: String
        /// Nil: not compared.
        var output: [String]?
    }

    private func text(_ page: String) throws -> String {
        try String(contentsOfFile: Self.repository + "/" + page, encoding: .utf8)
    }

    static func steps(_ text: String) -> [Step] {
        var steps: [Step] = []
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("    ") else {
                if !line.isEmpty { isOpen = false }
                continue
            }
            let content = String(line.dropFirst(4))
            if content.hasPrefix("$ ") {
                steps.append(Step(command: String(content.dropFirst(2)), output: []))
                isOpen = true
            } else if isOpen {
                // A command that goes on in the next line.
                if steps[steps.count - 1].output == [], steps[steps.count - 1].command.hasSuffix("\\") {
                    steps[steps.count - 1] = Step(command: steps[steps.count - 1].command + "\n" + content, output: [])
                } else {
                    steps[steps.count - 1].output?.append(content)
                }
            } else if content.hasPrefix("albit ") {
                let command = content.components(separatedBy: "  ")[0]
                guard !command.contains(",") else { continue }
                steps.append(Step(
                    command: command.replacingOccurrences(of: "CHECKPOINT", with: "samples/albert-tiny-sst2")
                        .replacingOccurrences(of: "PATH", with: "samples/albert-tiny-sst2")))
            }
        }
        return steps
    }

    /// What differs from machine to machine, taken out.
    static func plain(_ line: String) -> String {
        var line = line
        for kernel in ["avx512vnni", "avxvnni", "avx2", "scalar", "neon", "sdot", "smmla"] {
            line = line.replacingOccurrences(of: "kernel " + kernel, with: "kernel K")
                .replacingOccurrences(of: "\"kernel\": \"\(kernel)\"", with: "\"kernel\": K")
        }
        return line.replacingOccurrences(of: "[0-9]+(\\.[0-9]+)? m?s\\b", with: "T", options: .regularExpression)
            .trimmingCharacters(in: .whitespaces)
    }

    /// Whether printed lines are those of a page, in which `...` stands for any number of them.
    static func matches(_ printed: ArraySlice<String>, _ page: ArraySlice<String>) -> Bool {
        guard let expected = page.first else { return printed.isEmpty }
        if expected == "..." {
            return matches(printed, page.dropFirst()) || !printed.isEmpty && matches(printed.dropFirst(), page)
        }
        guard let line = printed.first, line == expected else { return false }
        return matches(printed.dropFirst(), page.dropFirst())
    }

    @Test(arguments: pages)
    func commandsPrintWhatThePageSays(_ page: String) throws {
        let steps = Self.steps(try text(page))
        guard !steps.isEmpty else { return }
        let folder = try ExampleFolder(models: [:])
        for step in steps {
            let outcome = try folder.run(step.command)
            let printed = outcome.output.split(separator: "\n", omittingEmptySubsequences: true).map { Self.plain(String($0)) }
            let expected = step.output?.filter { !$0.isEmpty }.map(Self.plain)
            let fails = expected?.last?.hasPrefix("albit: ") ?? false
            #expect((outcome.code == 0) != fails, "\(page): \(step.command)\n\(outcome.output)")
            guard let expected else { continue }
            #expect(Self.matches(printed[...], expected[...]), "\(page): \(step.command)\n\(outcome.output)")
        }
    }

    @Test func theMainPagesHaveCommands() throws {
        #expect(Self.steps(try text("README.md")).count >= 5)
        #expect(Self.steps(try text("samples/albert-tiny-sst2/README.md")).count >= 6)
    }

    /// Commands, options, make targets and scripts that a page names in passing exist.
    @Test(arguments: pages)
    func commandsInPassingExist(_ page: String) throws {
        let commands = try HelpTests.commands()
        let makefile = try text("Makefile")
        for line in try text(page).matches(of: /(?m)^    make ([a-z -]+?)(?:  .*)?$/) {
            for target in line.1.split(separator: " ") { #expect(makefile.contains("\n" + target + ":"), "\(page): make \(target)") }
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
                #expect(command?.options.contains(option.dropFirst(2).split(separator: "=").first.map(String.init) ?? "") == true, "\(page): \(span)")
            }
        }
    }

    @Test func outputIsMatchedAsStated() {
        let page = ["load 5 ms", "...", "kernel scalar"].map(Self.plain)
        #expect(Self.matches(["load 0.72 ms", "a", "b", "kernel sdot"].map(Self.plain)[...], page[...]))
        #expect(!Self.matches(["load 5 ms", "a"].map(Self.plain)[...], page[...]))
        #expect(!Self.matches(["load 5 MB", "kernel sdot"].map(Self.plain)[...], page[...]))
        let steps = Self.steps("    $ albit a \\\n      b\n    out\n\ntext\n\n    albit c PATH -o x   what it is\n")
        #expect(steps.map(\.command) == ["albit a \\\n  b", "albit c samples/albert-tiny-sst2 -o x"])
        #expect(steps[0].output == ["out"] && steps[1].output == nil)
    }
}
