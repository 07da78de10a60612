import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import Foundation
import TestData
import Testing

@Suite struct VectorIndexTests {
    private func vectors(_ count: Int, width: Int) -> [[Float]] {
        var state: UInt32 = 7
        return (0..<count).map { _ in
            SentenceVector.normalized(
                (0..<width).map { _ in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    return Float(Int(state >> 16) - 32768) / 32768
                })
        }
    }

    private func index(_ vectors: [[Float]], path: String, overwrite: Bool = false) throws {
        var writer = VectorIndexWriter(width: vectors[0].count)
        for (i, vector) in vectors.enumerated() { writer.add(Array("text \(i)".utf8), vector) }
        try writer.write(to: path, source: "model mean", overwrite: overwrite)
    }

    @Test func searchFindsWhatAnExactSearchFinds() throws {
        let path = try TestData.temporaryDirectory() + "/some.index"
        let all = vectors(2500, width: 50)
        try index(all, path: path)
        let opened = try VectorIndex(path: path, source: "model mean")
        #expect(opened.count == 2500 && opened.width == 50)
        for query in [0, 1023, 1024, 2499] {
            let exact = all.map { SentenceVector.cosine($0, all[query]) }
            let found = try opened.search(all[query], top: 10, kernel: .best)
            #expect(found.first?.index == query)
            // Steps of 1/127 of the largest value: a cosine moves by less than 0.005.
            #expect(found.allSatisfy { abs($0.score - exact[$0.index]) < 0.005 })
            let tenth = exact.sorted(by: >)[9]
            #expect(found.count == 10 && found.allSatisfy { exact[$0.index] > tenth - 0.01 })
            #expect(opened.texts(found.map(\.index)) == found.map { Array("text \($0.index)".utf8) })
            for kernel in Kernel.available {
                let other = try opened.search(all[query], top: 10, kernel: kernel)
                #expect(other.map(\.index) == found.map(\.index) && other.map(\.score) == found.map(\.score))
            }
        }
    }

    @Test func otherFilesAreRefused() throws {
        let directory = try TestData.temporaryDirectory()
        let path = directory + "/some.index"
        try index(vectors(3, width: 4), path: path)
        #expect(fault { try index(vectors(3, width: 4), path: path) }.isA(.outputExists, path))
        try index(vectors(2, width: 4), path: path, overwrite: true)
        let other = fault { try VectorIndex(path: path, source: "model cls") }
        #expect(other.isA(.indexOtherModel, path, "(model mean, now model cls)"))
        #expect(fault { try VectorIndex(path: directory + "/missing", source: "") }.isA(.fileCannotOpen))
        let bytes = try TestData.bytes(atPath: path)
        for length in stride(from: 0, to: bytes.count - 64, by: 7) {
            let cut = directory + "/cut.index"
            try Data(bytes[..<length]).write(to: URL(filePath: cut))
            #expect(throws: Fault.self) { try VectorIndex(path: cut, source: "model mean") }
        }
    }

    @Test func aVectorOfZerosStaysZero() throws {
        let path = try TestData.temporaryDirectory() + "/zero.index"
        try index([[0, 0, 0], [0, 1, 0]], path: path)
        let found = try VectorIndex(path: path, source: "model mean").search([0, 1, 0], top: 5, kernel: .best)
        #expect(found.map(\.index) == [1, 0])
        #expect(found[1].score == 0)
    }
}
