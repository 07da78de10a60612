/// What `Scripts/golden-metrics.py` writes.
struct GoldenMetrics: Decodable {
    struct Labels: Decodable {
        let classes: Int
        let truth, predicted, confusion: [Int]
        let precision, recall, f1, macro, weighted, micro: [Double]
        let accuracy, matthews: Double
        let binary: Double?
    }
    struct Sets: Decodable {
        let classes: Int
        let truth, predicted: [[Int]]
        let microF1, macroF1, exact: Double
        let f1: [Double]
    }
    struct Values: Decodable {
        let x, y: [Double]
        let pearson, spearman: Double?
        let squaredError: Double
    }
    struct Tags: Decodable {
        struct Figures: Decodable {
            let precision, recall, f1: Double
            let types: [String]
            let byType: [Double]
        }
        let scheme: String
        let truth, predicted: [[String]]
        let `default`, strict: Figures
        let accuracy: Double
    }
    struct Answers: Decodable {
        struct Row: Decodable {
            let prediction, normalized: String
            let answers: [String]
        }
        struct Part: Decodable { let exact, f1: Double? }
        let rows: [Row]
        let total, withAnswer, withoutAnswer: Part
    }
    struct Vectors: Decodable {
        let a, b: [[Float]]
        let cosines, scores: [Double]
        let neighbours: Double
        let pearson, spearman: Double?
    }
    struct Choices: Decodable {
        let logits: [[Float]]
        let truth: [Int]
        let accuracy: Double
    }
    struct HiddenWords: Decodable {
        let logits: [[Float]]
        let truth: [Int]
        let top1, top3, top5, pseudoPerplexity: Double
    }
    struct Rankings: Decodable {
        struct Query: Decodable {
            let scores: [Double]
            let relevant: [Int]
        }
        let queries: [Query]
        let recall1, recall5, reciprocal: Double
        let counted: [String: Double?]
    }
    struct McNemar: Decodable {
        let only: [Int]
        let p: Double
    }
    let labels: [Labels]
    let sets: [Sets]
    let values: [Values]
    let tags: [Tags]
    let answers: [Answers]
    let vectors: [Vectors]
    let choices: [Choices]
    let orders: [Choices]
    let hidden_words: [HiddenWords]
    let rankings: [Rankings]
    let mcNemar: [McNemar]
}
