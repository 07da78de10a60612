/// Writes the parts of a pipeline: numbers are four bytes, little-endian, texts have their length before them.
struct PipelineWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func number(_ value: Int) {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func text(_ value: [UInt8]) {
        number(value.count)
        bytes.append(contentsOf: value)
    }

    mutating func pattern(_ pattern: TextPattern) {
        switch pattern {
        case .literal(let text):
            byte(0)
            self.text(text)
        case .expression(let expression):
            byte(1)
            number(expression.sets.count)
            for set in expression.sets {
                byte(set.isNegated ? 1 : 0)
                byte(set.classes)
                number(set.ranges.count)
                for range in set.ranges {
                    number(Int(range.lowerBound))
                    number(Int(range.upperBound))
                }
            }
            number(expression.instructions.count)
            for instruction in expression.instructions {
                switch instruction {
                case .set(let set): step(0, set, 0)
                case .split(let first, let second): step(1, first, second)
                case .jump(let target): step(2, target, 0)
                case .match: step(3, 0, 0)
                }
            }
        }
    }

    private mutating func step(_ code: UInt8, _ first: Int, _ second: Int) {
        byte(code)
        number(first)
        number(second)
    }
}

/// Reads what `PipelineWriter` wrote, trusting none of it: nil where there is less, or something else.
struct PipelineReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    mutating func number() -> Int? {
        guard bytes.count - position >= 4 else { return nil }
        position += 4
        let value = bytes.loadUnaligned(fromByteOffset: position - 4, as: UInt32.self)
        return value <= UInt32(Int32.max) ? Int(value) : nil
    }

    mutating func text() -> [UInt8]? {
        guard let count = number(), count <= bytes.count - position else { return nil }
        position += count
        return Array(bytes[(position - count)..<position])
    }

    mutating func pattern() -> TextPattern? {
        switch byte() {
        case 0?:
            guard let text = text(), !text.isEmpty else { return nil }
            return .literal(text)
        case 1?:
            guard let sets = sets(), let count = number(), count <= RegularExpression.maxInstructions else {
                return nil
            }
            var instructions: [RegularExpression.Instruction] = []
            for _ in 0..<count {
                guard let code = byte(), let first = number(), let second = number() else { return nil }
                switch code {
                case 0: instructions.append(.set(first))
                case 1: instructions.append(.split(first, second))
                case 2: instructions.append(.jump(first))
                case 3: instructions.append(.match)
                default: return nil
                }
            }
            return RegularExpression(instructions: instructions, sets: sets).map { .expression($0) }
        default: return nil
        }
    }

    private mutating func sets() -> [RegularExpression.CharacterSet]? {
        guard let count = number(), count <= RegularExpression.maxInstructions else { return nil }
        var sets: [RegularExpression.CharacterSet] = []
        for _ in 0..<count {
            var set = RegularExpression.CharacterSet()
            guard let negated = byte(), let classes = byte(), let ranges = number(), ranges <= bytes.count else {
                return nil
            }
            set.isNegated = negated == 1
            set.classes = classes
            for _ in 0..<ranges {
                guard let low = number(), let high = number(), high >= low, high <= 0x10FFFF else { return nil }
                set.ranges.append(UInt32(low)...UInt32(high))
            }
            sets.append(set)
        }
        return sets
    }
}
