import AlbitModel
import AlbitText

/// An array of a `.npy` file, or of one entry of a `.npz` archive.
/// Source: numpy/lib/format.py, versions 1 to 3.
package struct NumpyArray: Sendable {
    package var shape: [Int]
    /// Elements in row-major order.
    package var values: [Double]

    package var floats: [Float] { values.map { Float($0) } }
    package var integers: [Int] { values.map { Int(exactly: $0) ?? 0 } }

    static let maxBytes = 256 << 20

    package init(_ bytes: [UInt8], path: String) throws(Fault) {
        var reader = ByteReader(bytes, path: path)
        guard try Array(reader.bytes(6)) == [0x93] + Array("NUMPY".utf8) else {
            throw Fault(
                .numpyNotNumpy, in: path, "does not begin as a .npy array does",
                advice: "save it with numpy.save or numpy.savez")
        }
        let major = try reader.uint8()
        _ = try reader.uint8()
        let headerLength = major == 1 ? Int(try reader.uint16()) : Int(try reader.uint32())
        let header = String(decoding: try reader.bytes(headerLength), as: UTF8.self)
        guard let type = NumpyArray.quoted(after: "'descr'", in: header), let dimensions = NumpyArray.shape(in: header)
        else {
            throw Fault(
                .numpyBadHeader, in: path, "the .npy header cannot be read: \(header.prefix(200))",
                advice: "save the array again with numpy.save")
        }
        guard !header.contains("'fortran_order': True") || dimensions.count < 2 else {
            throw Fault(
                .numpyFortranOrder, in: path, "is stored column by column (fortran_order)", expected: "row by row",
                advice: "save numpy.ascontiguousarray of it")
        }
        shape = dimensions
        guard let count = shape.checkedProduct else {
            throw Fault(
                .numpyBadHeader, in: path, "the .npy header cannot be read: \(header.prefix(200))",
                advice: "save the array again with numpy.save")
        }
        let size: Int
        switch type {
        case "<f8", "<i8", "<u8": size = 8
        case "<f4", "<i4", "<u4": size = 4
        case "<f2", "<i2", "<u2": size = 2
        case "|b1", "|i1", "|u1": size = 1
        default:
            throw Fault(
                .numpyUnknownType, in: path, "has the type '\(type)'", expected: "little-endian floats or integers",
                advice: "convert it with astype")
        }
        guard count <= reader.remaining / size else {
            throw Fault(
                .numpyTruncated, in: path, "claims \(count) elements, but has only \(reader.remaining) bytes",
                advice: "copy or make the file again")
        }
        values = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let bits = try reader.unsigned(bytes: size)
            switch type {
            case "<f8": values.append(Double(bitPattern: bits))
            case "<f4": values.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
            case "<f2": values.append(Double(TensorType.widen(UInt16(truncatingIfNeeded: bits))))
            case "<i8": values.append(Double(Int64(bitPattern: bits)))
            case "<i4": values.append(Double(Int32(truncatingIfNeeded: bits)))
            case "<i2": values.append(Double(Int16(truncatingIfNeeded: bits)))
            case "|i1": values.append(Double(Int8(truncatingIfNeeded: bits)))
            default: values.append(Double(bits))
            }
        }
    }

    /// The quoted text that follows a key of the header, which is a Python dictionary.
    private static func quoted(after key: String, in header: String) -> String? {
        let parts = header.split(separator: "'", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: key.dropFirst().dropLast()), index + 2 < parts.count else { return nil }
        return String(parts[index + 2])
    }

    private static func shape(in header: String) -> [Int]? {
        guard let open = header.lastIndex(of: "("), let close = header.lastIndex(of: ")"), open < close else {
            return nil
        }
        var shape: [Int] = []
        for part in header[header.index(after: open)..<close].split(separator: ",") {
            let digits = part.filter { $0 != " " }
            guard !digits.isEmpty else { continue }
            guard let extent = Int(digits) else { return nil }
            shape.append(extent)
        }
        return shape
    }
}

/// A `.npz` archive: arrays by name, read when they are asked for.
package final class NumpyArchive {
    private let archive: ZipArchive
    package let path: String

    package convenience init(path: String) throws(Fault) { try self.init(try FileBytes(path: path)) }

    package init(_ file: any ByteSource) throws(Fault) {
        archive = try ZipArchive(file)
        path = file.path
    }

    /// Names without `.npy`, in the order of the archive.
    package var names: [String] {
        archive.entries.compactMap { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : nil }
    }

    /// Nil where there is no array of that name.
    package func array(_ name: String) throws(Fault) -> NumpyArray? {
        guard let bytes = try archive.allBytes(name + ".npy", limit: NumpyArray.maxBytes) else { return nil }
        return try NumpyArray(bytes, path: "\(path)(\(name).npy)")
    }
}
