internal import AlbitText

/// Why a model was not opened, made or compared, or a question not answered.
public struct AlbertError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong. More kinds may be added in later versions.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case unreadableModel, missingHead, missingTokenizer, textTooLong, invalidArgument, machine,
                unreadableData, limitNotKept, cancelled
        }
        private let name: Name

        /// The file is missing, damaged, or not a model that Albit reads.
        public static let unreadableModel = Code(name: .unreadableModel)
        /// The model was not trained for this: it has no such head, no pooler, or no [MASK].
        public static let missingHead = Code(name: .missingHead)
        /// The model comes without a tokenizer, so it takes no text.
        public static let missingTokenizer = Code(name: .missingTokenizer)
        /// A text is longer than the model takes, where ``Albert/Options/strict`` refuses that.
        public static let textTooLong = Code(name: .textTooLong)
        /// An argument or option is outside what it may be.
        public static let invalidArgument = Code(name: .invalidArgument)
        /// Memory, threads or reading failed: the same call may succeed later or elsewhere.
        public static let machine = Code(name: .machine)

        /// The file with texts to calibrate or compare with is missing, or is not what it has to be.
        public static let unreadableData = Code(name: .unreadableData)
        /// No precision keeps the limits that were given.
        public static let limitNotKept = Code(name: .limitNotKept)
        /// The task was cancelled.
        public static let cancelled = Code(name: .cancelled)

        /// The name of the code, such as `missingHead`.
        public var description: String { name.rawValue }
    }

    /// What kind of thing went wrong.
    public let code: Code
    /// What happened, where (file, tensor, text), what was expected, and what to do; one line. Where it names an
    /// option of the command line, ``Albert/Options`` has one of the same name.
    public let message: String

    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What went wrong in a question, or while a model was opened.
    init(_ error: any Error) {
        switch error {
        case let error as AlbertError: self = error
        case let fault as Fault: self.init(AlbertError.code(of: fault.code), fault.description)
        default: self.init(.unreadableModel, "\(error)")
        }
    }

    private static func code(of fault: FaultCode) -> Code {
        switch fault {
        case .taskNoTokenizer: .missingTokenizer
        case .taskNoHead, .taskNoPooler, .taskNoMaskToken, .taskUnsupportedPipeline, .taskWrongWidth: .missingHead
        case .taskTooLong: .textTooLong
        case .taskNoRoom, .taskUnknownPrompt, .textTooManySentences, .runtimeUnknownKernel, .runtimeKernelNotAvailable,
            .runtimeEmptySequence,
            .runtimeIdOutOfRange, .runtimeTypeOutOfRange, .runtimeTooLong, .runtimeUnequalLengths, .runtimeNotFinite:
            .invalidArgument
        case .outputExists, .outputNotDirectory, .argumentsMissing, .optionsConflict, .optionValue,
            .quantizerEmptyCalibration,
            .comparisonNoHead, .comparisonNoTruth, .comparisonOtherDimension, .comparisonOtherHead,
            .comparisonOtherLabels, .comparisonOtherVocabulary:
            .invalidArgument
        case .calibrationEmpty, .dataAmbiguousColumn, .dataBinary, .dataCarriageReturns, .dataColumnTwice,
            .dataColumnsOfLists, .dataCompressed, .dataEmpty, .dataLatin1, .dataMissingFlags, .dataNeedsTokenizer,
            .dataNoColumn, .dataNoInput, .dataNotJSON, .dataNotObject, .dataNotSquad, .dataNotUTF8, .dataOfPairs,
            .dataRecordTooLong, .dataTooManyColumns, .dataUTF16, .dataUTF32, .dataUnclosedQuote, .dataUnfinishedJSON,
            .dataUnknownLabel, .dataWrongColumnCount, .columnsMalformed, .columnsNoSuchColumn,
            .columnsRoleTwice, .columnsUnknownRole, .exampleNotAnswers, .exampleNotChoices, .exampleNotIds,
            .exampleNotLabel, .exampleNotText, .exampleNotWords, .examplePythonList, .exampleTagCount,
            .labelConfusable, .labelFlagCount, .labelFlagsOrIds, .labelNotFlag, .labelNotNumber, .labelNumbered,
            .labelUnknown:
            .unreadableData
        case .precisionNotFound, .sizeNotReached: .limitNotKept
        case .cancelled: .cancelled
        default: fault.exitCode == .machine ? .machine : .unreadableModel
        }
    }
}
