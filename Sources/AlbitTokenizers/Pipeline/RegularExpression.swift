import AlbitText

/// A compiled regular expression of a tokenizer: sets of characters, alternatives and repetition, no more. It finds
/// what a backtracking matcher prefers, in time that grows with the text alone.
///
/// Source: Thompson's construction as in R. Cox, "Regular Expression Matching: the Virtual Machine Approach" (2009).
package struct RegularExpression: Sendable, Equatable {
    package enum Instruction: Sendable, Equatable {
        /// A character of a set, then the next instruction.
        case set(Int)
        /// Both places, the first one preferred.
        case split(Int, Int)
        case jump(Int)
        case match
    }

    /// Characters in ranges or of classes, or all but those.
    package struct CharacterSet: Sendable, Equatable {
        package var isNegated = false
        package var ranges: [ClosedRange<UInt32>] = []
        /// Bits of `Class`.
        package var classes: UInt8 = 0

        package init() {}

        func contains(_ code: UInt32) -> Bool {
            for range in ranges where range.contains(code) { return !isNegated }
            if classes != 0 {
                let flags = LibraryProperties.flags(code)
                // Between brackets, word characters below U+0100 are those of Unicode; outside a few numbers count too.
                let isWord =
                    classes & Class.bracket != 0 && code < 0x100
                    ? flags.hasAny(.word) : LibraryProperties.isRegexWord(code)
                if classes & Class.space != 0 && flags.hasAny(.space)
                    || classes & Class.notSpace != 0 && !flags.hasAny(.space)
                    || classes & Class.digit != 0 && flags.hasAny(.decimal)
                    || classes & Class.notDigit != 0 && !flags.hasAny(.decimal)
                    || classes & Class.word != 0 && isWord || classes & Class.notWord != 0 && !isWord
                {
                    return !isNegated
                }
            }
            return isNegated
        }
    }

    /// `\s`, `\d`, `\w` and their opposites, as Oniguruma has them.
    package enum Class {
        package static let space: UInt8 = 1, notSpace: UInt8 = 2, digit: UInt8 = 4, notDigit: UInt8 = 8,
            word: UInt8 = 16, notWord: UInt8 = 32
        /// The set stands between brackets.
        package static let bracket: UInt8 = 64
    }

    package static let maxInstructions = 4096

    package let instructions: [Instruction]
    package let sets: [CharacterSet]

    /// nil where an instruction leads to no place in the program.
    package init?(instructions: [Instruction], sets: [CharacterSet]) {
        guard !instructions.isEmpty, instructions.count <= RegularExpression.maxInstructions,
            instructions.last == .match
        else { return nil }
        for instruction in instructions {
            switch instruction {
            case .set(let i): guard sets.indices.contains(i) else { return nil }
            case .split(let a, let b):
                guard instructions.indices.contains(a), instructions.indices.contains(b) else { return nil }
            case .jump(let a): guard instructions.indices.contains(a) else { return nil }
            case .match: break
            }
        }
        self.instructions = instructions
        self.sets = sets
    }

    /// Threads of one step in the order of preference; each instruction at most once.
    private struct Threads {
        var places: [(instruction: Int, start: Int)] = []
        var seen: [Bool]
    }

    /// The match that begins first, at `start` or later, and of those the one preferred; nil where there is none.
    package func firstMatch(_ text: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var threads = Threads(seen: [Bool](repeating: false, count: instructions.count))
        var next = threads
        var stack: [Int] = []
        var best: Range<Int>?
        var position = start
        while true {
            if best == nil { add(0, position, &threads, &stack) }
            guard !threads.places.isEmpty || best == nil && position < text.count else { break }
            let decoded = position < text.count ? UTF8Bytes.decode(text, at: position) ?? (0xFFFD, 1) : (0, 0)
            for (instruction, begin) in threads.places {
                if instructions[instruction] == .match {
                    best = begin..<position
                    break
                }
                if case .set(let i) = instructions[instruction], decoded.1 > 0, sets[i].contains(decoded.0) {
                    add(instruction + 1, begin, &next, &stack)
                }
            }
            guard decoded.1 > 0 else { break }
            position += decoded.1
            threads.places.removeAll(keepingCapacity: true)
            for i in threads.seen.indices { threads.seen[i] = false }
            swap(&threads, &next)
        }
        return best
    }

    /// Adds an instruction and what follows without a character, most preferred first.
    private func add(_ instruction: Int, _ start: Int, _ threads: inout Threads, _ stack: inout [Int]) {
        stack.append(instruction)
        while let place = stack.popLast() {
            guard place < instructions.count, !threads.seen[place] else { continue }
            threads.seen[place] = true
            switch instructions[place] {
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .jump(let target): stack.append(target)
            case .set, .match: threads.places.append((place, start))
            }
        }
    }
}
