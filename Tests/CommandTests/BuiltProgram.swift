import Foundation

/// `albit` or `albit-board` as built beside these tests.
struct BuiltProgram {
    let url: URL

    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
        /// Output without the end of its last line, split into lines.
        var lines: [String] {
            output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }

    static let desktop = BuiltProgram("albit")
    static let board = BuiltProgram("albit-board")

    /// The trained model in samples/.
    static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("samples/albert-tiny-sst2").path

    /// Another program of this machine.
    init(path: String) { url = URL(fileURLWithPath: path) }

    init(_ name: String) {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        url = tests.deletingLastPathComponent().appendingPathComponent(name)
    }

    /// Starts a process that gets signals: a child inherits the mask of the thread that makes it, and the threads
    /// that tests run on block all.
    static func start(_ process: Process) throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// Runs to the end, with a limit of its address space where one is given. Output is read while it runs, so that
    /// the pipe never fills; errors go to a file.
    func run(_ arguments: [String], input: String = "", addressSpaceKiB: Int? = nil) throws -> Outcome {
        let process = Process()
        if let addressSpaceKiB {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -v \(addressSpaceKiB) && exec \"$0\" \"$@\"", url.path] + arguments
        } else {
            process.executableURL = url
            process.arguments = arguments
        }
        let output = Pipe()
        process.standardOutput = output
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let errors = file.appendingPathExtension("errors")
        try Data(input.utf8).write(to: file)
        try Data().write(to: errors)
        defer { for url in [file, errors] { try? FileManager.default.removeItem(at: url) } }
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardError = try FileHandle(forWritingTo: errors)
        try Self.start(process)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
