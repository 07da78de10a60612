import AlbitText
import Glibc

/// One parser under attack: whatever bytes it gets, it returns or throws an error of ours, soon.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Longest input that is worth trying.
    package let maxLength: Int
    let body: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, maxLength: Int = 1 << 16, _ body: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.maxLength = maxLength
        self.body = body
    }

    package static let all: [FuzzTarget] = archives + checkpoints + graphs + tokenizers + modelFiles + dataFiles

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    /// What an input did.
    package enum Outcome: Equatable {
        case accepted
        case refused(String)
        /// An error that is none of ours, or one that no person can read.
        case strange(String)
    }

    /// Longest message that a hostile name may cause.
    static let maxMessage = 8192

    package func run(_ bytes: [UInt8]) -> Outcome {
        do {
            try body(bytes)
            return .accepted
        } catch let error as Fault {
            return outcome(error.description)
        } catch {
            return .strange("not an error of ours: \(error)")
        }
    }

    private func outcome(_ message: String) -> Outcome {
        message.isEmpty || message.utf8.count > FuzzTarget.maxMessage
            ? .strange("a message of \(message.utf8.count) bytes: \(message.prefix(200))") : .refused(message)
    }

    /// Seconds of CPU time that this process has used: what a busy machine does not change.
    package static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
