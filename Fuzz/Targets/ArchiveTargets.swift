import AlbitImporters
import AlbitText

extension FuzzTarget {
    static let archives: [FuzzTarget] = [
        FuzzTarget("zip", maxLength: 1 << 18) { bytes in
            let archive = try ZipArchive(MemoryBytes(bytes, path: "input.zip"))
            for entry in archive.entries.prefix(64) {
                // The checksum of a mutated entry is mostly wrong; the others are to be read all the same.
                do { try archive.verify(entry.name) } catch is Fault {}
                _ = try archive.open(entry.name)?.prefix(4096)
            }
        },
        FuzzTarget("tar", maxLength: 1 << 17) { bytes in
            let archive = try TarArchive(MemoryBytes(bytes, path: "input.tar"))
            try open(archive)
        },
        FuzzTarget("gzip", maxLength: 1 << 19) { bytes in
            let stream = InflatedBytes(gzip: MemoryBytes(bytes, path: "input.gz"))
            try open(try TarArchive(stream))
        },
        FuzzTarget("inflate") { bytes in
            // The first two bytes say how long it ought to be.
            guard bytes.count >= 2 else { return }
            let count = Int(bytes[0]) << 8 | Int(bytes[1])
            let stream = InflatedBytes(
                raw: MemoryBytes(Array(bytes.dropFirst(2)), path: "input.deflate"), count: count, path: "input.deflate")
            let all = try stream.allBytes(what: "the entry", limit: 1 << 16)
            // Reading backwards starts again at a restart point.
            if count > 0,
                try stream.bytes(at: count / 2, count: count - count / 2, what: "the end", limit: 1 << 16)
                    != Array(all[(count / 2)...])
            {
                fatalError("two reads of the same bytes differ")
            }
        },
        FuzzTarget("snappy") { bytes in _ = Snappy.decompress(bytes, limit: 1 << 20) },
        FuzzTarget("npy") { bytes in _ = try NumpyArray(bytes, path: "input.npy").floats.count },
        FuzzTarget("npz") { bytes in
            let archive = try NumpyArchive(MemoryBytes(bytes, path: "input.npz"))
            for name in archive.names.prefix(16) { _ = try archive.array(name)?.integers.count }
        },
    ]

    private static func open(_ archive: TarArchive) throws {
        for directory in archive.directories.prefix(16) {
            let tree = archive.tree(directory)
            for name in tree.names.prefix(16) { _ = try tree.open(name)?.prefix(4096) }
        }
    }
}
