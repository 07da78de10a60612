import AlbitCommands
import AlbitText

/// The manual page of section 1, made from the declarations that the command line is parsed with: what it says is
/// what the program takes. Macros of man(7).
struct ManualPage {
    private(set) var text = ""

    /// - Parameter help: what ArgumentParser dumps of a command, as JSON.
    init(_ help: String) throws {
        let root = try JSONValue(parsing: help)["command"]
        let commands = (root?["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
        line(".TH ALBIT 1 \"\" \"albit \(Version.number)\" \"User Commands\"")
        line(".SH NAME")
        line("albit \\- " + ManualPage.escaped(ManualPage.sentence(root?["abstract"]?.string)))
        line(".SH SYNOPSIS")
        for command in commands { synopsis(command) }
        line(".SH DESCRIPTION")
        discussion(root)
        line(".SH COMMANDS")
        for command in commands { self.command(command) }
        line(".SH EXIT STATUS")
        for (code, meaning) in [
            (0, "All went well."), (1, "A check failed: drift over its limit, a self-test that found other bytes."),
            (2, "Wrong usage."),
            (3, "Bad input."), (4, "The machine failed: no memory, disk full, I/O error."),
        ] {
            line(".TP")
            line(".B \(code)")
            line(meaning)
        }
        line(".SH SEE ALSO")
        line(
            """
            albit help COMMAND. The model file, the arithmetic and the formats that are read are described in the folder
            """
        )
        line("formats of the source.")
    }

    private mutating func line(_ text: String) { self.text += text + "\n" }

    private mutating func synopsis(_ command: JSONValue) {
        let arguments = (command["arguments"]?.array ?? []).filter { $0["kind"]?.string == "positional" }.map {
            argument in
            let name =
                (argument["valueName"]?.string ?? "").uppercased()
                + (argument["isRepeating"]?.bool == true ? " ..." : "")
            return argument["isOptional"]?.bool == true ? "[" + name + "]" : name
        }
        line(".B albit \(ManualPage.escaped(command["commandName"]?.string ?? ""))")
        line((arguments + ["[\\fIoptions\\fR]"]).joined(separator: " "))
        line(".br")
    }

    private mutating func command(_ command: JSONValue) {
        line(".SS albit " + ManualPage.escaped(command["commandName"]?.string ?? ""))
        line(ManualPage.escaped(command["abstract"]?.string ?? ""))
        line(".PP")
        discussion(command)
        for argument in command["arguments"]?.array ?? [] where argument["shouldDisplay"]?.bool != false {
            let name = argument["preferredName"]?["name"]?.string
            if name == "help" || name == "version" { continue }
            line(".TP")
            line(ManualPage.heading(argument))
            var words = argument["abstract"]?.string ?? ""
            if let value = argument["defaultValue"]?.string, !value.isEmpty, !words.contains("(default:") {
                words += " (default: " + value + ")"
            }
            line(ManualPage.escaped(words))
        }
    }

    /// `.B \-o, \-\-output \fIFILE\fR`, or the name of a positional argument.
    private static func heading(_ argument: JSONValue) -> String {
        let value = (argument["valueName"]?.string ?? "").uppercased()
        let names = (argument["names"]?.array ?? []).compactMap { name in
            name["name"]?.string.map { (name["kind"]?.string == "short" ? "-" : "--") + $0 }
        }
        guard !names.isEmpty else { return ".I " + escaped(value) }
        let spelled = "\\fB" + escaped(names.joined(separator: ", ")) + "\\fR"
        return argument["kind"]?.string == "option" ? spelled + " \\fI" + escaped(value) + "\\fR" : spelled
    }

    /// Paragraphs; lines that are indented stand as they are.
    private mutating func discussion(_ command: JSONValue?) {
        var isVerbatim = false
        for row in (command?["discussion"]?.string ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            let indented = row.hasPrefix("  ")
            if indented != isVerbatim { line(indented ? ".PP\n.nf\n.RS" : ".RE\n.fi\n.PP") }
            isVerbatim = indented
            if !row.isEmpty {
                line(ManualPage.escaped(String(indented ? row.dropFirst(2) : row)))
            } else if !indented {
                line(".PP")
            }
        }
        if isVerbatim { line(".RE\n.fi\n.PP") }
    }

    /// Without its full stop.
    private static func sentence(_ text: String?) -> String {
        let text = text ?? ""
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// What roff takes for commands of its own: backslashes, dashes that are to be pasted, dots and quotes that begin
    /// a line.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }
}
