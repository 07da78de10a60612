/// One code for each way in which a file, a text, a call or the machine can be wrong, grouped by where it is found.
package enum FaultCode: Sendable {
    // Command lines and calls.
    case optionValue
    case optionsConflict
    case argumentsMissing
    case cancelled
    case commandLineMissingArgument, commandLineMissingValue, commandLineNotAnInteger, commandLineNotUTF8,
        commandLineTooManyArguments, commandLineUnexpectedValue, commandLineUnknownCommand, commandLineUnknownOption
    // Lines, requests and records that commands read; what they write.
    case inputUnreadable
    case inputTooLong
    case lineTooLong
    case requestNamedTwice, requestNeitherTextNorIds, requestNoChoices, requestNoPair, requestNotUTF8,
        requestUnknownName,
        requestWrongType
    case recordWrongCount
    case textTooManySentences, textWithoutMask
    case outputCannotCreate, outputClosed, outputExists, outputNotDirectory, outputWriteFailed
    case signalsNotWatched
    case selfTestNotAlbit, selfTestOtherDigest, selfTestWrongChecksum
    case verifyNotGolden, verifyOverLimit
    // Files and bytes.
    case fileCannotOpen, fileOutside, fileReadFailed, fileTooLarge
    // JSON.
    case jsonBadEscape, jsonBadNumber, jsonControlCharacter, jsonEmpty, jsonLoneSurrogate, jsonNotUTF8,
        jsonNumberTooLarge, jsonTooDeep, jsonTooMany, jsonTrailingCharacters, jsonUnexpectedCharacter,
        jsonUnexpectedEnd
    // GGUF files and the models in them; indexes of vectors.
    case modelBadAlignment, modelBadConfiguration, modelBadKey, modelBigEndian, modelBadShape, modelBadTensorName,
        modelBadValue,
        modelDoesNotFit, modelDuplicateKey, modelDuplicateTensor, modelMisalignedTensor, modelMissingKey,
        modelMissingTensor, modelNestedArray, modelNewerFormat, modelNoTokenizer, modelNotAlbit, modelNotFinite,
        modelNotGGUF, modelOtherArchitecture, modelOverlappingTensors, modelTensorOutsideFile, modelTooMany,
        modelTruncated, modelUnknownValueType, modelUnsupportedGGUFVersion, modelUnsupportedTensorType,
        modelWrongKeyType, modelWrongTensor
    case ggufInsideArchive, ggufQuantized, ggufWrongChecksum
    case indexNotAnIndex, indexOtherModel
    // Tokenizers.
    case tokenizerAddedTokenMismatch, tokenizerBadCharsmap, tokenizerBadVocabulary, tokenizerOtherVocabulary,
        tokenizerIdOutsideVocabulary, tokenizerMissingMember, tokenizerMissingSpecialToken, tokenizerNoPieces,
        tokenizerNotText, tokenizerNotTokenizer, tokenizerOtherModel, tokenizerPieceTooLong, tokenizerScoreCount,
        tokenizerScoreNotFinite, tokenizerTooManyPieces, tokenizerUnsupported, tokenizerVocabularyTooLarge,
        tokenizerZeroByte
    case vocabularyWithoutRows
    case sentencePieceBadBytePiece, sentencePieceBadField, sentencePieceDuplicatePiece, sentencePieceEmpty,
        sentencePieceEmptyPiece, sentencePieceMalformed, sentencePieceMissingBytePieces, sentencePieceScoreNotFinite,
        sentencePieceTooLarge, sentencePieceTooManyFields, sentencePieceTruncated, sentencePieceUnknownPieceCount,
        sentencePieceUnknownPieceType, sentencePieceUnsupportedModelType, sentencePieceUnsupportedOption
    // Running a model; tasks.
    case runtimeEmptySequence, runtimeIdOutOfRange, runtimeKernelNotAvailable, runtimeNoThreads, runtimeNotFinite,
        runtimeOutOfMemory, runtimeTooLong, runtimeTypeOutOfRange, runtimeUnequalLengths, runtimeUnknownKernel
    case taskNoHead, taskNoMaskToken, taskNoPooler, taskNoRoom, taskNoTokenizer, taskTooLong, taskUnknownPrompt,
        taskUnsupportedPipeline,
        taskWrongWidth
    // Archives and compression.
    case zipBadDirectory, zipBadName, zipDirectoryOutside, zipDuplicateEntry, zipEncrypted, zipEntryOutside,
        zipNoEndRecord, zipNoLocalHeader, zipSeveralDisks, zipSizesDiffer, zipTooManyEntries, zipUnknownMethod,
        zipWrongChecksum
    case tarBadChecksum, tarBadNumber, tarBadPax, tarDuplicateMember, tarLink, tarMemberOutside, tarNotTar, tarSparse,
        tarTooManyMembers, tarUnsafeName
    case deflateBomb, deflateCorrupt, deflateEndsEarly, deflateNoMemory, deflateTooLong, deflateTruncated
    case pickleBadArgument, pickleBadMemo, pickleForbiddenCall, pickleForbiddenGlobal, pickleNoMark, pickleQuantized,
        pickleStackUnderflow, pickleTooManyValues, pickleTruncated, pickleUnknownOpcode, pickleUnknownProtocol
    case numpyBadHeader, numpyFortranOrder, numpyNotNumpy, numpyTruncated, numpyUnknownType
    case tableBadBlock, tableBadSnappy, tableBlockOutside, tableNoFooter, tableTooMany, tableUnknownCompression,
        tableUnsorted, tableWrongChecksum
    case protobufBadField, protobufBadVarint, protobufTruncated
    case flatBufferDamaged, flatBufferOutside, flatBufferTooMany
    case hdf5BadDataset, hdf5Damaged, hdf5Outside, hdf5TooMany, hdf5Truncated, hdf5Unsupported, hdf5WrongChecksum
    // Checkpoints.
    case importAdapterAlone, importAdapterMismatch, importAdapterUnmerged, importAdapterUnsupported, importNoAdapter
    case importBadConfiguration, importBadLabel, importConfigurationUnknown, importCopiesDiffer, importDistributed,
        importLabelCount,
        importLabelFileCount, importLargeFilePointer, importMissingTensor, importNeedsPooler, importNoCheckpoint,
        importNoSuchHead, importNoSuchParameter, importNoSuchRoot, importNoTransformer, importNoWeights,
        importNotFinite, importNotFloating, importNothingThere, importOtherArchitecture, importOtherFamily,
        importRangeOutside, importSeveralCheckpoints, importSeveralTransformers, importUnknownFormat,
        importUnknownKey, importUnsupportedConfiguration, importUnsupportedFormat, importUntiedDecoder, importWrongShape
    case sentenceBadConfiguration, sentenceNoWeights, sentenceUnsupportedModule, sentenceUnsupportedOption
    case safetensorsBadDescription, safetensorsBadMetadata, safetensorsBadOffsets, safetensorsBadShape,
        safetensorsDuplicateName, safetensorsHeaderNotObject, safetensorsHeaderTooLarge, safetensorsHole,
        safetensorsOverlap, safetensorsSizeMismatch, safetensorsTooManyTensors, safetensorsTruncatedHeader,
        safetensorsUnknownType
    case shardIndexBadShardName, shardIndexDuplicateName, shardIndexMissingShard, shardIndexMissingTensor,
        shardIndexNoWeightMap, shardIndexOtherShard, shardIndexTooManyShards
    case torchBadExport, torchByteOrder, torchFrozenScript, torchMissingStorage, torchNotTorch, torchOutsideStorage,
        torchShortStorage
    case flaxBadArray, flaxBadChunks, flaxBadName, flaxDuplicateName, flaxSizeMismatch, flaxTooDeep, flaxTrailingBytes,
        flaxTruncated, flaxUnknownTag, flaxUnknownType, flaxValueOutside
    case bundleBadEntry, bundleBadHeader, bundleMissingShard, bundleMissingSlice, bundleNoHeader, bundleOutsideShard,
        bundleOverlap, bundleTooManyDimensions, bundleWrongChecksum
    case spillCannotWrite
    // Graphs.
    case graphCycle, graphDefinedTwice, graphNoEmbeddings, graphNoMatch, graphTooManyNodes, graphUndefinedValue
    // Graphs that are executed to prove what was recovered from them.
    case graphNotExecuted, graphDisproved, graphNotProved
    case onnxBadExternal, onnxBadLocation, onnxBadShape, onnxMissingFile, onnxNoGraph, onnxNoLocation, onnxScattered,
        onnxSegmented, onnxSeveralPayloads, onnxSparse, onnxTooMany, onnxUnknownOperator, onnxUnknownType,
        onnxUnnamedTensor, onnxWrongSize
    case tfliteBadReference, tfliteBadScale, tfliteBadShape, tfliteIntegerActivations, tfliteMissingInput,
        tfliteNoGraph, tfliteOtherIdentifier, tfliteOutside, tfliteSparse, tfliteUnknownType, tfliteUnsupportedVersion,
        tfliteWrongSize
    case tensorFlowBadAttribute, tensorFlowBadTensor, tensorFlowCallsTooDeep, tensorFlowDefinedTwice,
        tensorFlowMissingInput, tensorFlowNoGraph, tensorFlowNoVariables, tensorFlowNothingComputed, tensorFlowTooMany,
        tensorFlowUndefinedInput, tensorFlowUnknownFunction, tensorFlowUnknownVariable, tensorFlowUnnamedNode
    // Tables of texts: their form, columns and cells.
    case dataAmbiguousColumn, dataBinary, dataCarriageReturns, dataColumnTwice, dataColumnsOfLists, dataCompressed,
        dataEmpty, dataLatin1, dataMissingFlags, dataNeedsTokenizer, dataNoColumn, dataNoInput, dataNotJSON,
        dataNotObject, dataNotSquad, dataNotUTF8, dataOfPairs, dataRecordTooLong, dataTooManyColumns, dataUTF16,
        dataUTF32, dataUnclosedQuote, dataUnfinishedJSON, dataUnknownLabel, dataWrongColumnCount
    case columnsMalformed, columnsNoSuchColumn, columnsRoleTwice, columnsUnknownRole
    case exampleNotAnswers, exampleNotChoices, exampleNotIds, exampleNotLabel, exampleNotText, exampleNotWords,
        examplePythonList, exampleTagCount
    case labelConfusable, labelFlagCount, labelFlagsOrIds, labelNotFlag, labelNotNumber, labelNumbered, labelUnknown
    // Quantizing, comparing, exporting.
    case calibrationEmpty
    case quantizerEmptyCalibration, quantizerMissingParameter, quantizerNotFinite
    case precisionNotFound, sizeNotReached
    case comparisonNoGolden, comparisonNoHead, comparisonNoTruth, comparisonOtherDimension, comparisonOtherGoldenShape,
        comparisonOtherHead, comparisonOtherLabels, comparisonOtherVocabulary
    /// A gate on what cannot differ, or was not measured.
    case gateCannotFail
    /// Data that the head in use cannot be asked, or a truth of another kind than it gives.
    case dataOtherForm
    case exportBeyondHalf, exportTooLarge, exportUnsupportedPipeline

    /// The exit code of a program that ends with this fault: bad input where nothing else is said.
    package var exitCode: ExitCode {
        switch self {
        case .selfTestWrongChecksum, .selfTestOtherDigest, .verifyNotGolden, .verifyOverLimit, .precisionNotFound,
            .sizeNotReached:
            .check
        case .argumentsMissing, .columnsMalformed, .columnsNoSuchColumn, .columnsRoleTwice, .columnsUnknownRole,
            .commandLineMissingArgument, .commandLineMissingValue,
            .commandLineNotAnInteger, .commandLineNotUTF8, .commandLineTooManyArguments,
            .commandLineUnexpectedValue, .commandLineUnknownCommand, .commandLineUnknownOption, .optionValue,
            .optionsConflict, .outputExists, .outputNotDirectory, .runtimeKernelNotAvailable,
            .runtimeUnknownKernel, .selfTestNotAlbit, .taskNoHead, .taskNoMaskToken, .taskNoPooler,
            .taskNoTokenizer, .taskUnknownPrompt:
            .usage
        case .outputClosed, .outputCannotCreate, .outputWriteFailed, .inputUnreadable, .signalsNotWatched,
            .modelDoesNotFit, .fileReadFailed, .runtimeOutOfMemory, .runtimeNoThreads, .deflateNoMemory,
            .spillCannotWrite:
            .machine
        default: .input
        }
    }
}
