import Foundation
import TestData
import Testing

@testable import AlbitDrift

/// `make test-page`: the only test that needs a browser.
struct ReportPageInBrowserTests {
    /// Three frames of the page in a browser: none is wider than it may be, and the console stays silent.
    @Test(arguments: [[], [Gate.maxDrop(0.2)], [.maxDrop(1), .maxError(0.1)]])
    func fitsPhonesAndDesktopsInABrowser(gates: [Gate]) throws {
        let page = ReportPageTests.page(gates, command: "albit verify " + String(repeating: "x", count: 400))
        let source = page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
        let frames = [360, 800, 1400].map { "<iframe width=\"\($0)\" height=\"900\" srcdoc=\"\(source)\"></iframe>" }
            .joined()
        let probe = """
            <!doctype html><meta charset="utf-8"><body>\(frames)<script>
            addEventListener("load", () => {
              const widths = [...document.querySelectorAll("iframe")].map(frame => {
                const root = frame.contentDocument.documentElement
                return root.clientWidth + ":" + root.scrollWidth + ":" + \
                frame.contentDocument.querySelectorAll("svg").length
              })
              document.title = "widths " + widths.join(" ")
            })
            </script></body>
            """
        let directory = try TestData.temporaryDirectory()
        try Data(probe.utf8).write(to: URL(filePath: directory + "/probe.html"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            "--user-data-dir=" + directory + "/profile",
            "--dump-dom", "file://" + directory + "/probe.html",
        ]
        // To files: a pipe that nobody reads would stall the browser.
        let (output, log) = (directory + "/dom", directory + "/log")
        for path in [output, log] { try Data().write(to: URL(filePath: path)) }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: log))
        try process.run()
        process.waitUntilExit()
        let dom = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
        let console = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
        let title = try #require(
            dom.firstMatch(of: /<title>widths ([0-9: ]+)<\/title>/), "the browser did not run: \(console.suffix(500))")
        let widths = title.1.split(separator: " ").map { $0.split(separator: ":").compactMap { Int($0) } }
        #expect(widths.count == 3)
        for (frame, asked) in zip(widths, [360, 800, 1400]) {
            try #require(frame.count == 3)
            // A scroll bar takes at most 20 pixels of the frame.
            #expect(frame[0] > asked - 20 && frame[0] <= asked)
            #expect(frame[1] <= frame[0], "\(frame[1]) pixels wide in a frame of \(frame[0])")
            #expect(frame[2] == 4)
        }
        #expect(!console.contains("CONSOLE"), "\(console)")
    }
}
