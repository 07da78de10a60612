import AlbitCommands
import AlbitText
import TestData
import Testing

@Suite struct CommandLineArgumentsTests {
    static let command = CommandSpecification(
        "classify", arguments: "MODEL [TEXT ...]", count: 1...Int.max, "Classify texts",
        options: [
            OptionSpecification("json", "One JSON object a line"),
            OptionSpecification("threads", value: "N", "Threads to compute with"),
            OptionSpecification("output", short: "o", value: "FILE", "Where the answer goes"),
        ])
    static let single = CommandSpecification("selftest", arguments: "MODEL", count: 1...1, "Check a file", options: [])

    private func parse(_ words: String...) throws(Fault) -> CommandLineArguments {
        try CommandLineArguments(words, Self.command)
    }

    @Test func optionsStandAnywhereAndTheLastOneCounts() throws {
        let line = try parse("--threads", "1", "model", "--json", "a text", "--threads=4", "-o", "out")
        #expect(line.arguments == ["model", "a text"])
        #expect(line.flag("json"))
        #expect(try line.integer("threads", in: 1...64) == 4)
        #expect(line.value("output") == "out")
        #expect(!line.asksForHelp)
    }

    @Test func whatIsNotGivenIsAbsent() throws {
        let line = try parse("model")
        #expect(!line.flag("json"))
        #expect(line.value("output") == nil)
        #expect(try line.integer("threads", in: 1...64) == nil)
        #expect(try line.integers("threads", in: 1...64) == nil)
    }

    @Test func twoDashesEndTheOptionsAndOneDashIsAnArgument() throws {
        let line = try parse("model", "-", "--", "--json", "--", "-x")
        #expect(line.arguments == ["model", "-", "--json", "--", "-x"])
        #expect(!line.flag("json"))
    }

    @Test func emptyTextIsAnArgumentAndAnEmptyAttachedValueAValue() throws {
        let line = try parse("model", "", "--output=")
        #expect(line.arguments == ["model", ""])
        #expect(line.value("output") == "")
    }

    @Test func listsOfNumbersTakeCommas() throws {
        #expect(try parse("m", "--threads", "1,2,16").integers("threads", in: 1...64) == [1, 2, 16])
        let range = 1...64
        for (text, part) in [("1,,2", ""), ("1,65", "65"), ("1,two", "two"), (",", "")] {
            let line = try parse("m", "--threads", text)
            #expect(
                fault {
                    try line.integers("threads", in: range)
                }.isA(.commandLineNotAnInteger, "'--threads' is '\(part)'", "1 to 64"))
        }
    }

    @Test func helpNeedsNoArguments() throws {
        #expect(try parse("--help").asksForHelp)
        #expect(try parse("-h").asksForHelp)
    }

    @Test(arguments: [
        (["model", "--treads", "2"], FaultCode.commandLineUnknownOption, "'--treads', did you mean '--threads'"),
        (["model", "--josn"], .commandLineUnknownOption, "'--josn', did you mean '--json'"),
        (["model", "--zebra"], .commandLineUnknownOption, "'--zebra';"),
        (["model", "-x"], .commandLineUnknownOption, "'-x';"),
        (["model", "--outptu=f"], .commandLineUnknownOption, "'--outptu', did you mean '--output'"),
        (["model", "--threads"], .commandLineMissingValue, "--threads N"),
        (["model", "--threads", "--json"], .commandLineMissingValue, "--threads N"),
        (["model", "--json=yes"], .commandLineUnexpectedValue, "'yes'"),
        (["--json"], .commandLineMissingArgument, "usage: classify MODEL [TEXT ...]"),
    ])
    func mistakesAreNamed(_ words: [String], _ code: FaultCode, _ text: String) {
        #expect(fault { try CommandLineArguments(words, Self.command) }.isA(code, text))
        #expect(code.exitCode.rawValue == 2)
    }

    @Test func aWordTooManyIsNamed() {
        #expect(
            fault {
                try CommandLineArguments(["a", "b"], Self.single)
            }.isA(.commandLineTooManyArguments, "'b'", "selftest MODEL"))
    }

    @Test func numbersOutsideTheirRangeAreNamed() throws {
        for text in ["0", "65", "4x", "", "99999999999999999999"] {
            let line = try parse("m", "--threads=" + text)
            #expect(
                fault {
                    try line.integer("threads", in: 1...64)
                }.isA(.commandLineNotAnInteger, "'--threads'", "is '\(text)'", "1 to 64"))
        }
    }

    @Test func messagesSayWhatToDo() {
        func text(_ words: String...) -> String? {
            fault { try CommandLineArguments(words, Self.command) }?.description
        }
        let unknown = fault { try CommandTable.command(named: "clasify") }
        #expect(unknown?.code == .commandLineUnknownCommand)
        #expect(unknown?.description == "there is no command 'clasify', did you mean 'classify'?; --help lists all")
        #expect(text("m", "--zebra") == "unknown option '--zebra'; text that begins with a dash goes after --")
        #expect(text("m", "--threads") == "'--threads' needs a value: --threads N")
    }

    @Test func helpListsEveryOption() {
        #expect(
            Self.command.helpText(program: "albit") == """
                Classify texts.

                Usage: albit classify MODEL [TEXT ...] [options]

                Options:
                  --json             One JSON object a line
                  --threads N        Threads to compute with
                  -o, --output FILE  Where the answer goes
                  -h, --help         Show this help

                """)
    }

    @Test func theNearestNameIsFoundWithinAThirdOfItsLength() {
        let names = ["classify", "tokenize", "encode", "bench"]
        #expect(nearest(to: "clasify", among: names) == "classify")
        #expect(nearest(to: "tokenise", among: names) == "tokenize")
        #expect(nearest(to: "quantize", among: names) == nil)
        #expect(nearest(to: String(repeating: "x", count: 1000), among: names) == nil)
    }
}
