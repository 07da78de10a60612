internal import AlbitMaking
internal import AlbitQuantizer

/// An int8 file that ``Albert/quantize(_:to:options:progress:)`` made.
public struct QuantizedModel: Sendable {
    /// A tensor of the source that the file has no use for.
    public struct Ignored: Sendable, Equatable {
        /// The tensor's name in the source.
        public let name: String
        /// Why it was left out.
        public let reason: String
    }

    /// The file.
    public let path: String
    /// Its size.
    public let fileBytes: Int
    /// What it was calibrated with, in words; empty without calibration.
    public let calibration: String
    /// Relative error (L2) of the last hidden state against float32, on the calibration data or on
    /// ``Albert/QuantizeOptions/data``; nil where nothing was measured.
    public let hiddenError: Double?
    /// Places (a matmul, or the attention, of one applied layer) whose precision was raised to keep the limits.
    public let raisedSites: Int
    /// What was kept of the vocabulary, in words; nil: all of it.
    public let vocabulary: String?
    /// Tensors that were left out, and why. All others are in the file.
    public let ignored: [Ignored]
    /// What one should know about the source.
    public let notes: [String]
}

extension Albert {
    /// A way to quantize.
    public enum Preset: Sendable, CaseIterable {
        /// Each output channel rounded by itself, without calibration: streams models of any size.
        case plain
        /// Shift, rotation and GPTQ; 8-bit activations.
        case `default`
        /// 16-bit activations and attention on top of the default's weights: twice the multiplications.
        case accurate
    }

    /// How a checkpoint becomes an int8 file. Names are those of the options of `albit quantize`.
    public struct QuantizeOptions: Sendable {
        /// The way to quantize.
        public var preset = Preset.default
        /// Calibration data: a file with a text a line, or TSV, CSV or JSON lines with `text` or `ids`; nil: sentences
        /// of the library's own.
        public var calibrate: String?
        /// Largest relative error of the last hidden state, 0 or more: the precision of as few sites is raised as it
        /// takes.
        public var maxError: Double?
        /// Most points that the task metric may drop on ``data``, 0 or more.
        public var maxDrop: Double?
        /// A file with labels, as for ``Albert/verify(_:_:data:options:progress:)``, that the limits are measured on;
        /// nil, for ``maxError`` alone: the calibration data.
        public var data: String?
        /// A file with texts whose pieces of the vocabulary are kept, with single characters and special ones; nil: all
        /// pieces.
        public var keepVocabulary: String?
        /// Pieces to fill up to, the likeliest first, beside ``keepVocabulary``; nil: no more than the texts use.
        public var keepPieces: Int?
        /// Bits of a value of the word embedding: 8, 6, 5 or 4.
        public var embeddings = 8
        /// Largest number of bytes of the file: bits of the word embedding, from ``embeddings`` down, and pieces of
        /// ``keepVocabulary`` are chosen so that it is as accurate as it gets; nil: any.
        public var maxBytes: Int?
        /// Whether a file of the same name is replaced.
        public var overwrite = false
        /// What the files of the source do not tell, and how to compute. ``Albert/Options/maxLength`` and
        /// ``Albert/Options/strict`` have no meaning here and must not be set.
        public var source = Options()

        /// The preset `default`, without limits.
        public init() {}
    }

    /// Turns a checkpoint in any format into one int8 file.
    ///
    /// The file appears under its name when all of it is written: an error, or the cancellation of the task that this
    /// is called in, leaves none. It takes seconds to minutes and blocks, so call it from a task that may be busy.
    ///
    /// - Parameters:
    ///   - source: A file, directory or archive.
    ///   - path: The file to make.
    ///   - options: How.
    ///   - progress: Called on the same thread, often.
    /// - Returns: What was made, what it costs in accuracy, and what was left out.
    /// - Throws: ``AlbertError`` with ``AlbertError/Code/cancelled``, ``AlbertError/Code/limitNotKept`` where no
    /// precision   keeps the limits, ``AlbertError/Code/unreadableModel`` or ``AlbertError/Code/unreadableData``,
    /// ``AlbertError/Code/invalidArgument``, also for a file that is there already, or ``AlbertError/Code/machine``.
    public static func quantize(
        _ source: String, to path: String, options: QuantizeOptions = QuantizeOptions(),
        progress: @escaping (Progress) -> Void = { _ in }
    ) throws(AlbertError) -> QuantizedModel {
        for (name, limit) in [("maxError", options.maxError), ("maxDrop", options.maxDrop)] {
            if let limit, !(limit >= 0) {
                throw AlbertError(.invalidArgument, "\(name) is \(limit), expected a number from 0 up")
            }
        }
        if options.data == nil {
            if options.maxDrop != nil { throw AlbertError(.invalidArgument, "maxDrop needs data with labels") }
            if options.maxError != nil, options.preset == .plain {
                throw AlbertError(.invalidArgument, "maxError with the preset plain needs data")
            }
        }
        var quantization = AlbitMaking.Quantization()
        quantization.preset =
            switch options.preset {
            case .plain: .plain
            case .default: .default
            case .accurate: .accurate
            }
        quantization.calibrationPath = options.calibrate
        quantization.limits = PrecisionLimits(maxError: options.maxError, maxDrop: options.maxDrop, data: options.data)
        if let pieces = options.keepPieces, options.keepVocabulary == nil || pieces < 1 {
            throw AlbertError(.invalidArgument, "keepPieces is \(pieces), expected 1 or more beside keepVocabulary")
        }
        guard [8, 6, 5, 4].contains(options.embeddings) else {
            throw AlbertError(.invalidArgument, "embeddings is \(options.embeddings), expected 8, 6, 5 or 4")
        }
        quantization.embeddingBits = options.embeddings
        quantization.maxBytes = options.maxBytes
        quantization.vocabulary = options.keepVocabulary.map {
            VocabularyChoice(texts: $0, pieces: options.keepPieces)
        }
        quantization.source = try options.source.importOptions()
        quantization.compute = try options.source.computeChoice()
        quantization.overwrite = options.overwrite
        var notes: [String] = []
        do {
            let made = try quantization.run(source, to: path, observer: observer(progress) { notes.append($0) })
            return QuantizedModel(
                path: path, fileBytes: made.bytes, calibration: made.calibration,
                hiddenError: made.drift?.hidden.relativeL2, raisedSites: made.raisedSites,
                vocabulary: made.source.vocabulary,
                ignored: made.source.report.ignored.map { QuantizedModel.Ignored(name: $0.name, reason: $0.reason) },
                notes: notes)
        } catch {
            throw AlbertError(error)
        }
    }
}
