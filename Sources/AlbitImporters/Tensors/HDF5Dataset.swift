import AlbitText

/// A dataset's description, read from the messages of its object header.
struct HDF5Dataset {
    enum Layout {
        case contiguous(address: Int?, size: Int)
        case compact([UInt8])
        /// Chunk dimensions, and the address of the tree of chunks.
        case chunked(tree: Int?, dimensions: [Int])
        case singleChunk(address: Int?, dimensions: [Int], size: Int?)
    }

    enum Filter: Equatable {
        case deflate, shuffle, fletcher32
    }

    var shape: [Int] = []
    var dtype: TensorType?
    var layout: Layout?
    var filters: [Filter] = []
    let name: String
    private let file: HDF5File

    init(_ messages: [HDF5File.Message], name: String, file: HDF5File) throws(Fault) {
        self.name = name
        self.file = file
        for message in messages {
            var reader = ByteReader(message.data, path: file.path)
            switch message.type {
            case 0x01: shape = try dataspace(&reader)
            case 0x03: dtype = try datatype(&reader)
            case 0x08: layout = try layout(&reader)
            case 0x0B: filters = try pipeline(&reader)
            default: break
            }
        }
    }

    private func bad(_ problem: String) -> Fault {
        Fault(
            .hdf5BadDataset, in: file.path, at: "dataset '\(name)'", problem)
    }
    private func unsupported(_ what: String) -> Fault {
        Fault(
            .hdf5Unsupported, in: file.path,
            "uses \(what) in dataset '\(name)', which Keras does not write and Albit does not read",
            advice: "save it again with Keras or h5py's defaults")
    }

