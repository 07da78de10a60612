import AlbitModel
import AlbitText

/// Reads TensorFlow checkpoints of version 2: an index table, and data shards beside it.
/// Sources: tensorflow/core/protobuf/tensor_bundle.proto, core/util/tensor_bundle. Limits:
/// formats/tensorflow-checkpoint.md.
package struct TensorFlowBundle {
    static let maxShards = 10_000
    static let maxEntry = 1 << 20
    static let maxGraph = 64 << 20
    static let objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH"

    /// `BundleEntryProto`.
    private struct Entry {
        var dtype = 0
        var shape: [Int] = []
        var shard = 0
        var offset = 0
        var size = 0
        var crc: UInt32 = 0
        var slices: [[(start: Int, length: Int)]] = []
    }

    private let path: String
    private let shards: [any ByteSource]
    private var entries: [(key: [UInt8], entry: Entry)] = []

    /// `DataType` of tensorflow/core/framework/types.proto.
    static let types: [Int: TensorType] = [
        1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 9: .int64, 10: .bool, 14: .bfloat16,
        17: .uint16,
        19: .float16, 22: .uint32, 23: .uint64,
    ]

    /// The checkpoint whose index is `file`; `name` is the index's own name, from which those of the shards follow.
    package static func read(
        _ file: any ByteSource, name: String, tree: any FileTree
    ) throws(Fault) -> (Checkpoint, [any ByteSource]) {
        let table = try SortedTable(file)
        guard let header = table.entries.first, header.key.isEmpty else {
            throw Fault(
                .bundleNoHeader, in: file.path,
                "is a table, but no TensorFlow checkpoint: the header under the empty key is missing",
                expected: "the .index of a checkpoint of version 2")
        }
        if let slices = try TensorFlowV1.read(table, header: header, file: file) { return (slices, []) }
        let bundle = try TensorFlowBundle(table, header: try header.value(limit: maxEntry), name: name, tree: tree)
        return (try bundle.checkpoint(), bundle.shards)
    }

    private init(_ table: SortedTable, header: [UInt8], name: String, tree: any FileTree) throws(Fault) {
        path = table.path
        let prefix = name.hasSuffix(".index") ? String(name.dropLast(6)) : name
        var count = 1
        var wire = WireReader(header[...], path: path)
        while let (number, value) = try wire.field() {
            if case (1, .varint(let shards)) = (number, value) {
                guard shards >= 1, shards <= UInt64(TensorFlowBundle.maxShards) else {
                    throw Fault(
                        .bundleBadHeader, in: path,
                        "the checkpoint's header tells of \(shards) shards, which is not supported",
                        advice: "save it again with TensorFlow on a usual machine")
                }
                count = Int(shards)
            }
            if case (2, .varint(1)) = (number, value) {
                throw Fault(
                    .bundleBadHeader, in: path,
                    "the checkpoint's header tells of big-endian data, which is not supported",
                    advice: "save it again with TensorFlow on a usual machine")
            }
        }
        func digits(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, 5 - text.count)) + text
        }
        var shards: [any ByteSource] = []
        for index in 0..<count {
            let shard = "\(prefix).data-\(digits(index))-of-\(digits(count))"
            guard let file = try tree.open(shard) else {
                throw Fault(
                    .bundleMissingShard, in: path, "the data file '\(shard)' is not beside it",
                    advice: "download it too")
            }
            shards.append(file)
        }
        self.shards = shards
        for entry in table.entries.dropFirst() {
            entries.append((entry.key, try parse(try entry.value(limit: TensorFlowBundle.maxEntry), key: entry.key)))
        }
        try checkOverlap()
    }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }

    private func parse(_ bytes: [UInt8], key: [UInt8]) throws(Fault) -> Entry {
        var entry = Entry()
        var wire = WireReader(bytes[...], path: path)
        func integer(_ value: UInt64, _ what: String) throws(Fault) -> Int {
            let signed = Int64(bitPattern: value)
            guard signed >= 0 else { throw .badEntry(path: path, tensor: text(key), problem: "\(what) is negative") }
            return Int(signed)
        }
        while let (number, value) = try wire.field() {
            switch (number, value) {
            case (1, .varint(let type)): entry.dtype = try integer(type, "its type")
            case (2, .bytes(let shape)): entry.shape = try ShapeProto.dimensions(shape, path: path)
            case (3, .varint(let shard)): entry.shard = try integer(shard, "its shard")
            case (4, .varint(let offset)): entry.offset = try integer(offset, "its offset")
            case (5, .varint(let size)): entry.size = try integer(size, "its size")
            case (6, .fixed32(let crc)): entry.crc = crc
            case (7, .bytes(let slice)): entry.slices.append(try ShapeProto.slice(slice, path: path))
            default: break
            }
        }
        let name = text(key)
        guard entry.shape.checkedProduct != nil else {
            throw .badEntry(
                path: path, tensor: name, problem: "its shape \(entry.shape) has a negative or overflowing dimension")
        }
        if !entry.slices.isEmpty { return entry }
        guard entry.shard < shards.count else {
            throw .badEntry(path: path, tensor: name, problem: "it lies in shard \(entry.shard) of \(shards.count)")
        }
        let available = shards[entry.shard].count
        guard entry.offset <= available, entry.size <= available - entry.offset else {
            throw Fault(
                .bundleOutsideShard, in: path, at: "tensor '\(name)'",
                "needs \(entry.size) bytes at \(entry.offset) of '\(shards[entry.shard].path)', which has "
                    + "\(available)", advice: "download it again")
        }
        if let type = TensorFlowBundle.types[entry.dtype], (entry.shape.checkedProduct ?? 0) &* type.size != entry.size
        {
            throw .badEntry(
                path: path, tensor: name,
                problem: "its shape \(entry.shape) of \(type.rawValue) does not fill its \(entry.size) bytes")
        }
        return entry
    }

    private func checkOverlap() throws(Fault) {
        let stored = entries.filter { $0.entry.slices.isEmpty && $0.entry.size > 0 }
            .sorted { ($0.entry.shard, $0.entry.offset) < ($1.entry.shard, $1.entry.offset) }
        for (a, b) in zip(stored, stored.dropFirst()) where a.entry.shard == b.entry.shard {
            guard a.entry.offset + a.entry.size <= b.entry.offset else {
                throw Fault(
                    .bundleOverlap, in: path, "tensors '\(text(a.key))' and '\(text(b.key))' share bytes",
                    advice: "download the checkpoint again")
            }
        }
    }

    private func tensor(_ entry: Entry, type: TensorType, name: String) -> any LazyTensor {
        let shard = shards[entry.shard]
        let path = path
        return StoredTensor(
            shape: entry.shape, dtype: type, source: shard, offset: entry.offset,
            check: .crc32c(entry.crc) {
                Fault(
                    .bundleWrongChecksum, in: path, at: "tensor '\(name)'",
                    "has bytes in '\(shard.path)' that do not match its CRC-32C",
                    advice: "download the checkpoint again")
            })
    }

    private func checkpoint() throws(Fault) -> Checkpoint {
        var checkpoint = Checkpoint(format: "TensorFlow checkpoint (V2 bundle)", writer: "TensorFlow", tensors: [])
        let indexOfKey = Dictionary(entries.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        for (key, entry) in entries where key.first != 0 {
            let name = text(key)
            if name == TensorFlowBundle.objectGraphKey {
                checkpoint.alternativeNames = try objectGraph(entry)
                continue
            }
            guard let type = TensorFlowBundle.types[entry.dtype] else {
                let kind = entry.dtype == 7 ? "strings" : "the TensorFlow type \(entry.dtype)"
                checkpoint.ignored.append(IgnoredTensor(name: name, reason: "holds \(kind), no weights"))
                continue
            }
            guard !entry.slices.isEmpty else {
                checkpoint.tensors.append(NamedTensor(name: name, tensor: tensor(entry, type: type, name: name)))
                continue
            }
            var parts: [JoinedTensor.Part] = []
            let axis = entry.slices.compactMap { slice in slice.firstIndex { $0.length >= 0 } }.first ?? 0
            for slice in entry.slices {
                let sliceKey = OrderedCode.sliceKey(name: key, slice: slice)
                guard let index = indexOfKey[sliceKey], entries[index].entry.slices.isEmpty,
                    slice.indices.contains(axis)
                else {
                    throw Fault(
                        .bundleMissingSlice, in: path, at: "tensor '\(name)'",
                        "is partitioned, and its parts do not make it whole", advice: "download the checkpoint again")
                }
                parts.append(
                    .init(start: slice[axis].start, tensor: tensor(entries[index].entry, type: type, name: name)))
            }
            guard let joined = JoinedTensor(shape: entry.shape, axis: axis, parts: parts) else {
                throw Fault(
                    .bundleMissingSlice, in: path, at: "tensor '\(name)'",
                    "is partitioned, and its parts do not make it whole", advice: "download the checkpoint again")
            }
            checkpoint.tensors.append(NamedTensor(name: name, tensor: joined))
        }
        return checkpoint
    }

    /// Keys of an object checkpoint to the variables' full names. A string tensor of one element is stored as its
    /// length, a checksum of the lengths, then the bytes: a `TrackableObjectGraph`.
    private func objectGraph(_ entry: Entry) throws(Fault) -> [String: String] {
        guard entry.slices.isEmpty else { return [:] }
        let bytes = try shards[entry.shard].bytes(
            at: entry.offset, count: entry.size, what: "the object graph", limit: TensorFlowBundle.maxGraph)
        var lengths = WireReader(bytes[...], path: path)
        let length = try lengths.varint()
        let start = lengths.consumed + 4
        guard length <= UInt64(bytes.count), start <= bytes.count, Int(length) <= bytes.count - start else {
            throw .badEntry(path: path, tensor: TensorFlowBundle.objectGraphKey, problem: "its string is truncated")
        }
        var names: [String: String] = [:]
        var graph = WireReader(bytes[start..<(start + Int(length))], path: path)
        while let (number, value) = try graph.field() {
            guard case (1, .bytes(let object)) = (number, value) else { continue }
            var node = WireReader(object, path: path)
            while let (number, value) = try node.field() {
                guard case (2, .bytes(let attribute)) = (number, value) else { continue }
                var fields = WireReader(attribute, path: path)
                var full = ""
                var key = ""
                while let (number, value) = try fields.field() {
                    if case (2, .bytes(let text)) = (number, value) { full = String(decoding: text, as: UTF8.self) }
                    if case (3, .bytes(let text)) = (number, value) { key = String(decoding: text, as: UTF8.self) }
                }
                if !full.isEmpty && !key.isEmpty { names[key] = full }
            }
        }
        return names
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badEntry(path: String, tensor: String, problem: String) -> Fault {
        Fault(
            .bundleBadEntry, in: path, at: "tensor '\(tensor)'", "has a wrong entry: \(problem)",
            advice: "download the checkpoint again")
    }
}
