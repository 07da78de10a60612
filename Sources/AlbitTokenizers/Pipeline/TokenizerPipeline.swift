/// The steps of a `tokenizer.json` around its vocabulary, in order.
package struct TokenizerPipeline: Sendable, Equatable {
    package var normalizers: [NormalizerStep] = []
    package var preTokenizers: [PreTokenizerStep] = []
    /// What stands before pieces that go on inside a word (WordPiece).
    package var continuation: [UInt8] = Array("##".utf8)
    /// `RobertaProcessing` with `trim_offsets`: white space at the ends of a token is not part of its place.
    package var trimsOffsets = false
    /// Beside `trimsOffsets`: one blank at the beginning of the first token stays.
    package var addsPrefixSpace = false

    package init() {}

    /// BERT's own, which has a faster path.
    package static func bert(
        cleanText: Bool = true, spaceIdeographs: Bool = true, stripAccents: Bool, lowercase: Bool
    ) -> TokenizerPipeline {
        var pipeline = TokenizerPipeline()
        pipeline.normalizers = bertNormalizers(
            cleanText: cleanText, spaceIdeographs: spaceIdeographs, stripAccents: stripAccents, lowercase: lowercase)
        pipeline.preTokenizers = [.whitespaceSplit, .punctuation(.isolated)]
        return pipeline
    }

    package static func bertNormalizers(
        cleanText: Bool, spaceIdeographs: Bool, stripAccents: Bool, lowercase: Bool
    ) -> [NormalizerStep] {
        var steps: [NormalizerStep] = []
        if cleanText { steps.append(.cleanText) }
        if spaceIdeographs { steps.append(.spaceIdeographs) }
        if stripAccents { steps += [.form(.nfd), .stripNonspacingMarks] }
        if lowercase { steps.append(.lowercase) }
        return steps
    }

    /// Whether the steps cannot make a text more than some hundred times longer, as a chain of replacements could.
    package var isBounded: Bool {
        var growth = 1.0
        for step in normalizers {
            switch step {
            case .replace(.literal(let text), let content):
                growth *= max(1, Double(content.count) / Double(max(1, text.count)))
            case .replace(.expression, let content): growth *= max(1, Double(content.count))
            case .precompiled: growth *= 11
            case .prepend(let prefix): growth *= prefix.count <= 1024 ? 1 : 1024
            default: break
            }
        }
        return growth <= 512
    }

    /// The settings of BERT's own steps; nil where the steps are others.
    package var bertSettings: (cleanText: Bool, spaceIdeographs: Bool, stripAccents: Bool, lowercase: Bool)? {
        let settings = (
            cleanText: normalizers.contains(.cleanText), spaceIdeographs: normalizers.contains(.spaceIdeographs),
            stripAccents: normalizers.contains(.stripNonspacingMarks), lowercase: normalizers.contains(.lowercase)
        )
        let same = TokenizerPipeline.bert(
            cleanText: settings.cleanText, spaceIdeographs: settings.spaceIdeographs,
            stripAccents: settings.stripAccents,
            lowercase: settings.lowercase)
        return self == same ? settings : nil
    }
}
