import AlbitImporters
import AlbitModel
import AlbitRuntime
import Foundation
import TestData
import Testing

@testable import AlbitQuantizer

extension Golden {
    fileprivate func floats(_ name: String) throws -> [Float] { try #require(try values(name), "\(name)") }
    fileprivate func ids(_ name: String) throws -> [Int32] { try #require(try integers(name)).map { Int32($0) } }
}

/// Gradients through the encoder, against torch's (`gradients.npz`, made by `Scripts/golden-gradients.py`) and against
/// finite differences of our own forward pass.
struct BackpropagationTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().path + "/gradients.npz"
    private static let models = [
        "albert": "base-model", "albert-gelu": "gelu-model", "albert-groups": "g2-model", "bert": "bert-seqcls",
    ]

    private func backpropagation(
        _ name: String, kernel: Kernel = .best, threads: Int = 2
    ) throws -> Backpropagation {
        let folder = try #require(Self.models[name])
        let source = try Importer.open(path: Zoo.directory + "/safetensors/" + folder)
        return Backpropagation(
            weights: try EncoderWeights(source), table: kernel.table.pointee,
            parallel: try Parallel(threads: threads))
    }

    /// All gradients of a golden's sequence and signs, by the golden's names.
    private func gradients(_ b: Backpropagation, _ name: String, _ golden: Golden) throws -> [String: [Float]] {
        let c = b.weights.configuration
        let input = EncoderInput(ids: try golden.ids(name + ".ids"), typeIds: try golden.ids(name + ".types"))
        let signs = try golden.floats(name + ".signs")
        let (states, embedded) = b.forward(input)
        var gradient = FloatRows(rows: signs.count / c.hiddenSize, columns: c.hiddenSize)
        for (i, sign) in signs.enumerated() { gradient.pointer[i] = sign }
        var found: [String: [Float]] = [:]
        func values(_ rows: FloatRows) -> [Float] {
            Array(UnsafeBufferPointer(start: rows.pointer, count: rows.rows * rows.columns))
        }
        for step in stride(from: c.appliedLayers - 1, through: 0, by: -1) {
            let (layer, input) = b.back(step, b.apply(step, states[step]), gradient)
            for (site, key) in [(Site.attentionOutput, "attn_output"), (.ffnUp, "ffn_up"), (.ffnDown, "ffn_down")] {
                found[key + "." + String(step)] = values(try #require(layer.outputs[site]))
            }
            let qkv = try #require(layer.outputs[.attentionQKV])
            let rows = AttentionRows(c)
            for (part, key) in [(AttentionRows.Part.query, "query"), (.key, "key"), (.value, "value")] {
                found[key + "." + String(step)] = (0..<qkv.rows).flatMap { row in
                    (0..<c.numAttentionHeads).flatMap { head in
                        (0..<c.headSize).map { qkv[row][rows.first(head: head, part) + $0] }
                    }
                }
            }
            gradient = input
        }
        found["embeddings"] = values(b.backToEmbeddings(embedded, gradient))
        return found
    }

    @Test(arguments: ["albert", "albert-gelu", "albert-groups", "bert"])
    func torchHasTheSame(_ name: String) throws {
        let golden = try Golden(path: Self.golden)
        let found = try gradients(backpropagation(name), name, golden)
        let names = golden.names.filter {
            $0.hasPrefix(name + ".") && ![".ids", ".types", ".signs"].contains(String($0.dropFirst(name.utf8.count)))
        }
        #expect(names.count == found.count)
        for key in names {
            let expected = try golden.floats(key)
            let values = try #require(found[String(key.dropFirst(name.utf8.count + 1))], "\(key)")
            #expect(values.count == expected.count)
            let error = zip(values, expected).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
            let norm = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
            // float32 against double, through three layers; a key's gradients sum to next to nothing.
            #expect(error <= 1e-10 * norm || error <= 1e-12 * Double(values.count), "\(key): \(error), \(norm)")
        }
    }

    /// The same bytes from every kernel and any number of threads.
    @Test func identity() throws {
        let golden = try Golden(path: Self.golden)
        let expected = try gradients(
            backpropagation("albert", kernel: Kernel(named: "scalar"), threads: 1), "albert", golden)
        for kernel in Kernel.available {
            for threads in [1, 3, 4] {
                #expect(
                    try gradients(backpropagation("albert", kernel: kernel, threads: threads), "albert", golden)
                        == expected)
            }
        }
    }

    /// A slope is what the value changes by, in the middle of a small step.
    @Test(arguments: [HiddenActivation.geluNew, .gelu, .relu]) func slopes(_ activation: HiddenActivation) {
        for i in -60...60 where i != 0 {
            let x = Float(i) / 10
            let (h, slope) = (Float(0.01), ActivationSlope.at(x, activation).slope)
            let rise = ActivationSlope.at(x + h, activation).value - ActivationSlope.at(x - h, activation).value
            // h² / 6 times the third derivative, below 2, and what float32 leaves of a difference of 0.02.
            #expect(abs(rise / (2 * h) - slope) < 1e-4, "\(x)")
        }
    }

    /// The sum over signs of the last state, moved along one value of the first state.
    @Test(arguments: ["albert", "bert"]) func finiteDifferences(_ name: String) throws {
        let b = try backpropagation(name)
        let c = b.weights.configuration
        let golden = try Golden(path: Self.golden)
        let signs = try golden.floats(name + ".signs")
        let states = b.forward(
            EncoderInput(ids: try golden.ids(name + ".ids"), typeIds: try golden.ids(name + ".types"))
        ).states
        let step = c.appliedLayers - 1
        let x = states[step]
        let count = x.rows * x.columns
        func sum() -> Double {
            let last = b.apply(step, x).output.output
            return (0..<count).reduce(0.0) { $0 + Double(signs[$1]) * Double(last.pointer[$1]) }
        }
        let gradient = FloatRows(rows: x.rows, columns: x.columns)
        for i in 0..<count { gradient.pointer[i] = signs[i] }
        let found = b.back(step, b.apply(step, x), gradient).input
        for i in stride(from: 0, to: count, by: 37) {
            let (value, h) = (x.pointer[i], Float(1.0 / 64))
            x.pointer[i] = value + h
            let above = sum()
            x.pointer[i] = value - h
            let difference = (above - sum()) / Double(2 * h)
            x.pointer[i] = value
            // The third derivative over h² / 6, and float32 sums of some 500 values.
            #expect(abs(difference - Double(found.pointer[i])) < 5e-3 * max(1, abs(difference)), "\(i)")
        }
    }
}
