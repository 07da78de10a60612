import AlbitText

/// A file whose format is to be told, with its first bytes.
package struct FileStart {
    static let maxBytes = 512

    let file: any ByteSource
    /// 512 of them, or all that there are.
    let bytes: [UInt8]

    init(_ file: any ByteSource) throws(Fault) {
        self.file = file
        bytes = try file.prefix(FileStart.maxBytes)
    }

    /// Whether the file has these bytes at an offset inside the first ones.
    func has(_ wanted: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: wanted) }

    func has(_ wanted: String, at offset: Int = 0) -> Bool { has(Array(wanted.utf8), at: offset) }
}
