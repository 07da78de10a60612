import AlbitModel
import AlbitText

/// Reads TensorFlow checkpoints of version 1: one table whose values carry the elements themselves.
/// Source: tensorflow/core/util/saved_tensor_slice.proto.
enum TensorFlowV1 {
    /// Bytes of a value that hold everything but its elements.
    private static let maxHead = 4096

    /// Nil where the header is not that of a version 1 checkpoint, but of a bundle.
    static func read(_ table: SortedTable, header: SortedTable.Entry, file: any ByteSource) throws(Fault) -> Checkpoint?
    {
        let path = table.path
        // SavedTensorSlices{meta = 1: message}; a bundle's header has the number of shards there: a varint.
        var wire = WireReader(try header.value(limit: 64 << 20)[...], path: path)
        guard let (number, value) = try wire.field(), number == 1, case .bytes(let meta) = value else { return nil }
        var checkpoint = Checkpoint(format: "TensorFlow checkpoint (V1)", writer: "TensorFlow", tensors: [])
        var shapes: [String: (shape: [Int], type: Int, slices: Int)] = [:]
        var reader = WireReader(meta, path: path)
        while let (number, value) = try reader.field() {
            guard case (1, .bytes(let tensor)) = (number, value) else { continue }
            var name = ""
            var shape: [Int] = []
            var type = 0
            var slices = 0
            var fields = WireReader(tensor, path: path)
            while let (number, value) = try fields.field() {
                switch (number, value) {
                case (1, .bytes(let text)): name = String(decoding: text, as: UTF8.self)
                case (2, .bytes(let bytes)): shape = try ShapeProto.dimensions(bytes, path: path)
                case (3, .varint(let number)): type = Int(truncatingIfNeeded: number)
                case (4, .bytes): slices += 1
                default: break
                }
            }
            shapes[name] = (shape, type, slices)
        }
        for entry in table.entries.dropFirst() {
            guard let (name, offset, count) = try elements(entry, path: path) else { continue }
            guard let (shape, dtype, slices) = shapes[name], slices <= 1, let product = shape.checkedProduct else {
                checkpoint.ignored.append(
                    IgnoredTensor(name: name, reason: "partitioned tensor of a version 1 checkpoint"))
                continue
            }
            guard let type = TensorFlowBundle.types[dtype], type == .float32 || type == .float64 else {
                checkpoint.ignored.append(IgnoredTensor(name: name, reason: "no floating type"))
                continue
            }
            guard product &* type.size == count else {
                throw Fault(
                    .bundleBadEntry, in: path, at: "tensor '\(name)'",
                    "has a wrong entry: its shape \(shape) does not fill its \(count) bytes",
                    advice: "download the checkpoint again")
            }
            checkpoint.tensors.append(
                NamedTensor(
                    name: name, tensor: StoredTensor(shape: shape, dtype: type, source: entry.source, offset: offset)))
        }
        return checkpoint
    }

    /// Where a value's elements lie: SavedTensorSlices.data(2).data(3: TensorProto).tensor_content(4), float_val(5)
    /// or double_val(6).
    private static func elements(
        _ entry: SortedTable.Entry, path: String
    ) throws(Fault) -> (name: String, offset: Int, count: Int)? {
        // The elements are one long field near the end, so only the beginning is parsed: field by field, skipping.
        func fields(at start: Int, count: Int) throws(Fault) -> [(number: Int, offset: Int, count: Int, value: UInt64)]
        {
            var found: [(number: Int, offset: Int, count: Int, value: UInt64)] = []
            var position = start
            let end = start + count
            while position < end {
                let head = try entry.source.bytes(
                    at: position, count: min(20, end - position), what: "a field", limit: 20)
                var wire = WireReader(head[...], path: path)
                let tag = try wire.varint()
                let value = tag & 7 == 0 || tag & 7 == 2 ? try wire.varint() : 0
                let start = position + wire.consumed
                let size = tag & 7 == 2 ? value : tag & 7 == 5 ? 4 : tag & 7 == 1 ? 8 : 0
                guard size <= UInt64(end - start), found.count < 4096 else {
                    throw Fault(
                        .protobufTruncated, in: path, "a protocol buffer ends at its byte \(position) inside a field",
                        advice: "the file is damaged, download it again")
                }
                found.append((Int(truncatingIfNeeded: tag >> 3), start, Int(size), value))
                position = start + Int(size)
            }
            return found
        }
        guard let data = try fields(at: entry.offset, count: entry.count).first(where: { $0.number == 2 }) else {
            return nil
        }
        let slice = try fields(at: data.offset, count: data.count)
        guard let name = slice.first(where: { $0.number == 1 }), let tensor = slice.first(where: { $0.number == 3 })
        else { return nil }
        let parts = try fields(at: tensor.offset, count: tensor.count)
        let text = try entry.source.bytes(at: name.offset, count: name.count, what: "a name", limit: maxHead)
        // tensor_content, float_val or double_val: the type stands in the header.
        let values = parts.first { (4...6).contains($0.number) }
        return (String(decoding: text, as: UTF8.self), values?.offset ?? tensor.offset, values?.count ?? 0)
    }
}
