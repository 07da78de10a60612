import Foundation
import TestData

/// Cases that Scripts/golden-tasks.py wrote with transformers.
struct GoldenCases<Case: Decodable>: Decodable {
    let tool: String
    let cases: [Case]

    static func read(_ name: String) throws -> [Case] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data/" + name + ".json")
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path)).cases
    }
}

/// Scores of float32 arithmetic in another order of sums: far below what changes an answer.
let tolerance: Float = 1e-4

func isClose(_ a: [Float], _ b: [Float], within bound: Float = tolerance) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= bound }
}
