import AlbitModel
import AlbitText

/// The `config.json` that Hugging Face's `transformers` reads beside exported weights.
package struct HuggingFaceConfiguration {
    let configuration: Configuration
    let card: ModelCard

    package init(configuration: Configuration, card: ModelCard) {
        self.configuration = configuration
        self.card = card
    }

    /// The class that loads the weights with their first head.
    private var modelClass: String {
        let family = configuration.architecture == .albert ? "Albert" : "Bert"
        if card.heads.contains(.maskedLanguageModel), card.heads.contains(.sentenceOrder) {
            return family + "ForPreTraining"
        }
        switch card.head {
        case .sequenceClassification: return family + "ForSequenceClassification"
        case .tokenClassification: return family + "ForTokenClassification"
        case .multipleChoice: return family + "ForMultipleChoice"
        case .questionAnswering: return family + "ForQuestionAnswering"
        case .maskedLanguageModel: return family + "ForMaskedLM"
        case .sentenceOrder, nil: return family + "Model"
        }
    }

    /// JSON text, indented.
    package var text: String {
        let c = configuration
        var json = JSONWriter(indented: true)
        json.beginObject()
        json.member("model_type")
        json.string(c.architecture.name)
        json.member("architectures")
        json.beginArray()
        json.string(modelClass)
        json.endArray()
        c.write(to: &json, sharing: c.architecture == .albert)
        json.member("hidden_dropout_prob")
        json.number(0.0)
        json.member("attention_probs_dropout_prob")
        json.number(0.0)
        json.member("dtype")
        json.string("float32")
        if !card.labels.isEmpty {
            json.member("id2label")
            json.beginObject()
            for (id, label) in card.labels.enumerated() {
                json.member(String(id))
                json.string(label)
            }
            json.endObject()
            json.member("label2id")
            json.beginObject()
            for (id, label) in card.labels.enumerated() {
                json.member(label)
                json.integer(id)
            }
            json.endObject()
        }
        if let type = card.problemType {
            json.member("problem_type")
            json.string(type.rawValue)
        }
        if let activation = card.scoreActivation {
            // Where versions from 4 on look, and those before.
            json.member("sentence_transformers")
            json.beginObject()
            json.member("activation_fn")
            json.string(activation.classPath)
            json.endObject()
            json.member("sbert_ce_default_activation_function")
            json.string(activation.classPath)
        }
        json.endObject()
        return json.text + "\n"
    }
}
