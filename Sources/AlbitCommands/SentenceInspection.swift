import AlbitModel
import AlbitText

// What `inspect` tells of how texts become vectors and scores.

extension ModelCard {
    /// Rows of the text form: a name, and what there is.
    func sentenceRows(_ configuration: Configuration) -> [(String, String)] {
        var rows: [(String, String)] = []
        if let sentence {
            rows.append(
                (
                    "sentences",
                    sentence.name + ": " + String(sentence.width(hiddenSize: configuration.hiddenSize)) + " values"
                ))
            if !sentence.includesPrompt { rows.append(("pooling", "leaves a prompt's tokens out")) }
        }
        if let similarity { rows.append(("similarity", similarity.rawValue)) }
        if let scoreActivation { rows.append(("scores", scoreActivation.rawValue + " of the logit")) }
        if let maxSequenceLength { rows.append(("length", String(maxSequenceLength) + " tokens at most")) }
        if lowercases { rows.append(("texts", "are lowered before the tokenizer sees them")) }
        for prompt in prompts.prompts {
            let mark = prompt.name == prompts.defaultName ? " (standard)" : ""
            rows.append(("prompt", prompt.name + mark + ": '" + prompt.text + "'"))
        }
        return rows
    }

    /// The members `sentence`, `similarity`, `scoreActivation`, `maxSequenceLength`, `lowercases`, `prompts` and
    /// `defaultPrompt`; null where there is nothing to tell.
    func writeSentences(_ configuration: Configuration, to json: inout JSONWriter) {
        json.member("sentence")
        if let sentence { ModelCard.write(sentence, configuration, to: &json) } else { json.null() }
        json.member("similarity")
        if let similarity { json.string(similarity.rawValue) } else { json.null() }
        json.member("scoreActivation")
        if let scoreActivation { json.string(scoreActivation.rawValue) } else { json.null() }
        json.member("maxSequenceLength")
        if let maxSequenceLength { json.integer(maxSequenceLength) } else { json.null() }
        json.member("lowercases")
        json.bool(lowercases)
        json.member("prompts")
        json.beginObject()
        for prompt in prompts.prompts {
            json.member(prompt.name)
            json.string(prompt.text)
        }
        json.endObject()
        json.member("defaultPrompt")
        if let name = prompts.defaultName { json.string(name) } else { json.null() }
    }

    private static func write(_ pipeline: SentencePipeline, _ c: Configuration, to json: inout JSONWriter) {
        json.beginObject()
        json.member("poolings")
        json.strings(pipeline.poolings.map { $0.rawValue })
        json.member("includesPrompt")
        json.bool(pipeline.includesPrompt)
        json.member("stages")
        json.beginArray()
        for stage in pipeline.stages {
            json.beginObject()
            json.member("kind")
            switch stage {
            case .dense(let dense):
                json.string("dense")
                json.member("in")
                json.integer(dense.inFeatures)
                json.member("out")
                json.integer(dense.outFeatures)
                json.member("bias")
                json.bool(dense.hasBias)
                json.member("activation")
                json.string(dense.activation.rawValue)
            case .layerNorm(let epsilon):
                json.string("layer_norm")
                json.member("epsilon")
                json.number(epsilon)
            case .normalize: json.string("normalize")
            }
            json.endObject()
        }
        json.endArray()
        json.member("width")
        json.integer(pipeline.width(hiddenSize: c.hiddenSize))
        json.endObject()
    }
}
