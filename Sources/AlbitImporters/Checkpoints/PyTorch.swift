import AlbitModel
import AlbitText

/// Reads what `torch.save`, `torch.jit.save` and `torch.export.save` write: zip archives with a pickle that names
/// tensors, and the older stream of pickles. Limits and sources: formats/pytorch.md.
package enum PyTorch: CheckpointReader {
    package static let formatName = "PyTorch"
    package static let fileNames = ["pytorch_model.bin"]
    package static let suffixes = [".bin", ".pt", ".pth", ".ckpt", ".pt2"]

    /// A zip archive, which may be that of a folder instead, or a pickle of protocol 2 to 5.
    package static func matches(_ start: FileStart) -> FormatMatch {
        if ZipArchive.begins(start) { return .likely }
        return start.has([0x80]) && start.bytes.count > 1 && (2...5).contains(start.bytes[1]) ? .likely : .no
    }

    package static func read(_ file: any ByteSource) throws(Fault) -> Checkpoint {
        ZipArchive.begins(try FileStart(file)) ? try read(zip: file) : try read(legacy: file)
    }

    /// A zip archive.
    package static func read(zip file: any ByteSource) throws(Fault) -> Checkpoint {
        let archive = try ZipArchive(file)
        // Everything lies under one directory, whose name is free.
        if let pickle = archive.entries.first(where: { isTopLevel($0.name, "data.pkl") })?.name {
            let root = String(pickle.dropLast(8))
            try checkByteOrder(archive, root: root)
            return try read(archive, root: root)
        }
        if let weights = archive.entries.first(where: { $0.name.hasSuffix("data/weights/model_weights_config.json") })?
            .name
        {
            try checkByteOrder(archive, root: String(weights.dropLast(38)))
            return try readExport(archive, configuration: weights)
        }
        throw .notTorch(path: file.path)
    }

    /// Whether a zip archive is one that torch writes, rather than an archive of a folder.
    static func wrote(_ archive: ZipArchive) -> Bool {
        archive.entries.contains {
            isTopLevel($0.name, "data.pkl") || $0.name.hasSuffix("data/weights/model_weights_config.json")
        }
    }

    private static func isTopLevel(_ name: String, _ file: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1] == file || name == file
    }

    private static func checkByteOrder(_ archive: ZipArchive, root: String) throws(Fault) {
        guard let text = try archive.allBytes(root + "byteorder", limit: 16) else { return }
        guard text == Array("little".utf8) else {
            throw Fault(
                .torchByteOrder, in: archive.file.path,
                "was written on a machine of byte order '\(String(decoding: text, as: UTF8.self))'",
                expected: "'little'", advice: "save it again on a usual machine")
        }
    }

    private static func read(_ archive: ZipArchive, root: String) throws(Fault) -> Checkpoint {
        let path = archive.file.path
        guard let bytes = try archive.allBytes(root + "data.pkl", limit: PickleMachine.maxBytes) else {
            throw .notTorch(path: path)
        }
        var machine = PickleMachine(bytes, path: "\(path)(\(root)data.pkl)")
        let value = try machine.run()
        let isScript = archive.contains(root + "constants.pkl")
        let found = try machine.tensors(in: value)
        if isScript && found.isEmpty {
            throw Fault(
                .torchFrozenScript, in: path,
                "is a frozen TorchScript module: its weights are constants without names",
                advice: "give the model from before torch.jit.freeze")
        }
        var checkpoint = Checkpoint(
            format: isScript ? "TorchScript archive" : "PyTorch zip", writer: nil, tensors: [])
        var storages: [String: any ByteSource] = [:]
        for (name, tensor) in found {
            let key = tensor.storage.key
            let entry = root + "data/" + key
            if storages[key] == nil, key.utf8.allSatisfy({ $0 != 0x2F }) { storages[key] = try archive.open(entry) }
            guard let source = storages[key] else { throw .missingStorage(path: path, tensor: name, storage: entry) }
            func verify() throws(Fault) { try archive.verify(entry) }
            let stored = try lazy(
                tensor, name: name, source: source, at: 0, available: source.count, path: path, verify: verify)
            checkpoint.tensors.append(NamedTensor(name: name, tensor: stored))
        }
        return checkpoint
    }

    /// A tensor over its storage, bounds checked.
    private static func lazy(
        _ tensor: PickleTensor, name: String, source: any ByteSource, at start: Int, available: Int, path: String,
        verify: (() throws(Fault) -> Void)?
    ) throws(Fault) -> any LazyTensor {
        let size = tensor.dtype.size
        // An untyped storage counts bytes.
        let (declared, overflow) = tensor.storage.count.multipliedReportingOverflow(by: tensor.storage.dtype?.size ?? 1)
        let (skipped, skipOverflow) = tensor.storage.offset.multipliedReportingOverflow(by: size)
        guard !overflow, !skipOverflow, skipped <= available, declared <= available - skipped else {
            throw Fault(
                .torchShortStorage, in: path, at: "tensor '\(name)'",
                "has \(available) bytes in the storage '\(tensor.storage.key)'", expected: "\(declared)",
                advice: "download the file again")
        }
        // Two tensors of one storage share this base, so that aliases have one origin.
        let base = StoredTensor(
            shape: [declared / size], dtype: tensor.dtype, source: source, offset: start + skipped,
            check: verify.map { .before($0) })
        guard let view = TensorView(base, shape: tensor.shape, strides: tensor.strides, offset: tensor.offset) else {
            throw Fault(
                .torchOutsideStorage, in: path, at: "tensor '\(name)'",
                "has shape \(tensor.shape) at element \(tensor.offset), outside its storage '\(tensor.storage.key)' "
                    + "of \(declared / size)", advice: "the file is damaged, download it again")
        }
        return view
    }

    // Legacy -------------------------------------------------------------------------------------------

    /// The magic number 0x1950a86a20f9469cfc6c.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// Five pickles (magic, version, system, object, keys), then each storage after its element count.
    package static func read(legacy file: any ByteSource) throws(Fault) -> Checkpoint {
        // The pickles come first and are small; the storages behind them may be large.
        do throws(Fault) {
            return try read(legacy: file, head: try file.prefix(2 << 20))
        } catch  where error.code == .pickleTruncated && file.count > 2 << 20 {
            return try read(legacy: file, head: try file.prefix(PickleMachine.maxBytes))
        }
    }

    private static func read(legacy file: any ByteSource, head: [UInt8]) throws(Fault) -> Checkpoint {
        let path = file.path
        var machine = PickleMachine(head, path: path)
        guard case .bigInteger(let number) = try machine.run(), number.starts(with: magic) else {
            throw .notTorch(path: path)
        }
        guard try next(&machine, head).0.integer == 1001 else { throw .notTorch(path: path) }
        let (system, systemMachine) = try next(&machine, head)
        if case .dictionary(let members)? = systemMachine.node(system),
            case .bool(false)? = members.first(where: { $0.key.string == "little_endian" })?.value
        {
            throw Fault(
                .torchByteOrder, in: path, "was written on a machine of byte order 'big'", expected: "'little'",
                advice: "save it again on a usual machine")
        }
        let (object, objectMachine) = try next(&machine, head)
        let (keyValue, keyMachine) = try next(&machine, head)
        guard let keys = keyMachine.sequence(keyValue)?.compactMap(\.string) else { throw .notTorch(path: path) }

        let found = try objectMachine.tensors(in: object)
        var types: [String: Int] = [:]
        for (_, tensor) in found { types[tensor.storage.key] = tensor.dtype.size }
        for case .storage(let storage) in objectMachine.nodes { types[storage.key] = storage.dtype?.size ?? 1 }
        var places: [String: (offset: Int, count: Int)] = [:]
        var offset = machine.offset
        for key in keys {
            let header = try file.bytes(at: offset, count: 8, what: "a storage's size", limit: 8)
            let count = header.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
            let size = UInt64(types[key] ?? 1)
            guard count <= UInt64(file.count), count &* size <= UInt64(file.count - offset - 8) else {
                throw Fault(
                    .torchShortStorage, in: path, at: "tensor '\(key)'",
                    "has \(file.count - offset - 8) bytes in the storage '\(key)'", expected: "\(Int(clamping: count))",
                    advice: "download the file again")
            }
            places[key] = (offset + 8, Int(count &* size))
            offset += 8 + Int(count &* size)
        }
        var checkpoint = Checkpoint(format: "PyTorch legacy", writer: nil, tensors: [])
        for (name, tensor) in found {
            guard let place = places[tensor.storage.key] else {
                throw .missingStorage(path: path, tensor: name, storage: tensor.storage.key)
            }
            checkpoint.tensors.append(
                NamedTensor(
                    name: name,
                    tensor: try lazy(
                        tensor, name: name, source: file, at: place.offset, available: place.count, path: path,
                        verify: nil)))
        }
        return checkpoint
    }

    private static func next(
        _ machine: inout PickleMachine, _ head: [UInt8]
    ) throws(Fault) -> (PickleValue, PickleMachine) {
        machine = PickleMachine(head, at: machine.offset, path: machine.path)
        return (try machine.run(), machine)
    }

    // torch.export -------------------------------------------------------------------------------------

    /// `ScalarType` of torch/_export/serde/schema.py.
    private static let exportTypes: [Int: TensorType] = [
        1: .uint8, 2: .int8, 3: .int16, 4: .int32, 5: .int64, 6: .float16, 7: .float32, 8: .float64, 12: .bool,
        13: .bfloat16,
    ]

    private static func readExport(_ archive: ZipArchive, configuration name: String) throws(Fault) -> Checkpoint {
        let path = archive.file.path
        guard let text = try archive.allBytes(name, limit: 64 << 20) else { throw .notTorch(path: path) }
        let json = try JSONValue(parsing: text, depth: 16, file: path, place: name)
        guard let members = json["config"]?.members else {
            throw Fault(
                .torchBadExport, in: path,
                "the weights of this torch.export archive cannot be read: 'config' is missing",
                advice: "export it again")
        }
        let directory = String(name.dropLast(25))
        var checkpoint = Checkpoint(format: "PyTorch export (.pt2)", writer: nil, tensors: [])
        var storages: [String: any ByteSource] = [:]
        for member in members {
            let value = member.value
            func list(_ key: String) -> [Int]? {
                guard let items = value["tensor_meta"]?[key]?.array else { return nil }
                let found = items.compactMap { $0["as_int"]?.integer }
                return found.count == items.count ? found : nil
            }
            guard let file = value["path_name"]?.string, value["use_pickle"]?.bool != true,
                let dtype = value["tensor_meta"]?["dtype"]?.integer.flatMap({ exportTypes[$0] }),
                let shape = list("sizes"),
                let strides = list("strides"), let offset = value["tensor_meta"]?["storage_offset"]?["as_int"]?.integer,
                shape.checkedProduct != nil
            else {
                throw Fault(
                    .torchBadExport, in: path,
                    "the weights of this torch.export archive cannot be read: the weight "
                        + "'\(member.name)' is not described as expected",
                    advice: "export it again")
            }
            let entry = directory + file
            if storages[file] == nil { storages[file] = try archive.open(entry) }
            guard let source = storages[file] else {
                throw .missingStorage(path: path, tensor: member.name, storage: entry)
            }
            let storage = PickleStorage(key: file, dtype: dtype, count: source.count / dtype.size)
            let tensor = PickleTensor(storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides)
            func verify() throws(Fault) { try archive.verify(entry) }
            let stored = try lazy(
                tensor, name: member.name, source: source, at: 0, available: source.count, path: path, verify: verify)
            checkpoint.tensors.append(NamedTensor(name: member.name, tensor: stored))
        }
        return checkpoint
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func notTorch(path: String) -> Fault {
        Fault(
            .torchNotTorch, in: path,
            "is an archive or pickle, but not one that torch.save writes: data.pkl or the magic number is "
                + "missing", expected: "a checkpoint of torch.save, torch.jit.save or torch.export.save")
    }

    fileprivate static func missingStorage(path: String, tensor: String, storage: String) -> Fault {
        Fault(
            .torchMissingStorage, in: path, at: "tensor '\(tensor)'",
            "needs the storage '\(storage)', which is missing", advice: "download the file again")
    }
}
