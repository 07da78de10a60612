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
    let contexts: (reference: TaskContext, candidate: TaskContext)
    private let shared: SharedPieces?
    private var record = HiddenWordRecord()

    init(reference: TaskContext, candidate: TaskContext, _ settings: JudgeSettings) throws(Fault) {
        tasks = (try HiddenWords(reference), try HiddenWords(candidate))
        contexts = (reference, candidate)
        shared = reference.model.tokenizer.flatMap { a in
            candidate.model.tokenizer.flatMap { SharedPieces(a, $0) }
        }
    }

    func plan(
        _ example: DataExample, _ task: HiddenWords, _ context: TaskContext, in file: String
    ) throws(Fault) -> HiddenWordPlan {
        try task.prepare(context.sequence(example, in: file))
    }

    mutating func judge(
        _ example: DataExample, _ plans: (reference: HiddenWordPlan, candidate: HiddenWordPlan),
        _ reference: [[HiddenWords.Guess]], _ candidate: [[HiddenWords.Guess]], in file: String
    ) throws(Fault) -> JudgedPair {
        let a = try tasks.reference.answer(plans.reference, reference)
        let b = try tasks.candidate.answer(plans.candidate, candidate).map(renumbered)
        func side(_ guesses: [HiddenWords.Guess]) -> JudgedPair.Side {
            let words = guesses.map { guess in
                contexts.reference.model.tokenizer.map {
                    String(decoding: $0.piece(Int32(guess.guess.top)), as: UTF8.self)
                } ?? String(guess.guess.top)
            }
            return JudgedPair.Side(logits: Array(guesses.map(\.logits).joined()), text: words.joined(separator: " "))
        }
        // Other pieces are other words to guess, which cannot be paired.
        guard shared?.isSame(plans.reference, plans.candidate) ?? true else {
            return JudgedPair(
                reference: JudgedPair.Side(text: side(a).text), candidate: JudgedPair.Side(text: side(b).text))
        }
        record.add(reference: a.map(\.guess), candidate: b.map(\.guess))
        return JudgedPair(
            reference: side(a.map(restricted)), candidate: side(b), isSame: a.map(\.guess.top) == b.map(\.guess.top))
    }

    func figures() -> HeadFigures { record.figures }

    /// A guess of the candidate under the reference's ids.
    private func renumbered(_ guess: HiddenWords.Guess) -> HiddenWords.Guess {
        guard let shared, shared.referenceIDs.indices.contains(guess.guess.top) else { return guess }
        let top = Int(shared.referenceIDs[guess.guess.top])
        return HiddenWords.Guess(
            guess: HiddenWordRecord.Guess(top: max(0, top), word: guess.guess.word), logits: guess.logits)
    }

    /// The reference's logits of the pieces that the candidate has, too: those are compared.
    private func restricted(_ guess: HiddenWords.Guess) -> HiddenWords.Guess {
        guard let shared, guess.guess.word == nil else { return guess }
        let logits = guess.logits.indices.filter { shared[Int32($0)] != nil }.map { guess.logits[$0] }
        return HiddenWords.Guess(guess: guess.guess, logits: logits)
    }
}
