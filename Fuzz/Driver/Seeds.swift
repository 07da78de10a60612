import AlbitImporters
import AlbitModel
import AlbitQuantizer
import AlbitRuntime
import AlbitTokenizers
import FuzzTargets
import Glibc

/// The corpora to begin with: files of the zoo by the parser that reads them, and small ones made on the spot.
struct Seeds {
    let zoo: String
    let samples: String
    let output: String
    /// Larger files make every execution slow and are mostly numbers.
    private let limit = 420_000

    func write() throws {
        mkdir(output, 0o777)
        for target in FuzzTarget.all { mkdir(output + "/" + target.name, 0o777) }
        for path in FileContent.all(below: zoo) where !path.contains("/golden/") {
            guard let bytes = FileContent.read(path), !bytes.isEmpty, bytes.count <= limit else { continue }
            let name = String(path.dropFirst(zoo.count + 1)).split(separator: "/").joined(separator: "_")
            for target in targets(of: path) { add(bytes, target, name) }
            try derived(path, bytes, name)
        }
        try goldens()
        try models()
        texts()
    }

    private func add(_ bytes: [UInt8], _ target: String, _ name: String) {
        FileContent.write(bytes, to: "\(output)/\(target)/\(name)")
    }

    /// By name, as the zoo names its files.
    private func targets(of path: String) -> [String] {
        let table: [(String, [String])] = [
            (".safetensors", ["safetensors"]), (".bin", ["torch-zip", "torch-legacy", "zip"]),
            (".pt", ["torch-zip", "zip"]),
            (".pt2", ["torch-zip", "zip"]), (".msgpack", ["msgpack"]), (".h5", ["hdf5"]), (".tar.gz", ["gzip"]),
            (".index", ["sstable"]),
            ("model.ckpt", ["sstable"]), ("index.json", ["shard-index", "json"]),
            ("config.json", ["configuration", "json"]),
            ("tokenizer.json", ["tokenizer-json", "pruned-tokenizer"]), ("tokenizer_config.json", ["tokenizer-config"]),
            ("vocab.txt", ["vocabulary"]),
            (".model", ["sentencepiece", "pruned-tokenizer"]), (".onnx", ["onnx"]), ("saved_model.pb", ["saved-model"]),
            (".pb", ["graph-def"]), (".tflite", ["tflite"]),
        ]
        var found: [String] = []
        for (suffix, targets) in table where path.hasSuffix(suffix) { found += targets }
        // Damage that reaches every layer, for the whole importer.
        if path.contains("/bad/") || path.contains("base-model") { found.append("import") }
        return found.filter { FuzzTarget.named($0) != nil }
    }

    /// What lies inside: pickles, blocks, unpacked archives.
    private func derived(_ path: String, _ bytes: [UInt8], _ name: String) throws {
        if path.hasSuffix(".bin") || path.hasSuffix(".pt"),
            let archive = try? ZipArchive(MemoryBytes(bytes, path: path))
        {
            for entry in archive.entries where entry.name.hasSuffix(".pkl") {
                if let pickle = try? archive.allBytes(entry.name, limit: 1 << 20) {
                    add(pickle, "pickle", name + "_" + entry.name.split(separator: "/").joined(separator: "_"))
                }
            }
        }
        if path.hasSuffix(".index"), let block = try? TableForm.block(of: bytes) { add(block, "bundle-entries", name) }
        if path.hasSuffix(".tar.gz") {
            let stream = InflatedBytes(gzip: MemoryBytes(bytes, path: path))
            if (try? stream.readToEnd()) != nil, stream.count < limit {
                add(try stream.allBytes(what: "the tar", limit: limit), "tar", name)
            }
            // A raw stream: what follows the ten bytes of the header, after the length it is to have.
            if bytes.count > 30, bytes[3] == 0 { add([0x40, 0x00] + bytes[10..<30] + bytes[30...], "inflate", name) }
        }
    }

    /// Arrays of the golden files.
    private func goldens() throws {
        for path in FileContent.all(below: zoo + "/golden").prefix(6) where path.hasSuffix(".npz") {
            guard let bytes = FileContent.read(path) else { continue }
            if bytes.count < 1 << 16 { add(bytes, "npz", String(path.split(separator: "/").last ?? "golden")) }
            let archive = try ZipArchive(MemoryBytes(bytes, path: path))
            for entry in archive.entries.prefix(4) where entry.size < 1 << 14 {
                if let array = try archive.allBytes(entry.name, limit: 1 << 14) { add(array, "npy", entry.name) }
            }
        }
    }

