import AlbitText
import CPlatform

/// Standard output, collected in a buffer so that a line costs no system call of its own.
package final class Output {
    private var buffer: [UInt8] = []
    private let descriptor: Int32
    /// Whether a person reads it: tables may have bars and colours.
    package let isTerminal: Bool
    /// Whether colours are wanted: a terminal, and NO_COLOR unset (no-color.org).
    package let hasColour: Bool

    package init(descriptor: Int32 = 1) {
        self.descriptor = descriptor
        isTerminal = platform_is_terminal(descriptor)
        hasColour = isTerminal && platform_environment("NO_COLOR") == nil
        buffer.reserveCapacity(1 << 16)
    }

    package func write(_ text: String) throws(Fault) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= 1 << 16 { try flush() }
    }

    package func write(_ bytes: [UInt8]) throws(Fault) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { try flush() }
    }

    package func line(_ text: String) throws(Fault) {
        try write(text)
        try write("\n")
    }

    /// Hands everything to the system. `outputClosed` where nobody reads any more.
    package func flush() throws(Fault) {
        guard !buffer.isEmpty else { return }
        let error = buffer.withUnsafeBytes { platform_write(descriptor, $0.baseAddress, $0.count) }
        buffer.removeAll(keepingCapacity: true)
        if error == platform_error_closed_pipe { throw Fault(.outputClosed, "output was closed") }
        if error != 0 {
            throw Fault(.outputWriteFailed, "writing the output failed: " + String(cString: platform_error_text(error)))
        }
    }
}

/// Messages for people, on standard error.
package enum Message {
    package static func say(_ text: String) {
        var line = visible(text)
        line.append(10)
        line.withUnsafeBytes { _ = platform_write(2, $0.baseAddress, $0.count) }
    }

    /// Control characters as \xNN: names of files and tensors stand in messages, and may come from a hostile file.
    package static func visible(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        func escape(_ byte: UInt8) {
            result += Array("\\x".utf8) + [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 }
        }
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F {
                escape(byte)
            } else if previous == 0xC2, byte < 0xA0 {
                // U+0080 to U+009F are controls too.
                result.removeLast()
                escape(byte)
            } else {
                result.append(byte)
            }
            previous = byte
        }
        return result
    }

    package static func warn(_ text: String) { say("warning: " + text) }
}
