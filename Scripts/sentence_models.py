"""Tiny models with random weights, as sentence-transformers 6.2 saves them: what make-sentence-models.py and
differential-sentences.py are made of. Needs sentence-transformers, transformers 5, tokenizers, torch. No network."""

import json
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (AlbertConfig, AlbertForSequenceClassification, AlbertModel, BertConfig,
                          BertForSequenceClassification, BertModel, PreTrainedTokenizerFast)

TEXTS = [
    "a charming film with style",
    "The committee met on Tuesday to talk about the new bridge and the money for it.",
    "Der Zug nach Köln fährt um 7:45 Uhr ab.",
    "¿Dónde está la biblioteca?",
    "",
    "one",
    " ".join(["rain fell on the hills and the river rose"] * 9),
]
CORPUS = TEXTS + ["query: how to pay", "passage: we take cards and coins", "the plot makes no sense at all, sadly",
                  "Ein Satz mehr, une phrase de plus, una frase más", "0 1 2 3 4 5 6 7 8 9 - + = ( ) [ ] ' \""]


def tokenizer(lowercase):
    """A WordPiece tokenizer of BERT's form, trained on the few sentences above."""
    found = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    found.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    found.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    found.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special,
                                                                show_progress=False))
    found.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", found.token_to_id("[CLS]")), ("[SEP]", found.token_to_id("[SEP]"))])
    return PreTrainedTokenizerFast(
        tokenizer_object=found, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_max_length=64)


def base(folder, family="albert", labels=0, hidden=16, lowercase=True, seed=0):
    """An encoder with its tokenizer in a folder; `labels`: rows of a classifier on it, 0 for none."""
    torch.manual_seed(seed)
    words = tokenizer(lowercase)
    shape = dict(vocab_size=len(words), hidden_size=hidden, num_hidden_layers=2, num_attention_heads=2,
                 intermediate_size=2 * hidden, max_position_embeddings=64, initializer_range=0.3,
                 hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0)
    if labels:
        shape["num_labels"] = labels
    if family == "albert":
        config = AlbertConfig(embedding_size=8, **shape)
        model = (AlbertForSequenceClassification if labels else AlbertModel)(config)
    else:
        config = BertConfig(**shape)
        model = (BertForSequenceClassification if labels else BertModel)(config)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name or "layer_norm" in name:
                value.add_(0.1 * torch.randn_like(value))
    model.eval().save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


FLAGS = {"cls": "pooling_mode_cls_token", "max": "pooling_mode_max_tokens", "mean": "pooling_mode_mean_tokens",
         "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
         "weightedmean": "pooling_mode_weightedmean_tokens", "lasttoken": "pooling_mode_lasttoken"}


def old_pooling(folder, name="1_Pooling"):
    """Writes a saved pooling with the flags of versions 2 to 5. False where they cannot say it."""
    path = Path(folder, name, "config.json")
    config = json.loads(path.read_text())
    modes = config["pooling_mode"]
    modes = [modes] if isinstance(modes, str) else modes
    if modes != [mode for mode in FLAGS if mode in modes]:
        return False
    old = {"word_embedding_dimension": config["embedding_dimension"]}
    old.update({flag: mode in modes for mode, flag in FLAGS.items()})
    old["include_prompt"] = config.get("include_prompt", True)
    path.write_text(json.dumps(old))
    return True


def move_transformer(folder):
    """The layout of early models: the transformer in `0_Transformer/`."""
    folder = Path(folder)
    (folder / "0_Transformer").mkdir()
    for file in list(folder.iterdir()):
        if file.is_file() and file.name not in ("modules.json", "config_sentence_transformers.json", "README.md"):
            shutil.move(file, folder / "0_Transformer" / file.name)
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(modules))


def old_types(folder):
    """Class paths of versions 2 to 5."""
    path = Path(folder, "modules.json")
    modules = json.loads(path.read_text())
    for module in modules:
        module["type"] = "sentence_transformers.models." + module["type"].split(".")[-1]
    path.write_text(json.dumps(modules))


def old_length(folder, length, lowercase=False):
    """The length where versions 2 to 5 keep it."""
    place = Path(folder, "0_Transformer")
    place = place if place.exists() else Path(folder)
    (place / "sentence_bert_config.json").write_text(
        json.dumps({"max_seq_length": length, "do_lower_case": lowercase}))


def torch_weights(folder, module):
    """A module's weights as `pytorch_model.bin`."""
    from safetensors.torch import load_file
    weights = Path(folder, module, "model.safetensors")
    torch.save(load_file(weights), Path(folder, module, "pytorch_model.bin"))
    weights.unlink()


def change(folder, name, **keys):
    """Sets keys of a JSON file, or removes those that are None."""
    path = Path(folder, name)
    config = json.loads(path.read_text()) if path.exists() else {}
    for key, value in keys.items():
        config.pop(key, None)
        if value is not None:
            config[key] = value
    path.write_text(json.dumps(config, indent=2))
