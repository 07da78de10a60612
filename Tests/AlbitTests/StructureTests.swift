import Foundation
import Testing

/// The house as CONTRIBUTING.md draws it.
@Suite struct StructureTests {
    /// Targets from the ground up: each imports only from rows below its own.
    static let floors: [[String]] = [
        ["CPlatform", "CKernels", "CProtobufC", "CZlib", "CAlbit"], ["CSchemas", "AlbitText"], ["AlbitModel"],
        ["AlbitTokenizers"],
        ["AlbitRuntime"], ["AlbitTasks"], ["AlbitC", "AlbitCommands", "AlbitImporters", "AlbitQuantizer"],
        ["AlbitDrift", "AlbitExporters"], ["AlbitMaking"], ["AlbitLibrary"], ["albit", "albit-board"],
    ]
    static let runTimeRing = [
        "AlbitText", "AlbitModel", "AlbitTokenizers", "AlbitRuntime", "AlbitTasks", "AlbitC", "AlbitCommands",
        "albit-board",
    ]
    /// Made by tools, or tables.
    static let generated = [
        "sentencepiece_model.pb-c.c", "sentencepiece_model.pb-c.h", "UnicodeTables.swift", "LibraryTables.swift",
    ]

    private func files(_ folders: [String], _ endings: [String]) throws -> [String] {
        try folders.flatMap { folder in
            try #require(FileManager.default.subpaths(atPath: Toolchain.repository.path + "/" + folder), "\(folder)")
                .filter { path in endings.contains { path.hasSuffix($0) } && !path.contains(".build") }.map {
                    folder + "/" + $0
                }
        }
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOfFile: Toolchain.repository.path + "/" + file, encoding: .utf8)
    }

    @Test func noFileIsLong() throws {
        let endings = [".swift", ".c", ".h", ".py", ".sh", ".md"]
        for file in try files(["Sources", "Tests", "Scripts", "Benchmarks", "formats", "samples"], endings) {
            if Self.generated.contains(where: { file.hasSuffix("/" + $0) }) || file.contains("pb-c") { continue }
            let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 400, "\(file) has \(lines) lines")
        }
    }

    @Test func arrowsPointDown() throws {
        var floor: [String: Int] = [:]
        for (number, targets) in Self.floors.enumerated() { for target in targets { floor[target] = number } }
        let present = try FileManager.default.contentsOfDirectory(atPath: Toolchain.repository.path + "/Sources")
        #expect(Set(present) == Set(floor.keys))
        let manifest = try text("Package.swift")
        for file in try files(["Sources"], [".swift"]) {
            let target = String(file.split(separator: "/")[1])
            for module in try text(file).matches(of: /(?m)^(?:[a-z]+ )?import (\w+)/).map({ String($0.1) }) {
                #expect(module != "Foundation" && module != "Glibc", "\(file)")
                guard let below = floor[module == "Albit" ? "AlbitLibrary" : module] else {
                    #expect(
                        !Self.runTimeRing.contains(target),
                        "\(file) imports \(module); boards have nothing but Albit's own targets")
                    continue
                }
                #expect(try below < #require(floor[target]), "\(file) imports \(module)")
                let name = target == "AlbitLibrary" ? "Albit" : target
                let declaration = try #require(
                    manifest.firstMatch(
                        of: try Regex("name: \"\(name)\",\\s*(?:path: \"[^\"]*\",\\s*)?dependencies: \\[([^\\]]*)\\]")),
                    "\(name)")
                #expect(
                    String(declaration[1].substring ?? "").contains("\"\(module)\""),
                    "Package.swift: \(name) does not declare \(module)")
            }
        }
    }

    /// The importers' folders from the ground up. A file uses types of its own folder and of lower floors; folders on
    /// one floor know nothing of each other.
    static let importerFloors: [[String]] = [
        ["Bytes"], ["Tensors"], ["Checkpoints"], ["Graphs"], ["Graphs/Interpreter"], ["Graphs/Matching"],
        ["Canonical"], ["Adapters", "Sentences", "Tokenizers"], ["Vocabulary"], ["Import"],
    ]

    @Test func importersStandOnFloors() throws {
        let root = "Sources/AlbitImporters/"
        var code: [String: String] = [:]
        var home: [String: String] = [:]
        for file in try files([String(root.dropLast())], [".swift"]) {
            let bare = try text(file).replacing(/\/\/.*/, with: "").replacing(/"(?:\\.|[^"\\\n])*"/, with: "")
            let folder = file.dropFirst(root.count).split(separator: "/").dropLast().joined(separator: "/")
            code[file] = bare
            for type in bare.matches(
                of: /(?m)^(?:package |final |indirect )*(?:struct|class|enum|protocol|typealias) (\w+)/)
            { home[String(type.1)] = folder }
        }
        #expect(home.count > 100)
        var floor: [String: Int] = [:]
        for (number, folders) in Self.importerFloors.enumerated() { for name in folders { floor[name] = number } }
        #expect(Set(home.values) == Set(floor.keys))
        for (file, bare) in code {
            let folder = file.dropFirst(root.count).split(separator: "/").dropLast().joined(separator: "/")
            for word in Set(bare.matches(of: /\b[A-Z]\w+/).map { String($0.0) }) {
                guard let other = home[word], other != folder else { continue }
                #expect(try #require(floor[other]) < #require(floor[folder]), "\(file) uses \(word) of \(other)")
            }
        }
    }

    /// What Package.swift declares is imported, and what is imported is declared: of every target of Swift files.
    @Test func dependenciesAreThoseThatAreImported() throws {
        let manifest = try text("Package.swift")
        let declaration = try Regex(
            #"\.(target|executableTarget|testTarget)\(\s*name: "([\w-]+)"([^\n]*(?:\n {12}[^\n]*)*)"#)
        let targets = manifest.matches(of: declaration).map { match in (1...3).map { String(match[$0].substring ?? "") }
        }
        try #require(targets.count > 30)
        let programs = targets.filter { $0[0] == "executableTarget" }.map { $0[1] }
        let known = Set(targets.map { $0[1] } + ["ArgumentParser", "CZlib", "CProtobufC", "CLibFuzzer"])
        var compared = 0
        for target in targets {
            let (kind, name, rest) = (target[0], target[1], target[2])
            let list =
                try rest.firstMatch(of: Regex(#"dependencies: \[([^\]]*)\]"#)).map { String($0[1].substring ?? "") }
                ?? ""
            var declared = Set(list.matches(of: /"([\w-]+)"/).map { String($0.1) }).subtracting([
                "swift-argument-parser"
            ])
            // Tests run the programs, which then have to be built.
            if kind == "testTarget" { declared.subtract(programs) }
            let folder =
                rest.firstMatch(of: /path: "([^"]*)"/).map { String($0.1) }
                ?? (kind == "testTarget" ? "Tests/" : "Sources/") + name
            let sources = try files([folder], [".swift"])
            if sources.isEmpty { continue }
            var imported: Set<String> = []
            for file in sources {
                for match in try text(file).matches(of: /(?m)^(?:@\w+ )?(?:[a-z]+ )?import (?:struct |enum )?(\w+)/) {
                    imported.insert(String(match.1))
                }
            }
            imported.formIntersection(known)
            #expect(declared == imported, "\(name): \(declared.symmetricDifference(imported).sorted())")
            compared += 1
        }
        #expect(compared > 25)
    }

    /// Types that other targets see have one meaning. Commands and the public library speak a person's language, and
    /// so use names of the run time again.
    @Test func noTypeIsDefinedTwice() throws {
        var places: [String: [String]] = [:]
        for file in try files(["Sources"], [".swift"])
        where !file.hasPrefix("Sources/albit") && !file.hasPrefix("Sources/AlbitLibrary") {
            for type in try text(file).matches(
                of: /(?m)^package (?:final |indirect )*(?:struct|class|enum|protocol|typealias) (\w+)/)
            {
                places[String(type.1), default: []].append(file)
            }
        }
        #expect(places.count > 100)
        for (type, files) in places where files.count > 1 { Issue.record("\(type) in \(files)") }
    }

    /// Ten lines in a row that stand in two places are one thing too many.
    @Test func noTenLinesStandTwice() throws {
        var seen: [String: String] = [:]
        for file in try files(["Sources"], [".swift", ".c", ".h"]) where !file.contains("pb-c") {
            if Self.generated.contains(where: { file.hasSuffix("/" + $0) }) { continue }
            let lines = try text(file).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0.count > 3 && !$0.hasPrefix("//") && !$0.hasPrefix("import ") && !$0.hasPrefix("#") }
            for start in lines.indices.dropLast(9) {
                let block = lines[start..<(start + 10)].joined(separator: "\n")
                if let other = seen[block], other != file {
                    Issue.record("\(file) and \(other):\n\(block)")
                    break
                }
                seen[block] = file
            }
        }
    }

    /// Pages are whole: every link leads somewhere.
    @Test func linksLeadSomewhere() throws {
        let pages =
            ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "Python/README.md"]
            + (try files(["formats", "samples", "Benchmarks", "Sources"], [".md"]))
        for page in pages {
            let folder = Toolchain.repository.appending(path: page).deletingLastPathComponent()
            for link in try text(page).matches(of: /\]\(([^)#]+)(?:#[^)]*)?\)/).map({ String($0.1) })
            where !link.contains("://") {
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: link).path), "\(page): \(link)")
            }
        }
    }
}
