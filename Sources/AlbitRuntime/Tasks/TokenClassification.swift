import AlbitModel
import AlbitText
import AlbitTokenizers

/// `AlbertForTokenClassification`: labels of tokens, grouped to entities. Text longer than the model is read in
/// overlapping windows; a token takes the scores of the window in which most of its neighbours are seen.
package struct TokenClassification {
    package let tasks: TaskSession
    package let grouping: EntityGrouping
    /// Tokens that neighbouring windows share.
    package let stride: Int
    private let classifier: Linear

    /// Labels that are not known are called `LABEL_0` and so on, as in Hugging Face.
    package init(
        _ tasks: TaskSession, labels: [String], aggregation: EntityAggregation = .word, stride: Int = 64
    ) throws(Fault) {
        self.tasks = tasks
        classifier = try tasks.require(tasks.session.weights.classifier, .tokenClassification)
        grouping = EntityGrouping(
            labels: LabelNames.complete(labels, count: classifier.rows), aggregation: aggregation,
            marksContinuation: tasks.tokenizer.tables.settings.kind == .wordPiece)
        self.stride = stride
    }

    /// The entities of each text, in order.
    package func tag(_ texts: [[UInt8]]) throws(Fault) -> [[Entity]] {
        try read(texts) { grouping.entities($0, scores: $1, in: $2, unknown: tasks.tokenizer.specialIDs.unknown) }
    }

    /// The label of every word of each text, in order.
    package func wordLabels(_ texts: [[UInt8]]) throws(Fault) -> [[Entity]] {
        try read(texts) { run, scores, text in
            grouping.wordLabels(run, scores: scores, in: text, unknown: tasks.tokenizer.specialIDs.unknown)
        }
    }

    private func read(
        _ texts: [[UInt8]], _ answer: (TokenRun, [Float], [UInt8]) -> [Entity]
    ) throws(Fault) -> [[Entity]] {
        let capacity = tasks.maxLength - tasks.tokenizer.frameCount(pair: false)
        guard capacity > 0 else {
            throw Fault(
                .taskNoRoom, String(tasks.maxLength) + " tokens leave no room for text",
                advice: "use a larger --max-length")
        }
        let runs = texts.map { tasks.tokenizer.tokens($0) }
        let windows = runs.map { TokenWindows.ranges(count: $0.count, capacity: capacity, overlap: min(stride, capacity / 2)) }
        var encodings: [Encoding] = []
        var owners: [(text: Int, window: Int)] = []
        for (text, parts) in windows.enumerated() {
            for (window, part) in parts.enumerated() {
                encodings.append(tasks.tokenizer.encode(runs[text][part]))
                owners.append((text, window))
            }
        }
        let width = classifier.rows
        var answers: [[Entity]] = []
        var logits: [Float] = []
        var encoded = tasks.encoded(encodings)
        while let (index, sequence) = try encoded.next() {
            let (text, window) = owners[index]
            if window == 0 { logits = [Float](repeating: 0, count: runs[text].count * width) }
            let rows = tasks.session.rows(of: sequence)
            let values = tasks.session.apply(classifier, rows: rows)
            let part = windows[text][window]
            var token = part.lowerBound
            for (row, segment) in encodings[index].segments.enumerated() where segment == 0 {
                if TokenClassification.window(of: token, in: windows[text]) == window {
                    for i in 0..<width { logits[token * width + i] = values[row * width + i] }
                }
                token += 1
            }
            if window == windows[text].count - 1 {
                answers.append(answer(runs[text], Scores.softmax(logits, width: width, kernel: tasks.kernel), texts[text]))
            }
        }
        return answers
    }

    /// The window that sees most on the shorter side of a token; the earlier of equal ones.
    static func window(of token: Int, in windows: [Range<Int>]) -> Int {
        guard windows.count > 1 else { return 0 }
        // Steps are equal but for the last window, so only few neighbours hold the token.
        let step = windows[1].lowerBound - windows[0].lowerBound
        let last = min(windows.count - 1, token / step)
        var best = (window: last, context: -1)
        var window = last
        while window >= 0, windows[window].contains(token) {
            let context = min(
                window == 0 ? Int.max : token - windows[window].lowerBound,
                window == windows.count - 1 ? Int.max : windows[window].upperBound - 1 - token)
            if context >= best.context { best = (window, context) }
            window -= 1
        }
        return best.window
    }
}

/// Names of classifier rows.
package enum LabelNames {
    /// As many as the classifier has rows: `LABEL_i` where none is known.
    package static func complete(_ labels: [String], count: Int) -> [String] {
        (0..<count).map { $0 < labels.count ? labels[$0] : "LABEL_" + String($0) }
    }
}
