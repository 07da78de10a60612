import AlbitImporters
import AlbitMaking
import AlbitModel
import AlbitText
import TestData
import Testing

/// What was recovered from a graph is proved by the graph's own arithmetic, and a wrong recovery is refused.
@Suite struct GraphProofTests {
    @Test func theZooIsProved() throws {
        var worst: [RecoveredGraph.Precision: Double] = [:]
        var proved = 0
        for row in Zoo.graphs {
            do {
                let source = try Importer.open(path: row.fullPath)
                guard case .proved(let tokens, let distance)? = try GraphProof.run(source) else {
                    Issue.record("\(row) is not proved: \(try GraphProof.run(source)?.text ?? "no graph")")
                    continue
                }
                let precision = try #require(source.graph).precision
                #expect(tokens >= 8, "\(row)")
                worst[precision] = max(worst[precision] ?? 0, distance)
                proved += 1
            } catch { Issue.record("\(row): \(error)") }
        }
        print("proof: \(proved) of \(Zoo.graphs.count) graphs of the zoo, worst \(worst)")
        #expect(proved == Zoo.graphs.count && proved >= 59)
    }

    @Test(arguments: ["v1.tar.gz", "frozen.pb.gz", "v2.tar.gz", "float16.tflite.gz", "int8.tflite.gz"])
    func tensorFlowIsProved(file: String) throws {
        let source = try Importer.open(path: TestData.directory + "/tensorflow/" + file)
        let outcome = try #require(try GraphProof.run(source))
        print("proof, \(file): \(outcome.text)")
        guard case .proved = outcome else {
            Issue.record("\(file): \(outcome.text)")
            return
        }
    }

    /// A source as bits, to see whether a mistake touched it.
    private struct Content: Equatable {
        var parameters: [Parameter: [UInt32]] = [:]
        var operations: [String] = []
        var configuration: Configuration

        init(_ source: AlbertSource) throws {
            configuration = source.configuration
            for name in source.parameters { parameters[name] = try source.values(of: name).map(\.bitPattern) }
            operations = source.graph?.graph.nodes.map { "\($0.operation)" } ?? []
        }
    }

    /// Every mistake in the matcher or in a lowering, on every graph that it touches, ends in a refusal.
    @Test(arguments: GraphSabotage.allCases)
    func mistakesAreCaught(mistake: GraphSabotage) throws {
        var touched = 0
        var disproved = 0
        for row in Zoo.graphs {
            let original = try Content(Importer.open(path: row.fullPath))
            var options = ImportOptions()
            options.sabotage = mistake
            do {
                let source = try Importer.open(path: row.fullPath, options: options)
                guard try Content(source) != original else { continue }
                // The two forms of GELU may be closer to each other than the bound of rounded weights.
                if mistake == .activationSwapped, source.graph.map(GraphProof.bound) != 1e-4 { continue }
                touched += 1
                let outcome = try GraphProof.run(source)
                Issue.record("\(row) with \(mistake) is taken: \(outcome?.text ?? "no graph")")
            } catch let fault as Fault {
                // Where the matcher finds no encoder any more, it says so.
                if fault.code == .graphDisproved { disproved += 1 } else { touched += 1 }
            }
        }
        print("proof, \(mistake): \(touched) graphs touched, \(disproved) disproved, the others not recognised")
        #expect(touched >= 3)
    }
}
