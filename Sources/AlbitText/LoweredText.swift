extension UnicodeProperties {
    /// UTF-8 text with every letter in lower case by itself; bytes that are not UTF-8 stay.
    package static func lowered(_ text: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        Array(text).withUnsafeBytes { buffer in
            var at = 0
            while at < buffer.count {
                guard let (code, count) = UTF8Bytes.decode(buffer, at: at) else {
                    result.append(buffer[at])
                    at += 1
                    continue
                }
                UTF8Bytes.append(lower(code), to: &result)
                at += count
            }
        }
        return result
    }
}
