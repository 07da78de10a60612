import AlbitText

extension Configuration {
    /// The members of a config.json that say how large the model is and how it computes, in its words; without
    /// `sharing` those are left out that only an ALBERT has.
    package func write(to json: inout JSONWriter, sharing: Bool = true) {
        json.member("vocab_size")
        json.integer(vocabSize)
        if sharing {
            json.member("embedding_size")
            json.integer(embeddingSize)
        }
        json.member("hidden_size")
        json.integer(hiddenSize)
        json.member("intermediate_size")
        json.integer(intermediateSize)
        json.member("num_attention_heads")
        json.integer(numAttentionHeads)
        json.member("num_hidden_layers")
        json.integer(numHiddenLayers)
        if sharing {
            json.member("num_hidden_groups")
            json.integer(numHiddenGroups)
            json.member("inner_group_num")
            json.integer(innerGroupNum)
        }
        json.member("hidden_act")
        json.string(hiddenAct.name)
        json.member("max_position_embeddings")
        json.integer(maxPositionEmbeddings)
        json.member("type_vocab_size")
        json.integer(typeVocabSize)
        json.member("layer_norm_eps")
        json.number(layerNormEps)
    }
}
