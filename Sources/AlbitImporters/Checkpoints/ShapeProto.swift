import AlbitText

/// `TensorShapeProto` and `TensorSliceProto`.
enum ShapeProto {
    static let maxRank = 16

    static func dimensions(_ bytes: ArraySlice<UInt8>, path: String) throws(Fault) -> [Int] {
        var shape: [Int] = []
        var wire = WireReader(bytes, path: path)
        while let (number, value) = try wire.field() {
            guard case (2, .bytes(let dimension)) = (number, value) else { continue }
            guard shape.count < maxRank else {
                throw Fault(
                    .bundleTooManyDimensions, in: path, "a tensor has more than \(ShapeProto.maxRank) dimensions",
                    advice: "the file is damaged or hostile")
            }
            var size = 0
            var fields = WireReader(dimension, path: path)
            while let (number, value) = try fields.field() {
                if case (1, .varint(let extent)) = (number, value) { size = Int(Int64(bitPattern: extent)) }
            }
            shape.append(size)
        }
        return shape
    }

    /// An extent without a length is the whole axis: start 0, length -1.
    static func slice(_ bytes: ArraySlice<UInt8>, path: String) throws(Fault) -> [(start: Int, length: Int)] {
        var extents: [(start: Int, length: Int)] = []
        var wire = WireReader(bytes, path: path)
        while let (number, value) = try wire.field() {
            guard case (1, .bytes(let extent)) = (number, value) else { continue }
            guard extents.count < maxRank else {
                throw Fault(
                    .bundleTooManyDimensions, in: path, "a tensor has more than \(ShapeProto.maxRank) dimensions",
                    advice: "the file is damaged or hostile")
            }
            var result = (start: 0, length: -1)
            var fields = WireReader(extent, path: path)
            while let (number, value) = try fields.field() {
                if case (1, .varint(let start)) = (number, value) { result.start = Int(Int64(bitPattern: start)) }
                if case (2, .varint(let length)) = (number, value) { result.length = Int(Int64(bitPattern: length)) }
            }
            extents.append(result)
        }
        return extents
    }
}
