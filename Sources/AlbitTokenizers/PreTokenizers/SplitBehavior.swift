/// What becomes of the delimiters that a splitter finds.
package enum SplitBehavior: UInt8, Sendable {
    case removed, isolated, mergedWithPrevious, mergedWithNext, contiguous
}

/// A part of a text that is being cut: bytes of the text, and the token it is already, or -1.
struct TextSegment {
    var start: Int
    var end: Int
    var token: Int32 = -1
}

/// Cuts one segment after the other: delimiters are added from left to right, then `finish` makes segments of them
/// and of what lies between.
///
/// Source: tokenizers 0.23, `NormalizedString::split`.
struct SegmentSplitter {
    private struct Match {
        var start: Int
        var end: Int
        var isDelimiter: Bool
    }

    let behavior: SplitBehavior
    /// Whether what is added is what lies between the delimiters.
    let isInverted: Bool
    private var matches: [Match] = []
    private var start = 0
    private var end = 0
    private var reached = 0

    init(_ behavior: SplitBehavior, inverted: Bool = false) {
        self.behavior = behavior
        isInverted = inverted
    }

    mutating func begin(_ segment: TextSegment) {
        (start, end, reached) = (segment.start, segment.end, segment.start)
        matches.removeAll(keepingCapacity: true)
    }

    /// A delimiter, and the segments that `finish` would make before it where that is simple.
    @inline(__always)
    mutating func add(_ from: Int, _ to: Int, into segments: inout [TextSegment]) {
        guard behavior == .removed, !isInverted else { return add(from, to) }
        if reached < from { segments.append(TextSegment(start: reached, end: from)) }
        reached = to
    }

    mutating func add(_ from: Int, _ to: Int) {
        if reached < from { matches.append(Match(start: reached, end: from, isDelimiter: isInverted)) }
        matches.append(Match(start: from, end: to, isDelimiter: !isInverted))
        reached = to
    }

    mutating func finish(into segments: inout [TextSegment]) {
        if reached < end { matches.append(Match(start: reached, end: end, isDelimiter: isInverted)) }
        switch behavior {
        case .removed:
            for match in matches where !match.isDelimiter {
                segments.append(TextSegment(start: match.start, end: match.end))
            }
        case .isolated:
            for match in matches { segments.append(TextSegment(start: match.start, end: match.end)) }
        case .contiguous: merge(matches, into: &segments) { $0 == $1 }
        case .mergedWithPrevious: merge(matches, into: &segments) { $0 && !$1 }
        case .mergedWithNext:
            var parts: [TextSegment] = []
            var previous = false
            for match in matches.reversed() {
                if match.isDelimiter, !previous, !parts.isEmpty {
                    parts[parts.count - 1].start = match.start
                } else {
                    parts.append(TextSegment(start: match.start, end: match.end))
                }
                previous = match.isDelimiter
            }
            segments.append(contentsOf: parts.reversed())
        }
    }

    /// Joins a match to the one before where `joins(this, the one before)`, by whether they are delimiters.
    private func merge(_ matches: [Match], into segments: inout [TextSegment], _ joins: (Bool, Bool) -> Bool) {
        let first = segments.count
        var previous = false
        for match in matches {
            if joins(match.isDelimiter, previous), segments.count > first {
                segments[segments.count - 1].end = match.end
            } else {
                segments.append(TextSegment(start: match.start, end: match.end))
            }
            previous = match.isDelimiter
        }
    }
}
