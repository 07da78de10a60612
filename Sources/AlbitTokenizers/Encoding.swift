/// What the encoder gets for one text or pair: parallel arrays, a token each.
package struct Encoding: Sendable, Equatable {
    package var ids: [Int32] = []
    package var typeIDs: [Int32] = []
    /// Byte offsets into the UTF-8 text the token comes from; both 0 for tokens of the frame.
    package var starts: [Int32] = []
    package var ends: [Int32] = []
    /// 0 for the first text, 1 for the second, 255 for tokens of the frame.
    package var segments: [UInt8] = []
    /// Whether a word begins with the token; false for tokens of the frame.
    package var startsWord: [Bool] = []
    /// Tokens of the texts that were left out because of the maximum length.
    package var truncatedCount = 0

    package static let frame: UInt8 = 255

    package init() {}

    package var count: Int { ids.count }

    mutating func reserve(_ count: Int) {
        ids.reserveCapacity(count)
        typeIDs.reserveCapacity(count)
        starts.reserveCapacity(count)
        ends.reserveCapacity(count)
        segments.reserveCapacity(count)
        startsWord.reserveCapacity(count)
    }

    mutating func append(_ run: TokenRun, upTo count: Int, typeID: Int32, segment: UInt8) {
        ids.append(contentsOf: run.ids[..<count])
        starts.append(contentsOf: run.starts[..<count])
        ends.append(contentsOf: run.ends[..<count])
        startsWord.append(contentsOf: run.startsWord[..<count])
        typeIDs.append(contentsOf: repeatElement(typeID, count: count))
        segments.append(contentsOf: repeatElement(segment, count: count))
    }

    mutating func append(frame id: Int32, typeID: Int32) {
        ids.append(id)
        typeIDs.append(typeID)
        starts.append(0)
        ends.append(0)
        segments.append(Encoding.frame)
        startsWord.append(false)
    }
}
