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
        json.member("vocab_size")
        json.integer(c.vocabSize)
        if c.architecture == .albert {
            json.member("embedding_size")
            json.integer(c.embeddingSize)
            json.member("num_hidden_groups")
            json.integer(c.numHiddenGroups)
            json.member("inner_group_num")
            json.integer(c.innerGroupNum)
        }
        json.member("hidden_size")
        json.integer(c.hiddenSize)
        json.member("intermediate_size")
        json.integer(c.intermediateSize)
        json.member("num_attention_heads")
        json.integer(c.numAttentionHeads)
        json.member("num_hidden_layers")
        json.integer(c.numHiddenLayers)
        json.member("hidden_act")
        json.string(c.hiddenAct.name)
        json.member("max_position_embeddings")
        json.integer(c.maxPositionEmbeddings)
        json.member("type_vocab_size")
        json.integer(c.typeVocabSize)
        json.member("layer_norm_eps")
        json.number(c.layerNormEps)
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
