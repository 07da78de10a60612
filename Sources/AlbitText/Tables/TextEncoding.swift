/// How bytes spell characters, as far as it can be told: data files are UTF-8, and what is not is named.
enum TextEncoding {
    /// Throws where the first bytes of a file are those of another encoding, or of a file that was packed.
    static func check(_ head: ArraySlice<UInt8>, in file: String) throws(Fault) {
        func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
        if begins([0xFF, 0xFE, 0, 0]) || begins([0, 0, 0xFE, 0xFF]) {
            throw Fault(
                .dataUTF32, in: file, "is UTF-32", expected: "UTF-8",
                advice: "convert it with iconv -f UTF-32 -t UTF-8")
        }
        if begins([0x1F, 0x8B]) || begins([0x50, 0x4B, 3, 4]) || begins([0x28, 0xB5, 0x2F, 0xFD])
            || begins(Array("BZh".utf8))
        {
            throw Fault(.dataCompressed, in: file, "is compressed", expected: "text", advice: "unpack it first")
        }
        if begins(Array("PAR1".utf8)) || begins(Array("ARROW1".utf8)) {
            throw Fault(
                .dataBinary, in: file, "is a Parquet or Arrow file", expected: "text",
                advice: "write it as JSON lines, in Python by Dataset.to_json")
        }
        if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) || hasAlternatingZeros(head) {
            throw Fault(
                .dataUTF16, in: file, "is UTF-16", expected: "UTF-8",
                advice: "convert it with iconv -f UTF-16 -t UTF-8")
        }
    }

    /// UTF-16 without a byte order mark: Latin letters have a zero beside each.
    private static func hasAlternatingZeros(_ head: ArraySlice<UInt8>) -> Bool {
        guard head.count >= 4 else { return false }
        var zeros = [0, 0]
        for (index, byte) in head.enumerated() where byte == 0 { zeros[index & 1] += 1 }
        let pairs = head.count / 2
        return zeros[0] * 5 > pairs * 2 && zeros[1] == 0 || zeros[1] * 5 > pairs * 2 && zeros[0] == 0
    }

    /// Throws where bytes are no UTF-8, and names Latin-1 where they read well as that.
    static func requireUTF8(_ bytes: [UInt8], in file: String, line: Int) throws(Fault) {
        guard !isUTF8(bytes) else { return }
        let place = "line " + String(line)
        if readsAsLatin1(bytes) {
            throw Fault(
                .dataLatin1, in: file, at: place, "is Latin-1 or Windows-1252", expected: "UTF-8",
                advice: "convert the file with iconv -f WINDOWS-1252 -t UTF-8")
        }
        throw Fault(.dataNotUTF8, in: file, at: place, "is not UTF-8")
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                guard let next = UTF8Bytes.decode(bytes, at: offset) else { return false }
                offset += next.count
            }
            return true
        }
    }

    /// Whether each byte above ASCII is a character of Windows-1252, none forms UTF-8 with its followers, and a letter
    /// stands beside one of them.
    private static func readsAsLatin1(_ bytes: [UInt8]) -> Bool {
        func isLetter(_ index: Int) -> Bool {
            bytes.indices.contains(index) && (0x61...0x7A).contains(bytes[index] | 0x20)
        }
        return bytes.withUnsafeBytes { raw in
            var touchesLetter = false
            for index in raw.indices where raw[index] >= 0x80 {
                if [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(raw[index]) { return false }
                if UTF8Bytes.decode(raw, at: index) != nil { return false }
                if isLetter(index - 1) || isLetter(index + 1) { touchesLetter = true }
            }
            return touchesLetter
        }
    }
}
