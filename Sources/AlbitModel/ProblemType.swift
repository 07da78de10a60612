/// How the logits of a sequence classifier become scores: `problem_type` of a Hugging Face configuration.
package enum ProblemType: String, Sendable, Equatable, CaseIterable {
    /// Softmax over the labels: one of them is right.
    case singleLabel = "single_label_classification"
    /// A sigmoid for each label by itself: any number of them may be right.
    case multiLabel = "multi_label_classification"
    /// The logits are the answer.
    case regression

    /// What stands for a type that nobody told: one label means a sigmoid and several mean softmax, as in
    /// transformers' `TextClassificationPipeline`.
    package static func untold(labelCount: Int) -> ProblemType { labelCount == 1 ? .multiLabel : .singleLabel }
}
