import AlbitImporters

/// Inputs and outputs that a third-party library computed.
public struct Golden {
    public let path: String
    private let archive: NumpyArchive

    public init(path: String) throws {
        self.path = path
        archive = try NumpyArchive(path: path)
    }

    public var names: [String] { archive.names }

    public func values(_ name: String) throws -> [Float]? { try archive.array(name)?.floats }
    public func integers(_ name: String) throws -> [Int]? { try archive.array(name)?.integers }
    public func shape(_ name: String) throws -> [Int]? { try archive.array(name)?.shape }
}

/// Distance between two vectors as this project states it.
public enum RelativeL2 {
    /// ‖a - b‖ / ‖b‖ in double; infinite where the lengths differ.
    public static func between(_ a: [Float], _ b: [Float]) -> Double {
        guard a.count == b.count else { return .infinity }
        var difference = 0.0
        var norm = 0.0
        for (x, y) in zip(a, b) {
            difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
            norm += Double(y) * Double(y)
        }
        return norm == 0 ? (difference == 0 ? 0 : .infinity) : (difference / norm).squareRoot()
    }
}
