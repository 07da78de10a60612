/// What a task is asked about: one text, or a pair of texts that the model reads together. UTF-8.
package struct TaskText: Sendable, Equatable {
    package var text: [UInt8]
    package var pair: [UInt8]?

    package init(_ text: [UInt8], pair: [UInt8]? = nil) {
        self.text = text
        self.pair = pair
    }

    package init(_ text: String, pair: String? = nil) {
        self.init(Array(text.utf8), pair: pair.map { Array($0.utf8) })
    }
}
