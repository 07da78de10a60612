import AlbitText
import CZlib

/// A dataset in chunks that are filtered one by one; decoded chunks are kept within a budget.
final class ChunkedTensor: LazyTensor {
    struct Place {
        var address: Int
        var size: Int
        /// Bit i set: filter i was not applied to this chunk.
        var skippedFilters: UInt32
        var corner: [Int]
    }

    static let maxChunk = 16 << 20
    private static let cacheBytes = 16 << 20

    let shape: [Int]
    let dtype: TensorType
    let isSequential = false
    var origin: TensorOrigin? { nil }
    private let name: String
    private let filters: [HDF5Dataset.Filter]
    private let chunk: [Int]
    /// Chunks along each axis.
    private let grid: [Int]
    private var places: [Int: Place] = [:]
    private let file: HDF5File
    private var decoded: [Int: [UInt8]] = [:]

    init(_ dataset: HDF5Dataset, dtype: TensorType, chunk: [Int], places: [Place], file: HDF5File) throws(Fault) {
        shape = dataset.shape
        name = dataset.name
        filters = dataset.filters
        self.dtype = dtype
        self.chunk = chunk
        self.file = file
        func bad(_ problem: String) -> Fault {
            Fault.badDataset(path: file.path, dataset: dataset.name, problem: problem)
        }
        guard chunk.count == shape.count, chunk.allSatisfy({ $0 > 0 }), let elements = chunk.checkedProduct,
            elements <= ChunkedTensor.maxChunk / dtype.size
        else { throw bad("has chunks of shape \(chunk), expected at most \(ChunkedTensor.maxChunk) bytes each") }
        grid = zip(shape, chunk).map { ($0 + $1 - 1) / $1 }
        for place in places {
            guard zip(place.corner, zip(shape, chunk)).allSatisfy({ $0 < $1.0 && $0 % $1.1 == 0 }) else {
                throw bad("has a chunk at \(place.corner), outside its shape \(shape)")
            }
            self.places[index(zip(place.corner, chunk).map { $0 / $1 })] = place
        }
        guard self.places.count == grid.checkedProduct else {
            throw bad("has \(self.places.count) chunks, expected \(grid)")
        }
    }

    private func index(_ cell: [Int]) -> Int {
        var index = 0
        for (axis, position) in cell.enumerated() { index = index &* grid[axis] &+ position }
        return index
    }

    func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws(Fault) {
        var position = range.lowerBound
        let width = shape.last ?? 1
        while position < range.upperBound {
            // Coordinates of this element, its chunk, and its place inside.
            var rest = position
            var cell = [Int](repeating: 0, count: shape.count)
            var inside = cell
            for axis in stride(from: shape.count - 1, through: 0, by: -1) {
                let coordinate = rest % shape[axis]
                rest /= shape[axis]
                cell[axis] = coordinate / chunk[axis]
                inside[axis] = coordinate % chunk[axis]
            }
            var offset = 0
            for (axis, coordinate) in inside.enumerated() { offset = offset &* chunk[axis] &+ coordinate }
            let run = min((chunk.last ?? 1) - (inside.last ?? 0), width - position % width, range.upperBound - position)
            let bytes = try content(index(cell))
            let to = position - range.lowerBound
            let start = offset &* dtype.size
            guard start + run * dtype.size <= bytes.count else {
                throw .badDataset(path: file.path, dataset: name, problem: "has a chunk that is too short")
            }
            bytes.withUnsafeBytes { raw in
                dtype.convert(
                    UnsafeRawBufferPointer(rebasing: raw[start..<(start + run * dtype.size)]),
                    to: UnsafeMutableBufferPointer(rebasing: buffer[to..<(to + run)]))
            }
            position += run
        }
    }

    private func content(_ index: Int) throws(Fault) -> [UInt8] {
        if let bytes = decoded[index] { return bytes }
        guard let place = places[index] else { return [] }
        let bytes = try decode(place)
        if (decoded.count + 1) * bytes.count > ChunkedTensor.cacheBytes { decoded.removeAll() }
        decoded[index] = bytes
        return bytes
    }

    /// Filters are undone last to first.
    private func decode(_ place: Place) throws(Fault) -> [UInt8] {
        let size = chunk.reduce(dtype.size, &*)
        guard place.size <= 2 * ChunkedTensor.maxChunk else {
            throw .badDataset(path: file.path, dataset: name, problem: "has a chunk of \(place.size) bytes")
        }
        var bytes = try file.bytes(at: place.address, count: place.size, what: "a chunk of dataset '\(name)'")
        for (position, filter) in filters.enumerated().reversed()
        where place.skippedFilters >> UInt32(position) & 1 == 0 {
            switch filter {
            case .fletcher32:
                guard bytes.count >= 4 else {
                    throw Fault(
                        .hdf5WrongChecksum, in: file.path, at: "dataset '\(name)'",
                        "has a chunk with a wrong Fletcher-32 checksum", advice: "download it again")
                }
                let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                bytes.removeLast(4)
                guard ChunkedTensor.fletcher32(bytes) == stored else {
                    throw Fault(
                        .hdf5WrongChecksum, in: file.path, at: "dataset '\(name)'",
                        "has a chunk with a wrong Fletcher-32 checksum", advice: "download it again")
                }
            case .deflate:
                var count = uLongf(size + 4)
                var plain = [UInt8](repeating: 0, count: size + 4)
                guard uncompress(&plain, &count, bytes, uLong(bytes.count)) == Z_OK else {
                    throw .badDataset(
                        path: file.path, dataset: name, problem: "has a chunk that does not unpack to \(size) bytes")
                }
                plain.removeLast(plain.count - Int(count))
                bytes = plain
            case .shuffle:
                let elements = bytes.count / dtype.size
                var plain = bytes
                for i in 0..<elements {
                    for byte in 0..<dtype.size { plain[i * dtype.size + byte] = bytes[byte * elements + i] }
                }
                bytes = plain
            }
        }
        guard bytes.count == size else {
            throw .badDataset(
                path: file.path, dataset: name, problem: "has a chunk of \(bytes.count) bytes, expected \(size)")
        }
        return bytes
    }

    /// H5_checksum_fletcher32: sums of big-endian 16-bit words modulo 65535.
    static func fletcher32(_ bytes: [UInt8]) -> UInt32 {
        var first: UInt32 = 0
        var second: UInt32 = 0
        var i = 0
        while i < bytes.count {
            let low = i + 1 < bytes.count ? bytes[i + 1] : 0
            first = (first + (UInt32(bytes[i]) << 8 | UInt32(low))) % 65535
            second = (second + first) % 65535
            i += 2
        }
        return second << 16 | first
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func badDataset(path: String, dataset: String, problem: String) -> Fault {
        Fault(.hdf5BadDataset, in: path, at: "dataset '\(dataset)'", problem)
    }
}
