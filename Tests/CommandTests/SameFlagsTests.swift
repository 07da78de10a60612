import AlbitCommands
import Foundation
import Testing

/// Both programs take the same options; what names files around a checkpoint exists on the desktop only,
/// because a board reads Albit files only.
@Suite struct SameFlagsTests {
    static let desktopOnly: Set<String> = ["config", "tokenizer", "task", "root", "labels", "adapter"]

    private struct Option: Hashable {
        let name: String
        let takesValue: Bool
    }

    /// The options of each subcommand as swift-argument-parser describes them.
    private func desktopOptions() throws -> [String: Set<Option>] {
        let text = try BuiltProgram.desktop.run(["--experimental-dump-help"])
        try #require(text.code == 0, "\(text.errors)")
        let root = try #require(JSONSerialization.jsonObject(with: Data(text.output.utf8)) as? [String: Any])
        let command = try #require(root["command"] as? [String: Any])
        var result: [String: Set<Option>] = [:]
        for subcommand in try #require(command["subcommands"] as? [[String: Any]]) {
            let name = try #require(subcommand["commandName"] as? String)
            var options: Set<Option> = []
            for argument in subcommand["arguments"] as? [[String: Any]] ?? [] {
                guard let kind = argument["kind"] as? String, kind != "positional" else { continue }
                for spelling in argument["names"] as? [[String: Any]] ?? [] where spelling["kind"] as? String == "long"
                {
                    options.insert(
                        Option(name: try #require(spelling["name"] as? String), takesValue: kind == "option"))
                }
            }
            result[name] = options
        }
        return result
    }

    @Test func bothProgramsTakeTheSameOptions() throws {
        let desktop = try desktopOptions()
        for command in CommandTable.all where command != CommandTable.serveLines {
            let board = Set(command.options.map { Option(name: $0.name, takesValue: $0.value != nil) })
            let expected = try #require(desktop[command.name], "albit has no command \(command.name)")
                .filter { !Self.desktopOnly.contains($0.name) && !["help", "version"].contains($0.name) }
                // The tokenizer of a model file asks for words, or does not; `tokenize` takes them for any.
                .filter { command.name == "tokenize" || $0.name != "pretokenized" }
                // Boards read no graphs, which is what there is to be strict about.
                .filter { command.name != "inspect" || $0.name != "strict" }
            #expect(board == expected, "\(command.name)")
        }
    }

    /// Help and defaults of what both programs take stand once, in the shared declarations.
    @Test func bothProgramsSayTheSame() throws {
        let dump = try BuiltProgram.desktop.run(["--experimental-dump-help"])
        let root = try #require(JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
        let command = try #require(root["command"] as? [String: Any])
        var compared = 0
        for subcommand in try #require(command["subcommands"] as? [[String: Any]]) {
            guard let shared = CommandTable.all.first(where: { $0.name == subcommand["commandName"] as? String })
            else { continue }
            for argument in try #require(subcommand["arguments"] as? [[String: Any]]) {
                let names = argument["names"] as? [[String: Any]] ?? []
                guard argument["kind"] as? String != "positional",
                    let name = names.first(where: { $0["kind"] as? String == "long" })?["name"] as? String,
                    let option = shared.option(name), !Self.desktopOnly.contains(name), name != "pretokenized"
                else { continue }
                let help = argument["abstract"] as? String ?? ""
                #expect(help.hasPrefix(option.help + "."), "\(shared.name) --\(name): \(help)")
                if !option.fallback.isEmpty {
                    let value = try #require(argument["defaultValue"] as? String, "\(shared.name) --\(name)")
                    #expect(
                        value == option.fallback || Double(value) == Double(option.fallback),
                        "\(shared.name) --\(name): \(value)")
                }
                compared += 1
            }
        }
        #expect(compared > 60)
    }

    @Test func theBoardHasEveryCommandThatComputes() throws {
        let makers: Set<String> = ["quantize", "verify", "convert", "help"]
        let desktop = Set(try desktopOptions().keys).subtracting(makers)
        #expect(Set(CommandTable.all.map(\.name)).subtracting(["serve-lines"]) == desktop)
    }

    @Test func mistakesGiveTheSameExitCode() throws {
        for words in [
            ["clasify"], ["encode"], ["encode", "m", "--thread", "2"],
            ["encode", "m", "--threads", "2000", "--ids", "1"],
        ] {
            for program in [BuiltProgram.desktop, .board] {
                let outcome = try program.run(words)
                #expect(outcome.code == 2, "\(words) \(outcome.errors)")
                #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
            }
        }
        for program in [BuiltProgram.desktop, .board] {
            #expect(try program.run(["encode", "/nowhere/model.gguf", "--ids", "1"]).code == 3)
            let help = try program.run(["encode", "--help"])
            #expect(help.code == 0 && help.output.contains("--type-ids"))
            #expect(try program.run(["--version"]).output.hasPrefix("albit "))
        }
    }
}
