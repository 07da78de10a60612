import AlbitModel
import AlbitText
import AlbitTokenizers

/// Runs encodings in batches of about `TaskSession.batchTokens`, and gives out their sequences one by one. The outputs
/// of a sequence stay in the session until the next one is asked for.
package struct EncodedSequences {
    private let session: Session
    private let encodings: [Encoding]
    private let tokens: TokensRead
    /// The encodings that are in the session, and the one that is given out next.
    private var batch = 0..<0
    private var index = 0

    init(session: Session, encodings: [Encoding], tokens: TokensRead) {
        self.session = session
        self.encodings = encodings
        self.tokens = tokens
    }

    /// The place of the next encoding in the list and in the session's batch; nil after the last.
    package mutating func next() throws(Fault) -> (index: Int, sequence: Int)? {
        guard index < encodings.count else { return nil }
        if index == batch.upperBound {
            var end = index
            var count = 0
            while end < encodings.count, end == index || count + encodings[end].count <= TaskSession.batchTokens {
                count += encodings[end].count
                end += 1
            }
            batch = index..<end
            try session.encode(encodings[batch].map { EncoderInput($0, session.configuration) }, reading: tokens)
        }
        defer { index += 1 }
        return (index, index - batch.lowerBound)
    }
}
