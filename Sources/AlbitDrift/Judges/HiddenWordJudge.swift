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

/// Words that are hidden one at a time.
struct HiddenWords: TextTask {
    /// A guess, with the truth's logit; with those of the whole vocabulary where the truth is not known.
    struct Guess {
        let guess: HiddenWordRecord.Guess
        let logits: [Float]
    }

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
        // A [MASK] of the text hides a word that nobody knows, so there is nothing to guess right.
        let hidden = encoding.segments.indices.filter {
            encoding.segments[$0] != Encoding.frame && encoding.ids[$0] != mask
        }
        return HiddenWordPlan(whole: whole, hidden: hidden, mask: mask)
    }

    func read(_ sequence: EncodedSequence, _ index: Int, of plan: HiddenWordPlan) throws(Fault) -> [Guess] {
        var guesses: [Guess] = []
        for (place, truth) in plan.guesses(index) {
            let logits = try sequence.vocabularyLogits(prediction, token: place)
            let word = truth.map { MaskedWord(logits: logits, truth: $0) }
            guesses.append(
                Guess(
                    guess: HiddenWordRecord.Guess(top: Scores.largest(logits[...]) ?? 0, word: word),
                    logits: truth.map { [logits[$0]] } ?? logits))
        }
        return guesses
    }

    func answer(_ plan: HiddenWordPlan, _ readings: [[Guess]]) throws(Fault) -> [Guess] { Array(readings.joined()) }
}

/// How often hidden words are guessed, and how likely they were.
struct HiddenWordJudge: HeadJudge {
    let tasks: (reference: HiddenWords, candidate: HiddenWords)
    let head = MeasuredHead.words
    private let context: TaskContext
    private var record = HiddenWordRecord()

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try HiddenWords(reference), try HiddenWords(candidate))
        context = reference
    }

    func plan(_ example: DataExample, in file: String) throws(Fault) -> HiddenWordPlan {
        try tasks.reference.prepare(context.sequence(example, in: file))
    }

    mutating func judge(
        _ example: DataExample, _ plan: HiddenWordPlan, _ reference: [[HiddenWords.Guess]],
        _ candidate: [[HiddenWords.Guess]], in file: String
    ) throws(Fault) -> JudgedPair {
        let (a, b) = (try tasks.reference.answer(plan, reference), try tasks.candidate.answer(plan, candidate))
        record.add(reference: a.map(\.guess), candidate: b.map(\.guess))
        func side(_ guesses: [HiddenWords.Guess]) -> JudgedPair.Side {
            let words = guesses.map { guess in
                context.model.tokenizer.map { String(decoding: $0.piece(Int32(guess.guess.top)), as: UTF8.self) }
                    ?? String(guess.guess.top)
            }
            return JudgedPair.Side(logits: Array(guesses.map(\.logits).joined()), text: words.joined(separator: " "))
        }
        return JudgedPair(reference: side(a), candidate: side(b), isSame: a.map(\.guess.top) == b.map(\.guess.top))
    }

    func figures() -> HeadFigures { record.figures }
}
