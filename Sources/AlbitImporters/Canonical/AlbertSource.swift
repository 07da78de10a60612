import AlbitModel
import AlbitText

/// A file of a tokenizer that lies beside the weights, not interpreted.
package struct TokenizerFile: Sendable, Equatable {
    /// Its own name, such as `spiece.model` or `30k-clean.model`.
    package var name: String
    package var path: String
    package var bytes: [UInt8]

    package init(name: String, path: String, bytes: [UInt8]) {
        self.name = name
        self.path = path
        self.bytes = bytes
    }
}

/// An ALBERT or BERT found in a checkpoint or graph: parameters that are read lazily, and what else a
/// model is made of. Every importer ends here.
package final class AlbertSource: ParameterSource {

    package let configuration: Configuration
    package var sentence: SentencePipeline? { card.sentence }
    /// What the model answers. The digest of its origin is computed when it is asked for (`sha256`).
    package private(set) var card: ModelCard
    package let tokenizerFiles: [TokenizerFile]
    package private(set) var report: ImportReport
    /// The graph that it was recovered from, by which it can be proved; nil for a checkpoint of names.
    package internal(set) var graph: RecoveredGraph?
    private let tensors: [Parameter: any LazyTensor]
    /// Files that make up the source, in order, for its digest.
    private let files: [any ByteSource]

    /// Checks that every parameter the configuration and the heads need is there in its shape.
    ///
    /// `parameters` holds tensors in canonical orientation: use `TensorView.transposed`,
    /// `.rows` or `.reshaped` where the source stores them otherwise. Name and origin of the card are filled in here.
    /// `nameInSource` is for messages.
    package init(
        configuration: Configuration, parameters: [Parameter: any LazyTensor], card: ModelCard,
        tokenizerFiles: [TokenizerFile],
        report: ImportReport, files: [any ByteSource], graph: RecoveredGraph? = nil,
        nameInSource: (Parameter) -> [String]
    ) throws(Fault) {
        if let problem = configuration.problem { throw Fault(.importBadConfiguration, in: report.path, problem) }
        self.configuration = configuration
        tensors = parameters
        var report = report
        for file in tokenizerFiles {
            if let read = ConfigurationKey.review(tokenizer: file) { report.read(read) }
        }
        self.report = report
        self.files = files
        self.graph = graph
        self.tokenizerFiles = tokenizerFiles
        var card = card
        card.name = configuration.title
        card.origin = ModelOrigin(file: FilePath.name(report.path), format: report.format)
        self.card = card
        for parameter in Parameter.required(configuration) where parameters[parameter] == nil {
            let shape = parameter.shape(configuration) ?? []
            throw Fault(
                .importMissingTensor, in: report.path, "\(parameter.name(configuration)) \(shape) is missing",
                expected: "a tensor named \(nameInSource(parameter).map { "'\($0)'" }.joined(separator: " or "))")
        }
        if let problem = card.sentence?.problem(hiddenSize: configuration.hiddenSize) {
            throw Fault(.importBadConfiguration, in: report.path, problem)
        }
        for (parameter, shape) in card.sentence?.parameters(hiddenSize: configuration.hiddenSize) ?? [] {
            let name = nameInSource(parameter).first ?? parameter.name(configuration)
            guard let tensor = parameters[parameter] else {
                throw Fault(
                    .importMissingTensor, in: report.path, "\(name) \(shape) of the sentence pipeline is missing")
            }
            guard tensor.shape == shape, tensor.dtype.isFloating else {
                throw .wrongShape(path: report.path, tensor: name, expected: shape, found: tensor.shape)
            }
        }
        for parameter in Parameter.all(configuration) {
            guard let tensor = parameters[parameter] else { continue }
            let found = nameInSource(parameter).first ?? parameter.name(configuration)
            guard tensor.dtype.isFloating else {
                throw Fault(
                    .importNotFloating, in: report.path, at: "tensor '\(found)'", "is \(tensor.dtype.rawValue)",
                    expected: "F64, F32, F16 or BF16", advice: "quantized checkpoints are not read")
            }
            if let expected = parameter.shape(configuration), tensor.shape != expected {
                throw .wrongShape(path: report.path, tensor: found, expected: expected, found: tensor.shape)
            }
        }
        if let weight = parameters[.weight(.classifier)], let bias = parameters[.bias(.classifier)] {
            let rows = bias.elementCount
            guard rows > 0, weight.shape == [rows, configuration.hiddenSize], bias.shape == [rows] else {
                throw .wrongShape(
                    path: report.path, tensor: nameInSource(.weight(.classifier)).first ?? "classifier",
                    expected: [rows, configuration.hiddenSize], found: weight.shape)
            }
        }
    }

    /// A model with some rows of the other's vocabulary, and a tokenizer of its own.
    init(
        _ other: AlbertSource, rows: [Int], tokenizerFiles: [TokenizerFile], vocabulary: String
    ) {
        var configuration = other.configuration
        configuration.vocabSize = rows.count
        self.configuration = configuration
        var tensors = other.tensors
        for parameter in [Parameter.wordEmbeddings, .predictionBias] {
            if let tensor = tensors[parameter] { tensors[parameter] = SelectedRows(tensor, rows: rows) }
        }
        self.tensors = tensors
        self.tokenizerFiles = tokenizerFiles
        card = other.card
        card.vocabulary = vocabulary
        report = other.report
        files = other.files
    }

    /// Whether a file of the source is read front to back, so that two readers would disturb each other.
    var isSequential: Bool { files.contains { $0.isSequential } }

    /// Digest of the file; of several files, of their bytes one after the other.
    package func sha256() throws(Fault) -> String {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        for file in files {
            var offset = 0
            while offset < file.count {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, file.count - offset)])
                try file.read(at: offset, into: part)
                hash.update(UnsafeRawBufferPointer(part))
                offset += part.count
            }
        }
        return hash.hexDigest()
    }

    /// Notes in report and card what came of proving the source.
    package func note(proof: String) {
        report.proof = proof
        card.origin.proof = proof
    }

    package func shape(of parameter: Parameter) -> [Int]? { tensors[parameter]?.shape }

    package func read(
        _ parameter: Parameter, elements range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
    ) throws(Fault) {
        let name = parameter.name(configuration)
        guard let tensor = tensors[parameter] else {
            throw Fault(.importNoSuchParameter, in: report.path, "has no parameter '\(name)'")
        }
        guard range.lowerBound >= 0, range.upperBound <= tensor.elementCount, buffer.count >= range.count else {
            throw Fault(
                .importRangeOutside, in: report.path,
                "elements \(range.lowerBound) to \(range.upperBound) of '\(name)' were asked for, it has "
                    + "\(tensor.elementCount)")
        }
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])
        try tensor.read(range, into: part)
        if let index = part.firstIndex(where: { $0.bitPattern & 0x7F80_0000 == 0x7F80_0000 }) {
            throw Fault(
                .importNotFinite, in: report.path, at: "tensor '\(name)'",
                "holds NaN or Inf at element \(range.lowerBound + index)", advice: "the training that wrote it failed")
        }
    }

    /// A whole parameter; for small models and tests.
    package func values(of parameter: Parameter) throws(Fault) -> [Float] {
        guard let tensor = tensors[parameter] else {
            throw Fault(.importNoSuchParameter, in: report.path, "has no parameter '\(parameter.name(configuration))'")
        }
        return try values(parameter, count: tensor.elementCount)
    }

    /// Reads every parameter once, so that checksums, NaN and Inf are found before anything is written.
    package func verify() throws(Fault) {
        let block = 1 << 18
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: block)
        defer { buffer.deallocate() }
        for parameter in parameters {
            let count = tensors[parameter]?.elementCount ?? 0
            var start = 0
            while start < count {
                let end = min(count, start + block)
                try read(parameter, elements: start..<end, into: buffer)
                start = end
            }
        }
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func wrongShape(path: String, tensor: String, expected: [Int], found: [Int]) -> Fault {
        Fault(
            .importWrongShape, in: path, at: "tensor '\(tensor)'", "has shape \(found)",
            expected: "\(expected) by the configuration", advice: "is it the right config.json?")
    }
}
