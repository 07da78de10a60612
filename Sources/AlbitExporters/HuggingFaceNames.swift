import AlbitImporters
import AlbitModel

/// The names that Hugging Face's `transformers` gives the parameters of a model.
struct HuggingFaceNames {
    private let family: NamingFamily
    private let innerGroups: Int
    /// A model with a head carries its encoder under `albert.` or `bert.`; a bare encoder has no prefix.
    private let backbone: String

    /// `parameters`: all that are written, which tell whether there is a head.
    init(_ parameters: [Parameter], _ configuration: Configuration) {
        family = NamingFamily.huggingFace(configuration.architecture)
        innerGroups = configuration.innerGroupNum
        let hasHeads = parameters.contains { $0 == .predictionBias || $0.module?.isHead == true }
        backbone = hasHeads ? family.backbone : ""
    }

    subscript(parameter: Parameter) -> String {
        // Every family has a name for every parameter of its architecture.
        let place = family.places(of: parameter, innerGroups: innerGroups)[0]
        return place.isBeside ? place.path : backbone + place.path
    }
}
