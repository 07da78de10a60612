import AlbitModel
import AlbitText

/// Reads safetensors: 8 bytes of header length, a JSON header, then tensors that cover the rest without hole or
/// overlap. Limits and sources: formats/safetensors.md.
package enum Safetensors: CheckpointReader {
    package static let formatName = "safetensors"
    package static let fileNames = ["model.safetensors"]
    package static let suffixes = [".safetensors"]
    package static let isReadByName = true

    /// The format allows 100 MB; a header of all the tensors a model of these families can have takes a hundredth.
    static let maxHeader = 32 << 20
    static let maxTensors = 1 << 20

    /// A header length, then JSON. Certain where the length is one that is allowed, and an object follows: the length
    /// may begin with the bytes of a pickle.
    package static func matches(_ start: FileStart) -> FormatMatch {
        if start.has("{", at: 8) { return start.has([0, 0, 0, 0], at: 4) ? .certain : .possible }
        return start.has("[", at: 8) ? .possible : .no
    }

    package static func read(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        let path = file.path
        guard file.count >= 8 else {
            throw Fault(
                .safetensorsTruncatedHeader, in: path, "has \(file.count) bytes, but its safetensors header needs \(8)",
                advice: "copy or download the file again")
        }
        let length = try file.bytes(count: 8, what: "the header length", limit: 8)
            .enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        guard length <= UInt64(maxHeader) else {
            throw Fault(
                .safetensorsHeaderTooLarge, in: path,
                "claims a safetensors header of \(length) bytes, more than the limit of \(maxHeader)",
                advice: "the file is damaged")
        }
        let headerLength = Int(length)
        guard headerLength <= file.count - 8 else {
            throw Fault(
                .safetensorsTruncatedHeader, in: path,
                "has \(file.count) bytes, but its safetensors header needs \(8 + headerLength)",
                advice: "copy or download the file again")
        }
        let text = try file.bytes(at: 8, count: headerLength, what: "the header", limit: maxHeader)
        let header = try JSONValue(parsing: text, depth: 8, file: path, place: "the safetensors header")
        guard let members = header.members else {
            throw Fault(
                .safetensorsHeaderNotObject, in: path, "the safetensors header is not a JSON object",
                advice: "copy or download the file again")
        }
        if let name = header.duplicateName {
            throw Fault(
                .safetensorsDuplicateName, in: path, "'\(name)' stands twice in the header, so its meaning is open",
                advice: "save the model again")
        }
        guard members.count <= maxTensors else {
            throw Fault(
                .safetensorsTooManyTensors, in: path,
                "describes \(members.count) tensors, more than the limit of \(maxTensors)",
                advice: "the file is damaged or hostile")
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

    private static func metadata(_ value: JSONValue, path: String) throws(Fault) -> [(String, String)] {
        guard let members = value.members else {
            throw Fault(
                .safetensorsBadMetadata, in: path, "__metadata__ is not an object of strings",
                advice: "save the model again")
        }
        var texts: [(String, String)] = []
        for member in members {
            guard let text = member.value.string else {
                throw Fault(
                    .safetensorsBadMetadata, in: path, "__metadata__ is not an object of strings",
                    advice: "save the model again")
            }
            texts.append((member.name, text))
        }
        return texts
    }

    private static func describe(
        _ member: JSONMember, path: String, dataCount: Int
    ) throws(Fault) -> (TensorType, [Int], Range<Int>) {
        let name = member.name
        if let twice = member.value.duplicateName {
            throw Fault(
                .safetensorsDuplicateName, in: path,
                "'\(name + "." + twice)' stands twice in the header, so its meaning is open",
                advice: "save the model again")
        }
        guard let typeName = member.value["dtype"]?.string, let dimensions = member.value["shape"]?.array,
            let offsets = member.value["data_offsets"]?.array, offsets.count == 2
        else {
            throw Fault(
                .safetensorsBadDescription, in: path, at: "tensor '\(name)'",
                "is not described by dtype, shape and two data_offsets", advice: "save the model again")
        }
        guard let dtype = TensorType(rawValue: typeName) else {
            throw Fault(
                .safetensorsUnknownType, in: path, at: "tensor '\(name)'", "has dtype '\(typeName)'",
                expected: "F64, F32, F16 or BF16 for a weight")
        }
        var shape: [Int] = []
        for dimension in dimensions {
            guard case .integer(let extent) = dimension, extent >= 0 else {
                throw Fault(
                    .safetensorsBadShape, in: path, at: "tensor '\(name)'",
                    "has a negative, fractional or overflowing dimension", advice: "copy or download the file again")
            }
            shape.append(extent)
        }
        guard let count = shape.checkedProduct else {
            throw Fault(
                .safetensorsBadShape, in: path, at: "tensor '\(name)'",
                "has a negative, fractional or overflowing dimension", advice: "copy or download the file again")
        }
        guard case .integer(let begin) = offsets[0], case .integer(let end) = offsets[1], begin >= 0, end >= begin,
            end <= dataCount
        else {
            throw Fault(
                .safetensorsBadOffsets, in: path, at: "tensor '\(name)'",
                "has data_offsets that are no range within the \(dataCount) bytes of data",
                advice: "copy or download the file again")
        }
        guard count &* dtype.size == end - begin else {
            throw Fault(
                .safetensorsSizeMismatch, in: path, at: "tensor '\(name)'",
                "has shape \(shape) and dtype \(typeName), which do not fill its \(end - begin) bytes",
                advice: "copy or download the file again")
        }
        return (dtype, shape, begin..<end)
    }

    private static func checkCoverage(
        _ ranges: inout [(range: Range<Int>, name: String)], path: String, dataCount: Int
    ) throws(Fault) {
        ranges.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        var before = ""
        for (range, name) in ranges {
            if range.lowerBound < end {
                throw Fault(
                    .safetensorsOverlap, in: path, "tensors '\(before)' and '\(name)' overlap",
                    advice: "copy or download the file again")
            }
            if range.lowerBound > end {
                throw Fault(
                    .safetensorsHole, in: path,
                    "\(range.lowerBound - end) bytes at data offset \(end) belong to no tensor, which "
                        + "safetensors forbids",
                    advice: "copy or download the file again")
            }
            end = range.upperBound
            before = name
        }
        if end != dataCount {
            throw Fault(
                .safetensorsHole, in: path,
                "\(dataCount - end) bytes at data offset \(end) belong to no tensor, which safetensors forbids",
                advice: "copy or download the file again")
        }
    }
}
