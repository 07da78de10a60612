import AlbitModel
import AlbitText

/// A BERT in the GGUF file that llama.cpp's converter writes: its tensors are named as Albit's, its keys say less.
///
/// Sources: llama.cpp, gguf-py/gguf/constants.py (keys and names) and convert_hf_to_gguf.py, class BertModel (what
/// becomes of a vocabulary). The models that are published this way have the erf GELU of their originals; llama.cpp
/// itself computes the tanh form.
package struct LlamaGGUF {
    let gguf: GGUF
    let file: any ByteSource
    let options: ImportOptions

    private static let maxTokens = 1 << 22

    /// Whether a file is a BERT of floats by another program.
    package static func matches(_ gguf: GGUF) -> Bool {
        guard gguf["albit.format_version"] == nil, let architecture = try? gguf.string("general.architecture") else {
            return false
        }
        return architecture == "bert"
    }

    func source() throws(Fault) -> AlbertSource {
        let path = file.path
        func number(_ key: String) throws(Fault) -> Int {
            try gguf.required("bert." + key, gguf.integer("bert." + key))
        }
        func rows(_ name: String) -> Int? { gguf.tensor(name)?.shape.last }
        let layers = try number("block_count")
        let epsilon = "bert.attention.layer_norm_epsilon"
        let width = try number("embedding_length")
        let words = rows("token_embd.weight") ?? 0
        let configuration = Configuration(
            architecture: .bert, vocabSize: words, embeddingSize: width, hiddenSize: width,
            intermediateSize: try number("feed_forward_length"), numAttentionHeads: try number("attention.head_count"),
            numHiddenLayers: layers, numHiddenGroups: layers, hiddenAct: .gelu,
            maxPositionEmbeddings: rows("position_embd.weight") ?? 0, typeVocabSize: rows("token_types.weight") ?? 0,
            layerNormEps: Float(try gguf.required(epsilon, gguf.float(epsilon))))
        if let problem = configuration.problem { throw Fault(.modelBadConfiguration, in: path, problem) }

        if case .bool(true)? = gguf["bert.attention.causal"] {
            throw Fault(
                .importOtherFamily, in: path, at: "'bert.attention.causal'", "is true",
                expected: "an encoder, whose tokens see all others", advice: ModelFamily.advice)
        }

        var report = ImportReport(
            path: path, format: "GGUF", writer: "llama.cpp", naming: "llama.cpp", configuration: .file("its own keys"))
        report.fileBytes = file.count
        report.notes.append("the activation is not stored: taken for the erf GELU of the published models")
        let names = Dictionary(
            uniqueKeysWithValues: Parameter.required(configuration).map { ($0.tensorName.text, $0) })
        var parameters: [Parameter: any LazyTensor] = [:]
        for tensor in gguf.tensors {
            let parameter = names[tensor.name]
            let stored = FloatGGUF.stored(tensor, file, nil)
            report.tensors.append(
                ImportReport.Tensor(
                    name: tensor.name, dtype: tensor.type.name, shape: stored.shape, bytes: tensor.byteCount,
                    parameter: parameter))
            if let parameter {
                parameters[parameter] = stored
            } else if tensor.name.hasPrefix("blk.") {
                throw Fault(
                    .importOtherFamily, in: path, at: "tensor '\(tensor.name)'",
                    "is part of the transformer and of no BERT", advice: ModelFamily.advice)
            } else {
                report.ignored.append(IgnoredTensor(name: tensor.name, reason: "no part of a BERT encoder"))
            }
        }
        var card = ModelCard()
        switch try gguf.integer("bert.pooling_type") {
        case 1?: card.sentence = SentencePipeline(poolings: [.mean])
        case 2?: card.sentence = SentencePipeline(poolings: [.cls])
        case 3?: card.sentence = SentencePipeline(poolings: [.lastToken])
        case 0?, nil: report.notes.append("the file names no pooling: vectors are the mean where no --pooling is given")
        case let other?:
            throw Fault(
                .importOtherFamily, in: path, at: "'bert.pooling_type'", "is \(other), which Albit does not compute",
                expected: "0 to 3 (none, mean, cls, last)", advice: "give the checkpoint that the file was made from")
        }
        let tokenizer = options.tokenizer == nil ? try vocabulary() : try Neighbours(tree: nil).tokenizerFiles(options)
        return try AlbertSource(
            configuration: configuration, parameters: parameters, card: card, tokenizerFiles: tokenizer, report: report,
            files: [file],
            nameInSource: { [$0.tensorName.text] })
    }

    /// The vocabulary as it was before the converter: a mark before pieces that begin a word stands for no mark, and no
    /// mark for `##`.
    private func vocabulary() throws(Fault) -> [TokenizerFile] {
        guard try gguf.string("tokenizer.ggml.model") == "bert", let tokens = try gguf.strings("tokenizer.ggml.tokens")
        else { return [] }
        var isControl = [Bool](repeating: false, count: tokens.count)
        if let types = try gguf.array("tokenizer.ggml.token_type"),
            types.elementType == .int32 || types.elementType == .uint32
        {
            for index in 0..<min(types.count, tokens.count) {
                isControl[index] = types.bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self) == 3
            }
        }
        guard tokens.count <= LlamaGGUF.maxTokens else { return [] }
        var lines: [UInt8] = []
        let mark = Array("\u{2581}".utf8)
        for (index, token) in tokens.enumerated() {
            let bytes = Array(token.utf8)
            if isControl[index] {
                lines += bytes
            } else if bytes.starts(with: mark) {
                lines += bytes.dropFirst(mark.count)
            } else {
                lines += Array("##".utf8) + bytes
            }
            lines.append(0x0A)
        }
        return [TokenizerFile(name: "vocab.txt", path: file.path + "(tokenizer.ggml.tokens)", bytes: lines)]
    }
}
