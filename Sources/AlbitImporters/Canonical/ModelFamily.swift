import AlbitModel

/// What `config.json` calls a model, and whether Albit computes exactly that: a closed list. Of a family that stands
/// nowhere here nothing is known, so it is refused as well.
enum ModelFamily {
    /// Values of `model_type` whose arithmetic is that of an architecture. `Scripts/differential-checkpoints.py` shows
    /// it for each by outputs of transformers.
    static let equal: [String: Architecture] = [
        "albert": .albert, "bert": .bert,
        // BERT with a table of task types, which `use_task_id` switches on.
        "ernie": .bert,
        // A BERT whose first token's state is the vector of a question or a passage.
        "dpr": .bert,
    ]

    /// Values of `model_type` that look like BERT, and what they compute otherwise.
    static let different: [String: String] = {
        var reasons: [String: String] = [:]
        for (names, reason) in groups {
            for name in names { reasons[name] = reason }
        }
        return reasons
    }()

    private static let groups: [(names: [String], reason: String)] = [
        (
            [
                "roberta", "xlm-roberta", "camembert", "data2vec-text", "lilt", "altclip_text_model", "clap_text_model",
                "bridgetower_text_model", "xmod", "luke", "mluke", "longformer", "layoutlmv3",
            ], "counts positions from pad_token_id + 1, where BERT counts from 0"
        ),
        (
            ["roberta-prelayernorm", "xlm-roberta-xl", "megatron-bert", "bert-generation", "rembert"],
            "arranges its layers otherwise than BERT"
        ),
        (
            ["electra"],
            "has other heads than BERT, no pooler and a projection of its embeddings (its encoder alone is read from "
                + "an ONNX export)"
        ),
        (
            ["distilbert"],
            "has no token types, no pooler and other heads than BERT (its encoder alone is read from an ONNX export)"
        ),
        (["dpr-reader"], "has two heads that rank passages and find answers in them together"),
        (
            [
                "mpnet", "deberta", "deberta-v2", "nezha", "roformer", "esm", "nomic_bert", "modernbert",
                "modernbert-decoder", "jina_embeddings_v3", "gte", "new", "NewModel", "xlnet", "eurobert", "neobert",
            ], "has relative, rotary or biased positions, where BERT adds a table of absolute ones"
        ),
        (
            ["convbert", "squeezebert", "mobilebert", "fnet", "funnel", "canine", "ibert", "qdqbert"],
            "computes its layers otherwise than BERT"
        ),
        (
            ["big_bird", "mra", "nystromformer", "yoso", "reformer"],
            "attends sparsely or approximately, where BERT attends to every token"
        ),
        (
            [
                "layoutlm", "layoutlmv2", "markuplm", "bros", "tapas", "visual_bert", "lxmert", "vilt", "flava",
                "roc_bert", "blip_text_model", "splinter",
            ], "reads more than tokens, or has other heads than BERT"
        ),
        (["encoder-decoder", "vision-encoder-decoder", "speech-encoder-decoder"], "is an encoder with a decoder"),
        (["xlm", "flaubert"], "has languages and layers of its own"),
    ]

    /// How class names of transformers begin, and their `model_type`; longer beginnings first.
    private static let classes: [(prefix: String, type: String)] = [
        ("Albert", "albert"), ("DPRReader", "dpr-reader"), ("DPRPretrainedReader", "dpr-reader"), ("DPR", "dpr"),
        ("BertGeneration", "bert-generation"), ("Bert", "bert"), ("ErnieMModel", "ernie_m"),
        ("ErnieMFor", "ernie_m"),
        ("Ernie", "ernie"), ("RobertaPreLayerNorm", "roberta-prelayernorm"), ("Roberta", "roberta"),
        ("XLMRobertaXL", "xlm-roberta-xl"), ("XLMRoberta", "xlm-roberta"), ("Camembert", "camembert"),
        ("Data2VecText", "data2vec-text"), ("Electra", "electra"), ("DistilBert", "distilbert"), ("MPNet", "mpnet"),
        ("DebertaV2", "deberta-v2"), ("Deberta", "deberta"), ("Nezha", "nezha"), ("RoFormer", "roformer"),
        ("MegatronBert", "megatron-bert"), ("MobileBert", "mobilebert"), ("RemBert", "rembert"),
        ("ConvBert", "convbert"), ("SqueezeBert", "squeezebert"), ("BigBird", "big_bird"), ("LayoutLM", "layoutlm"),
        ("Longformer", "longformer"), ("Luke", "luke"), ("Splinter", "splinter"), ("Tapas", "tapas"),
        ("Xmod", "xmod"), ("IBert", "ibert"), ("QDQBert", "qdqbert"), ("ModernBert", "modernbert"),
        ("NomicBert", "nomic_bert"), ("Esm", "esm"), ("Lilt", "lilt"), ("MarkupLM", "markuplm"), ("Bros", "bros"),
        ("RoCBert", "roc_bert"), ("EncoderDecoder", "encoder-decoder"), ("XLNet", "xlnet"),
    ]

    /// The `model_type` of a class of transformers; nil where it is none of these.
    static func type(ofClass name: String) -> String? {
        var name = Substring(name)
        for framework in ["TF", "Flax"] where name.hasPrefix(framework) { name = name.dropFirst(framework.count) }
        return classes.first { name.hasPrefix($0.prefix) }?.type
    }

    /// What to do with a model of a refused family.
    static let advice = "Albit takes model_type albert, bert, dpr and ernie; choose one of these for the task"

    /// What aliases of BERT call the transformer inside a model with heads.
    static let otherBackbones = ["ernie."]

    /// Components of tensor names that a refused family's transformer has, and the family.
    static let backbones: [String: String] = [
        "roberta": "roberta", "xlm_roberta": "xlm-roberta", "xlmr": "xlm-roberta", "camembert": "camembert",
        "data2vec_text": "data2vec-text", "electra": "electra", "deberta": "deberta", "nezha": "nezha",
        "mpnet": "mpnet", "distilbert": "distilbert", "longformer": "longformer", "layoutlm": "layoutlm",
        "splinter": "splinter", "tapas": "tapas", "roformer": "roformer", "luke": "luke", "mobilebert": "mobilebert",
        "rembert": "rembert", "megatron_bert": "megatron-bert", "convbert": "convbert", "markuplm": "markuplm",
        "bros": "bros", "lilt": "lilt", "esm": "esm", "yoso": "yoso", "mra": "mra", "nystromformer": "nystromformer",
        "bigbird": "big_bird", "big_bird": "big_bird", "roc_bert": "roc_bert", "visual_bert": "visual_bert",
    ]

    /// Parts of tensor names that no ALBERT and no BERT has, and what computes with them.
    static let signs: [(part: String, what: String)] = [
        ("lm_head.layer_norm.", "the prediction head of RoBERTa"), ("lm_head.dense.", "the prediction head of RoBERTa"),
        ("classifier.out_proj.", "the classifier of RoBERTa and ELECTRA"),
        ("discriminator_predictions.", "a head of ELECTRA"), ("generator_predictions.", "a head of ELECTRA"),
        ("embeddings_project.", "the projection of ELECTRA's embeddings"),
        (".distance_embedding.", "relative positions"), ("relative_attention_bias", "relative positions"),
        (".crossattention.", "the cross attention of a decoder"),
        ("embeddings.task_type_embeddings.", "the task types of ERNIE"),
        ("embeddings.x_position_embeddings.", "the page layout of LayoutLM"),
        (".query_global.", "the global attention of Longformer"),
    ]
}
