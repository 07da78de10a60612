/// One code for each way in which a file, a text, a call or the machine can be wrong. Grouped by where it is found.
package enum FaultCode: String, Sendable {
    // Command lines and calls.
    case usage

    // Reading files and descriptors.
    case fileCannotOpen, inputUnreadable, lineTooLong

    // Data files: how they are written.
    case dataEmpty, dataUTF16, dataUTF32, dataLatin1, dataNotUTF8, dataCarriageReturns, dataCompressed, dataBinary
    case dataUnclosedQuote, dataWrongColumnCount, dataTooManyColumns, dataColumnTwice, dataRecordTooLong
    case dataNotJSON, dataNotObject, dataUnfinishedJSON, dataColumnsOfLists, dataNotSquad, recordWrongParts

    // Data files: what their columns are for.
    case columnsMalformed, columnsUnknownRole, columnsRoleTwice, columnsNoSuchColumn
    case dataNoColumn, dataAmbiguousColumn, dataMissingFlags, dataOfPairs

    // Data files: what their cells hold.
    case dataNoInput, exampleNotText, exampleNotWords, exampleNotIds, exampleNotChoices, exampleNotAnswers
    case exampleNotLabel, exampleTagCount, examplePythonList
    case labelUnknown, labelConfusable, labelNumbered, labelNotNumber, labelNotFlag, labelFlagCount, labelFlagsOrIds
}
