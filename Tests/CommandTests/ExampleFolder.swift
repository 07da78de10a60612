import Foundation
import TestData

/// A folder as a reader of the documentation has it: the samples, `albit` in PATH, and nothing else but models and
/// texts that an example names.
struct ExampleFolder {
    let path: String

    /// Files that are not made by the examples themselves: name and content.
    private static let texts = [
        "book.txt": "It was a dark night. Mary Shelley wrote the book in 1818.\n",
        "dev.tsv": "text\tlabel\na charming film\tPOSITIVE\nbleak and desperate\tNEGATIVE\n",
    ]

    /// - Parameter models: name and file of models that examples name.
    init(models: [String: String]) throws {
        path = try TestData.temporaryDirectory()
        let manager = FileManager.default
        try manager.createDirectory(atPath: path + "/.bin", withIntermediateDirectories: true)
        for program in [BuiltProgram.desktop, .board] {
            try manager.createSymbolicLink(
                atPath: path + "/.bin/" + program.url.lastPathComponent, withDestinationPath: program.url.path)
        }
        try manager.createSymbolicLink(atPath: path + "/samples", withDestinationPath: TestData.samples)
        for (name, file) in models {
            try manager.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: file)
        }
        for (name, text) in Self.texts { try Data(text.utf8).write(to: URL(filePath: path + "/" + name)) }
    }

    /// The models that examples of the help name: untrained ones of the zoo with the right heads.
    static func models() throws -> [String: String] {
        let folder = try TestData.temporaryDirectory()
        var models: [String: String] = [:]
        for (name, model) in [
            "ner.gguf": "safetensors/base-tokcls", "squad.gguf": "safetensors/base-qa",
            "albert.gguf": "safetensors/base-pretraining",
            "swag.gguf": "safetensors/base-mc",
        ] {
            let outcome = try BuiltProgram.desktop.run([
                "quantize", Zoo.directory + "/" + model, "--tokenizer", Zoo.directory + "/tokenizers/hf/tokenizer.json",
                "-o",
                folder + "/" + name, "--preset", "plain",
            ])
            guard outcome.code == 0 else {
                throw CocoaError(.fileReadUnknown, userInfo: [NSLocalizedDescriptionKey: outcome.errors])
            }
            models[name] = folder + "/" + name
        }
        return models
    }

    /// Runs a shell script here; output and errors together, as a terminal shows them.
    func run(_ script: String) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: path)
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = path + "/.bin:" + (environment["PATH"] ?? "/usr/bin:/bin")
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try BuiltProgram.start(process)
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