    private func dataspace(_ reader: inout ByteReader) throws(Fault) -> [Int] {
        let version = try reader.uint8()
        let rank = Int(try reader.uint8())
        guard version == 1 || version == 2, rank <= HDF5File.maxRank else {
            throw unsupported("a dataspace of unknown form")
        }
        try reader.skip(version == 1 ? 6 : 2)
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try file.length(&reader)) }
        guard shape.checkedProduct != nil else { throw bad("has an overflowing shape \(shape)") }
        return shape
    }

    /// Nil for what is no little-endian number.
    private func datatype(_ reader: inout ByteReader) throws(Fault) -> TensorType? {
        let kind = try reader.uint8()
        let bits = try reader.uint8()
        try reader.skip(2)
        let size = try reader.uint32()
        guard bits & 1 == 0 else { throw unsupported("big-endian numbers") }
        switch (kind & 15, size) {
        case (0, 1): return bits & 8 != 0 ? .int8 : .uint8
        case (0, 2): return bits & 8 != 0 ? .int16 : .uint16
        case (0, 4): return bits & 8 != 0 ? .int32 : .uint32
        case (0, 8): return bits & 8 != 0 ? .int64 : .uint64
        case (1, 4): return .float32
        case (1, 8): return .float64
        case (1, 2):
            try reader.skip(5)
            // Size of the exponent: 5 in IEEE half precision, 8 in bfloat16.
            return try reader.uint8() == 8 ? .bfloat16 : .float16
        default: return nil
        }
    }

    private func layout(_ reader: inout ByteReader) throws(Fault) -> Layout {
        let version = try reader.uint8()
        guard version == 3 || version == 4 else { throw unsupported("a layout of version \(version)") }
        switch try reader.uint8() {
        case 0: return .compact(Array(try reader.bytes(Int(try reader.uint16()))))
        case 1: return .contiguous(address: try file.address(&reader), size: try file.length(&reader))
        case 2 where version == 3:
            let rank = Int(try reader.uint8())
            guard rank >= 2, rank <= HDF5File.maxRank + 1 else { throw bad("has chunks of \(rank - 1) dimensions") }
            let tree = try file.address(&reader)
            var dimensions: [Int] = []
            for _ in 0..<(rank - 1) { dimensions.append(Int(try reader.uint32())) }
            return .chunked(tree: tree, dimensions: dimensions)
        case 2:
            let flags = try reader.uint8()
            let rank = Int(try reader.uint8())
            let width = Int(try reader.uint8())
            guard rank >= 2, rank <= HDF5File.maxRank + 1 else { throw bad("has chunks of \(rank - 1) dimensions") }
            var dimensions: [Int] = []
            for _ in 0..<rank { dimensions.append(Int(clamping: try reader.unsigned(bytes: width))) }
            guard try reader.uint8() == 1 else { throw unsupported("a chunk index other than a version 1 tree") }
            var size: Int?
            if flags & 2 != 0 {
                size = try file.length(&reader)
                try reader.skip(4)
            }
            return .singleChunk(
                address: try file.address(&reader), dimensions: Array(dimensions.dropLast()), size: size)
        default: throw unsupported("a virtual layout")
        }
    }

    private func pipeline(_ reader: inout ByteReader) throws(Fault) -> [Filter] {
        let version = try reader.uint8()
        let count = try reader.uint8()
        if version == 1 { try reader.skip(6) }
        var filters: [Filter] = []
        for _ in 0..<count {
            let id = try reader.uint16()
            let nameLength = version == 1 || id >= 256 ? Int(try reader.uint16()) : 0
            try reader.skip(2)
            let values = Int(try reader.uint16())
            try reader.skip(version == 1 ? (nameLength + 7) & ~7 : nameLength)
            try reader.skip(4 * values + (version == 1 && values % 2 == 1 ? 4 : 0))
            switch id {
            case 1: filters.append(.deflate)
            case 2: filters.append(.shuffle)
            case 3: filters.append(.fletcher32)
            default: throw unsupported("filter \(id)")
            }
        }
        return filters
    }

    /// The elements; nil for what is no number.
    func tensor() throws(Fault) -> (any LazyTensor)? {
        guard let dtype, let layout else { return nil }
        guard let count = shape.checkedProduct else { throw bad("has an overflowing shape") }
        let bytes = count &* dtype.size
        switch layout {
        case .compact(let content):
            guard content.count >= bytes else {
                throw bad("holds \(content.count) bytes, its shape \(shape) needs \(bytes)")
            }
            return StoredTensor(shape: shape, dtype: dtype, source: MemoryBytes(content, path: file.path), offset: 0)
        case .contiguous(let address, let size):
            guard let address else { throw bad("was never written") }
            guard size >= bytes else { throw bad("holds \(size) bytes, its shape \(shape) needs \(bytes)") }
            guard address <= file.file.count - file.base, bytes <= file.file.count - file.base - address else {
                throw Fault(
                    .hdf5Outside, in: file.path,
                    "dataset '\(name)' at address \(address) lies outside the file of \(file.file.count) bytes",
                    advice: "download it again")
            }
            return StoredTensor(shape: shape, dtype: dtype, source: file.file, offset: file.base + address)
        case .chunked(let tree, let dimensions):
            return try ChunkedTensor(
                self, dtype: dtype, chunk: dimensions, places: try places(tree, dimensions: dimensions), file: file)
        case .singleChunk(let address, let dimensions, let size):
            guard let address, let plain = dimensions.checkedProduct else { throw bad("was never written") }
            let place = ChunkedTensor.Place(
                address: address, size: size ?? plain &* dtype.size, skippedFilters: 0, corner: shape.map { _ in 0 })
            return try ChunkedTensor(self, dtype: dtype, chunk: dimensions, places: [place], file: file)
        }
    }

    /// The chunks of a version 1 B-tree: keys are size, filters left out, and the corner's coordinates.
    private func places(_ tree: Int?, dimensions: [Int]) throws(Fault) -> [ChunkedTensor.Place] {
        guard let tree else { throw bad("was never written") }
        guard dimensions.count == shape.count else { throw bad("has chunks of another rank") }
        var places: [ChunkedTensor.Place] = []
        var pending = [(address: tree, level: -1)]
        while let (address, expected) = pending.popLast() {
            try file.countNode()
            let node = try file.treeNode(at: address, type: 1, keySize: 8 + 8 * (dimensions.count + 1))
            guard expected < 0 || node.level == expected else {
                throw file.fail("a tree whose levels do not descend", at: address)
            }
            for child in node.children {
                if node.level > 0 {
                    pending.append((child.address, node.level - 1))
                    continue
                }
                var key = ByteReader(child.key, path: file.path)
                let size = Int(try key.uint32())
                let mask = try key.uint32()
                var corner: [Int] = []
                for _ in dimensions { corner.append(Int(clamping: try key.uint64())) }
                guard places.count < HDF5File.maxNodes else {
                    throw Fault(
                        .hdf5TooMany, in: file.path, "has more than \(HDF5File.maxNodes) chunks, or a cycle of them",
                        advice: "the file is damaged or hostile")
                }
                places.append(
                    ChunkedTensor.Place(address: child.address, size: size, skippedFilters: mask, corner: corner))
            }
        }
        return places
    }
}
