import AlbitRuntime
import Foundation
import TestData

/// Commands in a page of documentation, and what the page says that they print.
///
/// In an indented block, a line that begins with `$ ` is a command. The lines under it are its output; a line `...`
/// stands for lines left out, and a line that ends with ` ...` for all that begin so. Numbers of milliseconds and the
/// kernel's name match any. A line that begins with `albit ` is a command too, up to two blanks in a row, with
/// CHECKPOINT and PATH standing for the sample; its output stands elsewhere.
enum Transcript {
    struct Step {
        let command: String
        /// Nil: to be looked up in `examples`.
        var output: [String]?
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
                steps.append(
                    Step(
                        command: command.replacingOccurrences(of: "CHECKPOINT", with: "samples/albert-tiny-sst2")
                            .replacingOccurrences(of: "PATH", with: "samples/albert-tiny-sst2")))
            }
        }
        return steps
    }

    /// What differs from machine to machine, taken out.
    static func plain(_ line: String) -> String {
        var line = line
        for kernel in Kernel.names {
            line = line.replacingOccurrences(
                of: "\\bkernel +" + kernel + "\\b", with: "kernel K", options: .regularExpression
            )
            .replacingOccurrences(of: "\"kernel\": \"\(kernel)\"", with: "\"kernel\": K")
        }
        return line.replacingOccurrences(of: "[0-9]+(\\.[0-9]+)? m?s\\b", with: "T", options: .regularExpression)
            .trimmingCharacters(in: .whitespaces)
    }

    /// What the examples of the help and of tables print, from Tests/Data/examples.md.
    static let examples: [String: [String]] = {
        let text = (try? String(contentsOfFile: TestData.directory + "/examples.md", encoding: .utf8)) ?? ""
        return Dictionary(steps(text).map { ($0.command, $0.output ?? []) }) { first, _ in first }
    }()

    /// Whether a command printed the lines of a page. Empty lines do not count.
    static func matches(_ printed: String, _ page: [String]) -> Bool {
        matches(
            printed.split(separator: "\n").map { plain(String($0)) }[...], page.filter { !$0.isEmpty }.map(plain)[...])
    }

    /// Whether printed lines are those of a page, in which `...` stands for any number of them.
    static func matches(_ printed: ArraySlice<String>, _ page: ArraySlice<String>) -> Bool {
        guard let expected = page.first else { return printed.isEmpty }
        if expected == "..." {
            return matches(printed, page.dropFirst()) || !printed.isEmpty && matches(printed.dropFirst(), page)
        }
        guard let line = printed.first,
            line == expected || expected.hasSuffix(" ...") && line.hasPrefix(expected.dropLast(3))
        else {
            return false
        }
        return matches(printed.dropFirst(), page.dropFirst())
    }
}
