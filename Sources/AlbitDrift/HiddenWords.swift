import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import AlbitTokenizers

/// A text with one word after the other hidden, to be guessed: what pseudo-perplexity (Salazar et al., 2020) is made
/// of. Ids are taken as they are, with the [MASK]s that they hold.
struct HiddenWordPlan: TaskPlan {
    let whole: EncodedText
    /// Places of a text's tokens that are hidden one at a time; nil for ids.
    let hidden: [Int]?
    let mask: Int32?

    var sequenceCount: Int { hidden?.count ?? 1 }
    var truncations: [Int] { whole.truncations }

    func input(_ index: Int) -> EncoderInput {
        var input = whole.input(0)
        if let hidden, let mask { input.ids[hidden[index]] = mask }
        return input
    }

    /// Places to guess in a sequence, and the ids that stood there; nil where they are not known.
    func guesses(_ index: Int) -> [(place: Int, truth: Int?)] {
        guard let hidden else { return whole.ids.indices.filter { whole.ids[$0] == mask }.map { ($0, nil) } }
        return [(hidden[index], Int(whole.ids[hidden[index]]))]
    }
}

/// A guess at a hidden word.
struct HiddenWordGuess {
    let top: Int
    let truth: Int?
    /// The truth's logit; those of the whole vocabulary where the truth is not known.
    let logits: [Float]
    /// Natural logarithm of the truth's probability.
    let logLikelihood: Double

    init(_ logits: [Float], truth: Int?) {
        top = Scores.largest(logits[...]) ?? 0
        self.truth = truth
        guard let truth else {
            self.logits = logits
            logLikelihood = 0
            return
        }
        let largest = Double(logits[top])
        let sum = logits.reduce(0.0) { $0 + PseudoPerplexity.exp(Double($1) - largest) }
        self.logits = [logits[truth]]
        logLikelihood = Double(logits[truth]) - largest - PseudoPerplexity.log(sum)
    }
}

/// Words that are hidden one at a time.
struct HiddenWords: TextTask {
    private let context: TaskContext
    private let prediction: PredictionHead

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        prediction = try context.model.predictionHead()
    }

    func prepare(_ whole: EncodedText) throws(Fault) -> HiddenWordPlan {
        let mask = context.model.tokenizer?.specialIDs.mask
        guard let encoding = whole.encoding else { return HiddenWordPlan(whole: whole, hidden: nil, mask: mask) }
        guard mask != nil else { throw Fault(.taskNoMaskToken, "the model's tokenizer has no [MASK] token") }
        let hidden = encoding.segments.indices.filter { encoding.segments[$0] != Encoding.frame }
        return HiddenWordPlan(whole: whole, hidden: hidden, mask: mask)
    }

    func read(_ sequence: EncodedSequence, _ index: Int, of plan: HiddenWordPlan) throws(Fault) -> [HiddenWordGuess] {
        var guesses: [HiddenWordGuess] = []
        for (place, truth) in plan.guesses(index) {
            guesses.append(HiddenWordGuess(try sequence.vocabularyLogits(prediction, token: place), truth: truth))
        }
        return guesses
    }

    func answer(_ plan: HiddenWordPlan, _ readings: [[HiddenWordGuess]]) throws(Fault) -> [HiddenWordGuess] {
        Array(readings.joined())
    }
}

/// How often hidden words are guessed, and how likely they were.
struct HiddenWordScore: TaskScore {
    let task: HiddenWords
    private let context: TaskContext
    private var logLikelihood = 0.0
    private(set) var marks: [Int8] = []

    init(_ context: TaskContext) throws(Fault) {
        self.context = context
        task = try HiddenWords(context)
    }

    func plan(_ example: Example, _ path: String) throws(Fault) -> HiddenWordPlan {
        try task.prepare(context.sequence(example, path))
    }

    mutating func judge(
        _ example: Example, _ plan: HiddenWordPlan, _ readings: [[HiddenWordGuess]], _ path: String
    ) throws(Fault) -> TaskAnswer {
        var answer = TaskAnswer()
        for guess in try task.answer(plan, readings) {
            answer.units.append(guess.top)
            answer.logits += guess.logits
            guard let truth = guess.truth else { continue }
            logLikelihood += guess.logLikelihood
            marks.append(guess.top == truth ? 1 : 0)
        }
        answer.text = answer.units.map { id in
            context.model.tokenizer.map { String(decoding: $0.piece(Int32(id)), as: UTF8.self) } ?? String(id)
        }.joined(separator: " ")
        return answer
    }

    var metrics: [(name: String, value: Double)] {
        guard !marks.isEmpty else { return [] }
        return [
            ("masked words", 100 * Double(marks.count { $0 == 1 }) / Double(marks.count)),
            ("pseudo-perplexity", PseudoPerplexity.exp(-logLikelihood / Double(marks.count))),
        ]
    }
}
