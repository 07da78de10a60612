import AlbitModel
import AlbitText

/// Reads the GGUF files of floats that `albit convert` writes. Layout: formats/gguf-albert.md.
enum FloatGGUF: SourceReader {
    static let formatName = "GGUF"
    static let takesAdapters = false

    /// Bytes of one file that is carried along; as much as is read of a tokenizer beside a checkpoint.
    static let maxFileBytes = 64 << 20
    static let maxFiles = 64

    static func matches(_ start: FileStart) -> FormatMatch { start.has("GGUF") ? .certain : .no }

    static func read(_ given: ImportedFile) throws(Fault) -> AlbertSource {
        let (file, options) = (given.file, given.options)
        guard file is FileBytes else {
            throw Fault(
                .ggufInsideArchive, in: file.path, "is a GGUF file inside an archive",
                advice: "unpack it first, it is read through a mapping")
        }
        let gguf = try GGUF(file: MappedFile(path: file.path))
        if LlamaGGUF.matches(gguf) { return try LlamaGGUF(gguf: gguf, file: file, options: options).source() }
        return try open(ModelFile(gguf: gguf), file, options: options)
    }

    /// The source in a file that has been parsed; `file` reads its tensors.
    static func open(_ model: ModelFile, _ file: any ByteSource, options: ImportOptions) throws(Fault) -> AlbertSource {
        guard model.weights != .int8 else {
            throw Fault(
                .ggufQuantized, in: file.path, "holds int8 weights, which are run as they are",
                advice: "to convert or to quantize anew, name the checkpoint it was made from")
        }
        for (option, value) in [("--config", options.config), ("--root", options.root)] where value != nil {
            throw Fault(
                .optionsConflict, in: file.path,
                "is a model file, which carries its own configuration, so \(option) changes nothing",
                advice: "convert the original with \(option)")
        }

        var report = ImportReport(
            path: file.path, format: "GGUF " + model.weights.rawValue, writer: "Albit", naming: "GGUF",
            configuration: .file("its own keys"))
        report.fileBytes = file.count
        let checksums = try FloatGGUF.checksums(model)
        let ofSentences = model.card.sentence?.parameters(hiddenSize: model.configuration.hiddenSize) ?? []
        let names = Dictionary(
            uniqueKeysWithValues: (Parameter.all(model.configuration) + ofSentences.map { $0.parameter })
                .map { ($0.tensorName.text, $0) })
        var parameters: [Parameter: any LazyTensor] = [:]
        for (index, tensor) in model.gguf.tensors.enumerated() {
            let parameter = names[tensor.name]
            let stored = stored(tensor, file, checksums?[index])
            report.tensors.append(
                ImportReport.Tensor(
                    name: tensor.name, dtype: tensor.type.name, shape: stored.shape, bytes: tensor.byteCount,
                    parameter: parameter))
            if let parameter {
                parameters[parameter] = stored
            } else {
                report.ignored.append(IgnoredTensor(name: tensor.name, reason: "not a parameter of this model"))
            }
        }
        return try AlbertSource(
            configuration: model.configuration, parameters: parameters, card: try card(model, options),
            tokenizerFiles: try tokenizerFiles(model, options), report: report, files: [file],
            nameInSource: { [$0.tensorName.text] })
    }

    /// One CRC-32 for each tensor, where the file has them.
    private static func checksums(_ model: ModelFile) throws(Fault) -> [UInt32]? {
        let key = ModelKey.checksums
        guard let array = try model.gguf.array(key) else { return nil }
        guard array.elementType == .uint32, array.count == model.gguf.tensors.count else {
            throw Fault(
                .modelBadValue, in: model.path, at: "key '\(key)'",
                "does not hold an unsigned 32-bit number for each tensor")
        }
        return (0..<array.count).map { array.bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
    }

    static func stored(_ tensor: GGUFTensor, _ file: any ByteSource, _ expected: UInt32?) -> StoredTensor {
        let type: TensorType =
            switch tensor.type {
            case .f32: .float32
            case .f16: .float16
            case .i8: .int8
            case .i32: .int32
            }
        func verify() throws(Fault) {
            guard let expected else { return }
            let found = try checksum(of: tensor, in: file)
            guard found == expected else {
                throw Fault(
                    .ggufWrongChecksum, in: file.path, at: "tensor '\(tensor.name)'", "has checksum \(found)",
                    expected: "\(expected)", advice: "the file is damaged, copy or make it again")
            }
        }
        return StoredTensor(
            shape: tensor.shape.reversed(), dtype: type, source: file, offset: tensor.fileOffset,
            check: expected == nil ? nil : .before(verify))
    }

    private static func checksum(of tensor: GGUFTensor, in file: any ByteSource) throws(Fault) -> UInt32 {
        var crc = CRC32()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var done = 0
        while done < tensor.byteCount {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, tensor.byteCount - done)])
            try file.read(at: tensor.fileOffset + done, into: part)
            crc.update(UnsafeRawBufferPointer(part))
            done += part.count
        }
        return crc.checksum
    }

    /// The card of the file, with what a person says instead of it.
    private static func card(_ model: ModelFile, _ options: ImportOptions) throws(Fault) -> ModelCard {
        var card = model.card
        if let wanted = options.head, !card.use(wanted) {
            throw Fault(
                .importNoSuchHead, in: model.path, "has no head for \(wanted.name); it has \(Head.names(card.heads))",
                advice: "choose one of these with --task")
        }
        if let path = options.labels {
            let rows = model.gguf.tensor(Parameter.weight(.classifier).tensorName.text)?.shape.last ?? 0
            card.labels = try LabelFile(path: path).labels(rows: rows)
        }
        return card
    }

    private static func tokenizerFiles(_ model: ModelFile, _ options: ImportOptions) throws(Fault) -> [TokenizerFile] {
        options.tokenizer == nil ? try FloatGGUF.files(model) : try Neighbours(tree: nil).tokenizerFiles(options)
    }

    /// The tokenizer's own files, as they were beside the checkpoint.
    private static func files(_ model: ModelFile) throws(Fault) -> [TokenizerFile] {
        let key = ModelKey.fileNames
        let names = try model.gguf.strings(key) ?? []
        guard names.count <= maxFiles, names.allSatisfy(DirectoryTree.isPlainName) else {
            throw Fault(
                .modelBadValue, in: model.path, at: "key '\(key)'",
                "holds more than \(maxFiles) names, or one that is no plain file name")
        }
        var files: [TokenizerFile] = []
        for (index, name) in names.enumerated() {
            let key = ModelKey.file(index)
            let array = try model.gguf.required(key, try model.gguf.array(key))
            guard array.elementType == .uint8, array.count <= maxFileBytes else {
                throw Fault(
                    .modelWrongKeyType, in: model.path, at: "key '\(key)'",
                    "is not an array of at most \(maxFileBytes) bytes")
            }
            files.append(TokenizerFile(name: name, path: model.path + "(" + name + ")", bytes: Array(array.bytes)))
        }
        return files
    }
}
