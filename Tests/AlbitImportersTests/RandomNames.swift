import Foundation

/// Replaces the names of an ONNX file's initializers, nodes and inner values by random ones of the same length, in
/// place: the file keeps its layout, only names change.
struct RandomNames {
    private var bytes: [UInt8]
    private var places: [String: [Range<Int>]] = [:]
    private var initializers = Set<String>()
    private var outside = Set<String>()
    private var nodeNames: [Range<Int>] = []

    /// The renamed file, and how many initializers were renamed.
    static func rename(_ data: Data, seed: UInt64) -> (data: Data, count: Int) {
        var names = RandomNames(bytes: [UInt8](data))
        names.collect()
        return names.renamed(seed)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func varint(_ position: inout Int) -> Int {
        var value = 0
        var shift = 0
        while position < bytes.count {
            let byte = Int(bytes[position])
            position += 1
            if shift < 63 { value |= (byte & 0x7F) << shift }
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        return value
    }

    /// Length-delimited fields of a message.
    private func fields(_ range: Range<Int>) -> [(number: Int, range: Range<Int>)] {
        var result: [(Int, Range<Int>)] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let tag = varint(&position)
            switch tag & 7 {
            case 0: _ = varint(&position)
            case 1: position += 8
            case 5: position += 4
            default:
                let count = varint(&position)
                result.append((tag >> 3, position..<(position + count)))
                position += count
            }
        }
        return result
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func collect() {
        for (number, graph) in fields(0..<bytes.count) where number == 7 {
            for (number, part) in fields(graph) {
                switch number {
                case 1:
                    for (field, name) in fields(part) where field <= 2 { places[text(name), default: []].append(name) }
                    nodeNames += fields(part).filter { $0.number == 3 }.map(\.range)
                case 5:
                    for (field, name) in fields(part) where field == 8 {
                        places[text(name), default: []].append(name)
                        initializers.insert(text(name))
                    }
                case 11, 12:
                    for (field, name) in fields(part) where field == 1 {
                        places[text(name), default: []].append(name)
                        outside.insert(text(name))
                    }
                default: break
                }
            }
        }
    }

    private func renamed(_ seed: UInt64) -> (Data, Int) {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        var result = bytes
        var used = Set(places.keys)
        var count = 0
        for (name, places) in places.sorted(by: { $0.key < $1.key }) where name.utf8.count > 1 {
            if outside.contains(name) && !initializers.contains(name) { continue }
            var fresh: [UInt8] = []
            repeat {
                fresh = (0..<name.utf8.count).map { _ in letters[random(letters.count)] }
            } while used.contains(String(decoding: fresh, as: UTF8.self))
            used.insert(String(decoding: fresh, as: UTF8.self))
            for place in places { result.replaceSubrange(place, with: fresh) }
            if initializers.contains(name) { count += 1 }
        }
        for place in nodeNames { for i in place { result[i] = letters[random(letters.count)] } }
        return (Data(result), count)
    }
}
