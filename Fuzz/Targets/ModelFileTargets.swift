import AlbitCommands
import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

extension FuzzTarget {
    static let modelFiles: [FuzzTarget] = [
        FuzzTarget("gguf") { bytes in
            let gguf = try GGUF(file: MappedFile(path: FuzzFile.shared.holding(bytes)))
            for entry in gguf.metadata.prefix(256) {
                // Whatever the type is: each reader says so or gives the value.
                do throws(Fault) { _ = try gguf.integer(entry.key) } catch {}
                do throws(Fault) { _ = try gguf.string(entry.key) } catch {}
                do throws(Fault) { _ = try gguf.strings(entry.key) } catch {}
                do throws(Fault) { _ = try gguf.integers(entry.key) } catch {}
            }
            for tensor in gguf.tensors.prefix(256) { _ = gguf.bytes(of: tensor).last }
        },
        // A whole model: opened, its tokenizer used, and a few ids encoded.
        FuzzTarget("model-file") { bytes in
            let file = try ModelFile(path: FuzzFile.shared.holding(bytes))
            let weights = try EncoderWeights(file)
            let session = try Session(weights: weights, kernel: Kernel.best, threads: 1)
            _ = try session.encode([EncoderInput(ids: [2, 5, 3])])[0].lastHiddenState
        },
        FuzzTarget("model-tokenizer") { bytes in
            try encode(TokenizerTables.read(GGUF(file: MappedFile(path: FuzzFile.shared.holding(bytes)))))
        },
        FuzzTarget("vector-index") { bytes in
            let index = try VectorIndex(path: FuzzFile.shared.holding(bytes), source: "")
            _ = try index.search([Float](repeating: 0.5, count: index.width), top: 4, kernel: Kernel.best)
        },
    ]
}
