import Foundation
import HTTPTypes

/// The keys of which requests have to bring one; none are needed where there is no file.
package struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    package init() { keys = [] }

    /// Reads keys, one a line.
    /// - Throws: for a file that cannot be read or holds none.
    package init(file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        keys = text.split(whereSeparator: \.isNewline).map { Array($0.trimmingPrefix { $0 == " " }.utf8) }
            .filter { !$0.isEmpty }
        if keys.isEmpty { throw Settings.UsageFault(message: "\(file) holds no keys") }
    }

    /// Throws for a request that brings none of the keys.
    func check(_ headers: HTTPFields) throws(Refusal) {
        guard !keys.isEmpty else { return }
        let given = headers[.authorization] ?? ""
        if given.lowercased().hasPrefix("bearer ") {
            let key = Array(given.dropFirst(7).utf8)
            if keys.contains(where: { APIKeys.areEqual($0, key) }) { return }
        }
        throw Refusal(.unauthorized, "a key is needed: Authorization: Bearer KEY")
    }

    /// In a time that does not tell how much of a key is right.
    private static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
