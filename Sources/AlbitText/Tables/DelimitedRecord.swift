/// Values with separators between them, taken in byte by byte (RFC 4180): a quoted value may hold separators, line ends
/// and doubled quotes. Text behind a closing quote belongs to the value, as in Python.
struct DelimitedRecord {
    /// Columns of a table at most.
    static let maxColumns = 4096

    let separator: UInt8
    private(set) var fields: [[UInt8]] = []
    /// Bytes taken, the ends of lines included.
    private(set) var byteCount = 0
    private var field: [UInt8] = []
    private var state = State.start
    /// A carriage return that belongs to the line's end if a line feed follows.
    private var holdsReturn = false

    private enum State { case start, plain, quoted, closing }

    init(separator: UInt8) { self.separator = separator }

    var isQuoted: Bool { state == .quoted }
    /// Whether nothing but the end of a line was there.
    var isBlank: Bool { fields.isEmpty && field.isEmpty && state == .start }

    /// Takes a byte; true where it ended the record.
    mutating func push(_ byte: UInt8) -> Bool {
        byteCount += 1
        if state == .quoted {
            if byte == UInt8(ascii: "\"") { state = .closing } else { field.append(byte) }
            return false
        }
        if byte == UInt8(ascii: "\""), state == .closing || state == .start, !holdsReturn {
            // The first quote of a value opens it; one behind a quote inside it is a quote of the text.
            if state == .closing { field.append(byte) }
            state = .quoted
            return false
        }
        if byte == 0x0A {
            holdsReturn = false
            return true
        }
        if holdsReturn { field.append(0x0D) }
        holdsReturn = byte == 0x0D
        if byte == separator {
            fields.append(field)
            field = []
            state = .start
        } else {
            if !holdsReturn { field.append(byte) }
            if state != .start || !holdsReturn { state = .plain }
        }
        return false
    }

    /// The values once the record has ended.
    mutating func finish() -> [[UInt8]] {
        if holdsReturn { field.append(0x0D) }
        fields.append(field)
        field = []
        return fields
    }

    /// What a value means that a program quoted because of the quotes in it: outer quotes off, doubled ones single.
    /// nil where it is not of that kind, and the quotes are the text's own.
    static func unquoted(_ field: ArraySlice<UInt8>) -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        guard field.count >= 4, field.first == quote, field.last == quote else { return nil }
        var text: [UInt8] = []
        var at = field.startIndex + 1
        let end = field.endIndex - 1
        while at < end {
            text.append(field[at])
            if field[at] == quote {
                guard at + 1 < end, field[at + 1] == quote else { return nil }
                at += 1
            }
            at += 1
        }
        return text.contains(quote) ? text : nil
    }
}
