import Foundation
import TestData
import Testing

/// Help, manual page and completions say what the program takes, and every example in them runs.
@Suite struct HelpTests {
    struct Command {
        let name, discussion: String
        let options: [String]
        /// Indented lines of the discussion.
        var example: [String] {
            discussion.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }
        }
    }

    static func commands() throws -> [Command] {
        let dump = try BuiltProgram.desktop.run(["--experimental-dump-help"])
        let root = try #require(JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
        let command = try #require(root["command"] as? [String: Any])
        return ([command] + (command["subcommands"] as? [[String: Any]] ?? [])).map { command in
            let arguments = command["arguments"] as? [[String: Any]] ?? []
            return Command(
                name: command["commandName"] as? String ?? "", discussion: command["discussion"] as? String ?? "",
                options: arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }.filter {
                    $0["kind"] as? String == "long"
                }
                .compactMap { $0["name"] as? String })
        }.filter { $0.name != "help" }
    }

    /// Each example in an empty folder, with the samples beside it and the models that examples name, prints what
    /// Tests/Data/examples.md has of it.
    @Test func everyExamplePrintsWhatItShould() throws {
        let commands = try Self.commands()
        #expect(commands.count == 18)
        let models = try ExampleFolder.models()
        for command in commands {
            #expect(!command.example.isEmpty, "\(command.name) has no example")
            let folder = try ExampleFolder(models: models)
            let settings = command.example.filter { !$0.hasPrefix("albit ") }.joined(separator: "\n")
            for line in command.example where line.hasPrefix("albit ") {
                let outcome = try folder.run(settings + "\n" + line)
                #expect(outcome.code == 0, "\(line)\n\(outcome.output)")
                let expected = try #require(Transcript.examples[line], "\(line) is not in examples.md")
                #expect(Transcript.matches(outcome.output, expected), "\(line)\n\(outcome.output)")
            }
            // Help wraps at 80 columns; a wrapped line can't be pasted.
            for line in command.example { #expect(line.utf8.count <= 76, "\(line)") }
            if command.name != "albit" {
                let help = try BuiltProgram.desktop.run(["help", command.name])
                for line in command.example {
                    #expect(help.output.contains("\n  " + line + "\n"), "\(command.name): \(line)")
                }
            }
        }
    }

    @Test func theManualPageTellsEverything() throws {
        let page = try BuiltProgram.desktop.run(["help", "--man"])
        #expect(page.code == 0)
        let text = page.output.replacingOccurrences(of: "\\-", with: "-").replacingOccurrences(of: "\\e", with: "\\")
        for command in try Self.commands() {
            if command.name != "albit" { #expect(text.contains("\n.SS albit " + command.name + "\n")) }
            for line in command.example { #expect(text.contains("\n" + line + "\n"), "\(line)") }
            for option in command.options where !["help", "version"].contains(option) {
                #expect(text.contains("--" + option))
            }
        }
        let path = try TestData.temporaryDirectory() + "/albit.1"
        try Data(page.output.utf8).write(to: URL(filePath: path))
        let groff = try ExampleFolder(models: [:]).run("groff -man -ww -Tutf8 '\(path)' 2>&1 >/dev/null")
        #expect(groff.code == 0 && groff.output.isEmpty, "\(groff.output)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsKnowEveryCommandAndOption(_ shell: String) throws {
        let script = try BuiltProgram.desktop.run(["--generate-completion-script", shell])
        #expect(script.code == 0)
        for command in try Self.commands() {
            #expect(script.output.contains(command.name), "\(command.name)")
            for option in command.options {
                #expect(
                    script.output.contains(shell == "fish" ? "-l '\(option)'" : "--" + option)
                        || script.output.contains("-l \(option)"), "\(option)")
            }
        }
    }

    /// What bash offers after some words.
    private func offers(_ words: [String]) throws -> [String] {
        let folder = try ExampleFolder(models: [:])
        let quoted = words.map { "'" + $0 + "'" }.joined(separator: " ")
        let line = words.joined(separator: " ")
        let outcome = try folder.run(
            """
            albit --generate-completion-script bash > completions
            cat > script <<'END'
            . ./completions
            COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); COMP_LINE='\(line)'; COMP_POINT=\(line.utf8.count)
            _albit albit '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
            printf '%s\\n' "${COMPREPLY[@]}"
            END
            bash script
            """)
        return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func bashCompletesCommandsOptionsAndValues() throws {
        #expect(try offers(["albit", "cl"]) == ["classify"])
        #expect(try offers(["albit", "quantize", "x", "--pres"]) == ["--preset"])
        #expect(try offers(["albit", "quantize", "x", "--preset", "a"]) == ["accurate"])
        #expect(try offers(["albit", "encode", "x", "--kernel", "av"]) == ["avx2", "avxvnni", "avx512vnni"])
        #expect(try offers(["albit", "inspect", "samp"]) == ["samples"])
    }

    @Test func mistakesAreToldWithTheNearestWord() throws {
        for (words, hint) in [
            (["clasify", "m"], "did you mean 'classify'"), (["help", "sumarize"], "did you mean 'summarize'"),
            (["classify", "m", "--thread", "2"], "Did you mean '--threads'"), (["halp"], "did you mean 'help'"),
            (["quantize", "m", "-o", "x", "--preset", "acurate"], "accurate"),
        ] {
            let outcome = try BuiltProgram.desktop.run(words)
            #expect(outcome.code == 2 && outcome.errors.contains(hint), "\(words): \(outcome.errors)")
        }
        #expect(try BuiltProgram.desktop.run(["help", "help"]).code == 0)
    }
}
