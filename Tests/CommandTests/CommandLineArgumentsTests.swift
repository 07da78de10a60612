import AlbitCommands
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

    private func parse(_ words: String...) throws(CommandLineError) -> CommandLineArguments {
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
            #expect(throws: CommandLineError.notAnInteger(option: "--threads", value: part, range: range)) {
                try line.integers("threads", in: range)
            }
        }
    }

    @Test func helpNeedsNoArguments() throws {
        #expect(try parse("--help").asksForHelp)
        #expect(try parse("-h").asksForHelp)
    }

    @Test(arguments: [
        (["model", "--treads", "2"], CommandLineError.unknownOption("--treads", suggestion: "--threads")),
        (["model", "--josn"], .unknownOption("--josn", suggestion: "--json")),
        (["model", "--zebra"], .unknownOption("--zebra", suggestion: nil)),
        (["model", "-x"], .unknownOption("-x", suggestion: nil)),
        (["model", "--outptu=f"], .unknownOption("--outptu", suggestion: "--output")),
        (["model", "--threads"], .missingValue(option: "--threads", value: "N")),
        (["model", "--threads", "--json"], .missingValue(option: "--threads", value: "N")),
        (["model", "--json=yes"], .unexpectedValue(option: "--json", value: "yes")),
        (["--json"], .missingArgument(usage: "classify MODEL [TEXT ...]")),
    ])
    func mistakesAreNamed(_ words: [String], _ expected: CommandLineError) {
        let error = #expect(throws: CommandLineError.self) { try CommandLineArguments(words, Self.command) }
        #expect(error == expected)
        #expect(error?.failure.rawValue == 2)
    }

    @Test func aWordTooManyIsNamed() {
        #expect(throws: CommandLineError.tooManyArguments(first: "b", usage: "selftest MODEL")) {
            try CommandLineArguments(["a", "b"], Self.single)
        }
    }

    @Test func numbersOutsideTheirRangeAreNamed() throws {
        for text in ["0", "65", "4x", "", "99999999999999999999"] {
            let line = try parse("m", "--threads=" + text)
            #expect(throws: CommandLineError.notAnInteger(option: "--threads", value: text, range: 1...64)) {
                try line.integer("threads", in: 1...64)
            }
        }
    }

    @Test func messagesSayWhatToDo() {
        let errors: [(CommandLineError, String)] = [
            (.unknownCommand("clasify", suggestion: "classify"), "there is no command 'clasify', did you mean 'classify'?; --help lists all"),
            (.unknownOption("--x", suggestion: nil), "unknown option '--x'; text that begins with a dash goes after --"),
            (.missingValue(option: "--threads", value: "N"), "'--threads' needs a value: --threads N"),
            (.wordIsNotUTF8(index: 3), "argument 3 is not UTF-8 text; give it in a file"),
        ]
        for (error, text) in errors { #expect(error.description == text) }
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
