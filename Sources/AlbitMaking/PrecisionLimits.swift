import AlbitText

/// Limits that a quantized model must keep, by raising the precision of as few sites as it takes.
package struct PrecisionLimits: Sendable {
    /// Largest relative error of the last hidden state.
    package var maxError: Double?
    /// Most points that the task metric may drop on `data`.
    package var maxDrop: Double?
    /// The data file that the limits are measured on; nil: the calibration data, for `maxError` alone.
    package var data: String?
    /// Which columns of the data are for what, as in `text=review,label=stars`; nil: as their names say.
    package var columns: String?

    package init(
        maxError: Double? = nil, maxDrop: Double? = nil, data: String? = nil, columns: String? = nil
    ) {
        self.maxError = maxError
        self.maxDrop = maxDrop
        self.data = data
        self.columns = columns
    }

    func columnChoice() throws(Fault) -> ColumnChoice { try ColumnChoice(optional: columns) }

    /// Whether there is a limit to search for.
    package var isSearch: Bool { maxError != nil || maxDrop != nil }
}

extension ColumnChoice {
    /// The columns that were chosen; nil: those that their names choose.
    init(optional text: String?) throws(Fault) {
        if let text { try self.init(text) } else { self.init() }
    }
}
