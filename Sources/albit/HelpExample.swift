import CPlatform

/// Examples of the help texts: lines that work as they stand, pasted into a shell.
enum HelpExample {
    /// Commands on the sample model, which `$model` stands for.
    static func onSample(_ commands: String...) -> String {
        "Example:\n  model=" + sample + "\n" + commands.map { "  albit " + $0 }.joined(separator: "\n")
    }

    /// Commands on a model that is not there before one makes it: `what` names its file and says how it was trained.
    static func with(_ what: String, _ commands: String...) -> String {
        "Example (" + what + "):\n" + commands.map { "  albit " + $0 }.joined(separator: "\n")
    }

    /// The sample model: where `make install` put it, else as seen from the repository.
    static let sample: String = {
        let name = "albert-tiny-sst2"
        var path = [CChar](repeating: 0, count: 4096)
        if platform_executable_path(&path, path.count) {
            let program = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // PREFIX/bin/albit
            let prefix = program.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
                separator: "/")
            let installed = prefix + "/share/albit/" + name
            if installed.withCString({ platform_kind($0) }) == PLATFORM_KIND_DIRECTORY { return installed }
        }
        return "samples/" + name
    }()
}
