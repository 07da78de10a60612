import AlbitExporters
import AlbitImporters
import AlbitModel
import AlbitText
import AlbitTokenizers
import CPlatform

/// What `convert` does: a source in any format becomes floats in another, or an ONNX graph.
package struct Conversion {
    /// How weights are stored.
    package enum Weights: String, CaseIterable, Sendable {
        case f32, f16, int8
    }

    /// A path that ends in .onnx or .gguf, or a directory to make.
    package var output: String
    /// `f16` is for GGUF, `int8` for ONNX.
    package var weights: Weights
    package var source: ImportOptions
    /// The part of the vocabulary that is kept; nil: all of it.
    package var vocabulary: VocabularyChoice?
    /// Whether files of the same name are replaced.
    package var overwrite: Bool

    package init(to output: String, weights: Weights, source: ImportOptions, overwrite: Bool) {
        self.output = output
        self.weights = weights
        self.source = source
        self.overwrite = overwrite
    }

    /// Opens the source and writes it.
    package func run(_ path: String, observer: MakingObserver) throws -> ConversionSummary {
        try OutputName.check(
            output, written: ["onnx"],
            advice: "name a file that ends in .onnx or .gguf, or a directory, which gets model.safetensors")
        let original = try OpenedModel.source(path, options: source)
        for note in original.report.notes { observer.note(note) }
        let checkpoint = try vocabulary?.apply(to: original, isSegmented: source.isPretokenized) ?? original
        if output.hasSuffix(".onnx"), let pipeline = checkpoint.card.sentence {
            observer.note("an ONNX file ends with the hidden states: what follows is not in it (\(pipeline.name))")
        }
        try write(checkpoint)
        return ConversionSummary(
            output: output, weights: weights.rawValue, source: ImportSummary(checkpoint))
    }

    private func write(_ checkpoint: AlbertSource) throws {
        if output.hasSuffix(".onnx") {
            try ONNXExporter.write(
                checkpoint, name: checkpoint.configuration.architecture.name,
                weights: weights == .int8 ? .int8 : .float, to: output,
                overwrite: overwrite)
            return
        }
        if output.hasSuffix(".gguf") { return try writeGGUF(checkpoint) }
        try Conversion.makeDirectory(output)
        try SafetensorsExporter.write(checkpoint, to: output + "/model.safetensors", overwrite: overwrite)
        for file in checkpoint.tokenizerFiles { try write(file.bytes, to: file.name) }
        let configuration = HuggingFaceConfiguration(configuration: checkpoint.configuration, card: checkpoint.card)
        try write(Array(configuration.text.utf8), to: "config.json")
        try SentenceFolder(checkpoint, card: checkpoint.card)?.write(
            to: output, overwrite: overwrite, makeDirectory: Conversion.makeDirectory)
    }

    private static func makeDirectory(_ path: String) throws(Fault) {
        switch path.withCString({ platform_kind($0) }) {
        case PLATFORM_KIND_NOTHING:
            let error = path.withCString { platform_make_directory($0) }
            if error != 0 {
                throw Fault(
                    .outputCannotCreate, in: path, "cannot be created: \(String(cString: platform_error_text(error)))")
            }
        case PLATFORM_KIND_DIRECTORY: break
        default:
            throw Fault(
                .outputNotDirectory, in: path, "is a file", advice: "name a directory, or a file that ends in .onnx")
        }
    }

    private func writeGGUF(_ checkpoint: AlbertSource) throws {
        var card = checkpoint.card
        card.origin.digest = try checkpoint.sha256()
        var details = GGUFDetails(card)
        details.files = checkpoint.tokenizerFiles.map { ($0.name, $0.bytes) }
        if let tables = try TokenizerReader.read(checkpoint.tokenizerFiles, isSegmented: source.isPretokenized) {
            let tokenizer = Tokenizer(tables)
            details.writeTokenizer = { tokenizer.tables.write(to: &$0) }
        }
        try GGUFExporter.write(
            checkpoint, details: details, precision: weights == .f16 ? .f16 : .f32, to: output, overwrite: overwrite)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = try OutputFile(path: output + "/" + name, overwrite: overwrite)
        try file.write(bytes)
        try file.finish()
    }
}