    /// Model files of a model of a few numbers, with and without a tokenizer, and an index.
    private func models() throws {
        add(SmallModel.safetensors(), "safetensors", "small")
        add(SmallModel.configuration, "configuration", "small")
        for target in ["sentencepiece", "pruned-tokenizer"] { add(SmallTokenizer.sentencePiece(), target, "small") }
        let folder = output + "/small-model"
        mkdir(folder, 0o777)
        FileContent.write(SmallModel.safetensors(), to: folder + "/model.safetensors")
        FileContent.write(SmallModel.configuration, to: folder + "/config.json")
        for (name, preset, tokenizer) in [
            ("none", Preset.plain, nil), ("packed", .plain, nil), ("calibrated", .default, nil),
            ("word-piece", .plain, try SmallTokenizer.wordPiece()), ("unigram", .plain, try SmallTokenizer.unigram()),
        ] {
            let path = "\(folder)/\(name).gguf"
            let source = try Importer.open(path: folder)
            var request = QuantizationRequest()
            request.preset = preset
            request.calibration = preset.isCalibrated ? [EncoderInput(ids: [0, 1, 2])] : []
            if name == "packed" { request.embeddingBits = 5 }
            request.card.name = "small"
            if let tokenizer { request.writeTokenizer = { Tokenizer(tokenizer).tables.write(to: &$0) } }
            try Quantizer(source: source, request: request).write(to: path, overwrite: true).finish()
            guard let bytes = FileContent.read(path) else { continue }
            for target in ["gguf", "model-file", "model-tokenizer"] { add(bytes, target, name) }
        }
        var index = VectorIndexWriter(width: 8)
        for i in 0..<5 { index.add(Array("text \(i)".utf8), (0..<8).map { Float($0 * i % 5) - 2 }) }
        try index.write(to: folder + "/index.gguf", source: "", overwrite: true)
        if let bytes = FileContent.read(folder + "/index.gguf") {
            for target in ["gguf", "vector-index"] { add(bytes, target, "index") }
        }
    }

    private func texts() {
        let tables = [
            "text\tpair\tlabel\nHello\tthere\t1\n\u{E9}\t\t0\n",
            "text,label\n\"a \"\"quoted\"\", one\",yes\r\nplain,no\n",
            "{\"text\": \"a\", \"label\": 1}\n{\"ids\": [2, 5, 3], \"typeIds\": [0, 0, 0]}\n",
            "ids\ttypeIds\n2 5 3\t0 0 0\n", "\u{FEFF}text\na\n",
            "[{\"words\": [\"a\", \"b\"], \"tags\": [\"O\", \"2\"]}, {\"words\": \"a\"}]",
            "# a\n1\ta\tO\n2\tb\tB-x\n\n1\tc\tO\n",
            """
            {"data": [{"paragraphs": [{"context": "c", "qas": [{"question": "q", "answers": [{"text": "c"}]}]}]}]}
            """,
            "text\tchoice0\tchoice1\tlabel\na\tb\tc\t1\n", "text\tpositive\t2\tO\na\t1\t0\t1\n",
        ]
        for (i, text) in tables.enumerated() {
            add(Array(text.utf8), "data-file", "table-\(i)")
            add(Array(text.utf8), "line-request", "table-\(i)")
            for kind in 0..<UInt8(42) { add([kind] + Array(text.utf8), "text-table", "table-\(i)-\(kind)") }
        }
        for path in FileContent.all(below: samples)
        where path.hasSuffix(".tsv") || path.hasSuffix(".jsonl") || path.hasSuffix(".csv") {
            if let bytes = FileContent.read(path) {
                add(Array(bytes.prefix(4096)), "data-file", String(path.split(separator: "/").last ?? "sample"))
            }
        }
        for (i, text) in [
            #"{"a": [1, -2.5e3, true, null, "\u00e9\ud83d\ude00\n"]}"#, "[[[[]]]]", "12345678901234567890", "1e-400",
        ].enumerated() {
            add(Array(text.utf8), "json", "text-\(i)")
        }
        for (i, text) in ["Hello, World 1, ``", "Ｆｕｌｌ e\u{301} ﬁ Σ", "東京 👩‍👩‍👧", "[MASK] <pad>"].enumerated() {
            add([0] + Array(text.utf8), "text", "word-piece-\(i)")
            add([1] + Array(text.utf8), "text", "unigram-\(i)")
            add([4] + Array(text.utf8), "text", "pipeline-\(i)")
            add([5] + Array(text.utf8), "text", "byte-pairs-\(i)")
        }
        add([8, 20] + Array("abcdefgh".utf8), "snappy", "literal")
        add([12, 0x0C, 0x61, 0x62, 0x63, 0x64, 0x15, 0x04], "snappy", "copy")
    }
}
