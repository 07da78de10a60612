import AlbitModel
import AlbitText

/// Reads safetensors: 8 bytes of header length, a JSON header, then tensors that cover the rest without hole or
/// overlap. Limits and sources: formats/safetensors.md.
package enum Safetensors {
    /// The format allows 100 MB; a header of all the tensors a model of these families can have takes a hundredth.
    static let maxHeader = 32 << 20
    static let maxTensors = 1 << 20

    /// Whether the first bytes can be those of a safetensors file: a header length, then JSON.
    static func matches(_ prefix: [UInt8]) -> Bool {
        prefix.count >= 9 && (prefix[8] == UInt8(ascii: "{") || prefix[8] == UInt8(ascii: "["))
    }

    package static func read(_ file: any ByteSource) throws -> Checkpoint {
        let path = file.path
        guard file.count >= 8 else { throw SafetensorsError.truncatedHeader(path: path, size: file.count, needed: 8) }
        let length = try file.bytes(count: 8, what: "the header length", limit: 8)
            .enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        guard length <= UInt64(maxHeader) else {
            throw SafetensorsError.headerTooLarge(path: path, length: length, limit: maxHeader)
        }
        let headerLength = Int(length)
        guard headerLength <= file.count - 8 else {
            throw SafetensorsError.truncatedHeader(path: path, size: file.count, needed: 8 + headerLength)
        }
        let text = try file.bytes(at: 8, count: headerLength, what: "the header", limit: maxHeader)
        let header: JSONValue
        do { header = try JSONValue(parsing: text, depth: 8) } catch {
            throw SafetensorsError.badHeader(path: path, problem: error.description)
        }
        guard let members = header.members else { throw SafetensorsError.headerNotObject(path: path) }
        if let name = header.duplicateName { throw SafetensorsError.duplicateName(path: path, name: name) }
        guard members.count <= maxTensors else {
            throw SafetensorsError.tooManyTensors(path: path, count: members.count, limit: maxTensors)
        }

        var checkpoint = Checkpoint(format: "safetensors", writer: nil, tensors: [])
        let dataStart = 8 + headerLength
        let dataCount = file.count - dataStart
        var ranges: [(range: Range<Int>, name: String)] = []
        for member in members {
            if member.name == "__metadata__" {
                for (name, value) in try metadata(member.value, path: path) {
                    if name == "format" { checkpoint.writer = value } else { checkpoint.aliases[name] = value }
                }
                continue
            }
            let (dtype, shape, range) = try describe(member, path: path, dataCount: dataCount)
            ranges.append((range, member.name))
            let tensor = StoredTensor(shape: shape, dtype: dtype, source: file, offset: dataStart + range.lowerBound)
            checkpoint.tensors.append(NamedTensor(name: member.name, tensor: tensor))
        }
        try checkCoverage(&ranges, path: path, dataCount: dataCount)
        return checkpoint
    }

    private static func metadata(_ value: JSONValue, path: String) throws -> [(String, String)] {
        guard let members = value.members else { throw SafetensorsError.badMetadata(path: path) }
        return try members.map {
            guard let text = $0.value.string else { throw SafetensorsError.badMetadata(path: path) }
            return ($0.name, text)
        }
    }

    private static func describe(
        _ member: JSONMember, path: String, dataCount: Int
    ) throws -> (TensorType, [Int], Range<Int>) {
        let name = member.name
        if let twice = member.value.duplicateName {
            throw SafetensorsError.duplicateName(path: path, name: name + "." + twice)
        }
        guard let typeName = member.value["dtype"]?.string, let dimensions = member.value["shape"]?.array,
            let offsets = member.value["data_offsets"]?.array, offsets.count == 2
        else { throw SafetensorsError.badDescription(path: path, tensor: name) }
        guard let dtype = TensorType(rawValue: typeName) else {
            throw SafetensorsError.unknownType(path: path, tensor: name, type: typeName)
        }
        var shape: [Int] = []
        for dimension in dimensions {
            guard case .integer(let extent) = dimension, extent >= 0 else {
                throw SafetensorsError.badShape(path: path, tensor: name)
            }
            shape.append(extent)
        }
        guard let count = shape.checkedProduct else { throw SafetensorsError.badShape(path: path, tensor: name) }
        guard case .integer(let begin) = offsets[0], case .integer(let end) = offsets[1], begin >= 0, end >= begin,
            end <= dataCount
        else { throw SafetensorsError.badOffsets(path: path, tensor: name, available: dataCount) }
        guard count &* dtype.size == end - begin else {
            throw SafetensorsError.sizeMismatch(path: path, tensor: name, shape: shape, type: typeName, bytes: end - begin)
        }
        return (dtype, shape, begin..<end)
    }

    private static func checkCoverage(_ ranges: inout [(range: Range<Int>, name: String)], path: String, dataCount: Int) throws {
        ranges.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        var before = ""
        for (range, name) in ranges {
            if range.lowerBound < end { throw SafetensorsError.overlap(path: path, first: before, second: name) }
            if range.lowerBound > end { throw SafetensorsError.hole(path: path, offset: end, bytes: range.lowerBound - end) }
            end = range.upperBound
            before = name
        }
        if end != dataCount { throw SafetensorsError.hole(path: path, offset: end, bytes: dataCount - end) }
    }
}
