import AlbitText
import Foundation
import Testing

/// The library lives in hosts that may have set a locale in which the decimal point is a comma.
@Suite struct LocaleTests {
    /// Runs `body` in a locale of commas, made for it by the C library's own compiler, so that none has to be
    /// installed.
    private func withDecimalComma(_ body: () throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "albit-locale-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\nEND LC_NUMERIC\n"
        try Data(source.utf8).write(to: folder.appending(path: "source"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Forced (-c), since the other categories are left out; ASCII, which it knows without Debian's `locales`.
        process.arguments = [
            "localedef", "-c", "-f", "ANSI_X3.4-1968", "-i", folder.path + "/source", folder.path + "/xx_XX",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        setenv("LOCPATH", folder.path, 1)
        defer {
            setlocale(LC_NUMERIC, "C")
            unsetenv("LOCPATH")
        }
        try #require(setlocale(LC_NUMERIC, "xx_XX") != nil)
        // The C library reads a comma now: what follows would show.
        try #require(strtod("1,5", nil) == 1.5 && strtod("1.5", nil) == 1)
        try body()
    }

    @Test func numbersHavePointsInEveryLocale() throws {
        try withDecimalComma { () throws in
            for (text, value) in [
                ("1.5", 1.5), ("-0.0625", -0.0625), ("6.02214076e23", 6.02214076e23),
                ("5e-324", Double.leastNonzeroMagnitude),
                ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
            ] {
                #expect(DecimalText.double(text) == value)
                let parsed = try JSONValue(parsing: text)
                #expect(parsed.double == value)
            }
            #expect(DecimalText.double("1,5") == nil)
            #expect(DecimalText.fixed(1234.5678, digits: 3) == "1234.568")
            #expect(String(describing: Float(0.1)) == "0.1" && String(describing: 1e-7) == "1e-07")
            #expect(Double("2.75") == 2.75 && Double("2,75") == nil)
        }
    }
}
