#!/usr/bin/env python3
"""Writes what transformers and sentence-transformers make of a checkpoint: ids, hidden states, pooled outputs, logits of
its head, sentence vectors or scores of pairs. `albit verify DIRECTORY --golden golden.npz` compares Albit with it.

    golden-outputs.py DIRECTORY -o golden.npz [--texts FILE]

Texts are two dozen of its own, in several languages and shapes, or the lines of a file (two texts with a tab between are
a pair). Needs torch and transformers; sentence-transformers for its models. formats/golden.md describes the file."""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

TEXTS = [
    "A charming film with style and a big heart.",
    "the committee met on tuesday to talk about the new bridge and the money for it",
    "GOOD MORNING, WORLD!",
    "",
    " ",
    "one",
    "1,234.56 + 7e-3 = ? (see p. 12, §4)",
    "It's what they're calling \"state-of-the-art\"...",
    "https://example.org/a/b?c=d&e=f#g mail@example.org",
    "naïve café, São Paulo, Ångström, coöperate, Dvořák",
    "Der schnelle braune Fuchs springt über den faulen Hund und heißt Straße.",
    "¿Dónde está la biblioteca? ¡Qué sorpresa!",
    "Le cœur a ses raisons que la raison ne connaît point.",
    "Москва — столица России.",
    "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.",
    "日本の首都は東京です。",
    "北京是中国的首都。",
    "서울은 대한민국의 수도이다.",
    "القاهرة عاصمة مصر",
    "दिल्ली भारत की राजधानी है।",
    "emoji 😀👍🏽 and e\u0301 combined, \u00a0no-break and\ttab",
    "unbelievably antidisestablishmentarianism-like xqzjkv",
    "How do I pay?\tWe take cards and coins.",
    "A man is playing a guitar.\tSomebody makes music.",
    " ".join(["The river rose and the bridge held, although the rain did not end for days."] * 40),
]


def array(text):
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory")
    arguments.add_argument("-o", "--output", required=True)
    arguments.add_argument("--texts")
    arguments = arguments.parse_args()
    import torch
    import transformers
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    torch.set_grad_enabled(False)
    directory = Path(arguments.directory)
    texts = TEXTS
    if arguments.texts:
        texts = Path(arguments.texts).read_text(encoding="utf-8").splitlines()
    pairs = [tuple(text.split("\t", 1)) if "\t" in text and not text.startswith("emoji") else (text, None)
             for text in texts]

    folder, modules = directory, None
    if (directory / "modules.json").exists():
        modules = json.loads((directory / "modules.json").read_text())
        folder = directory / modules[0]["path"]
    config = AutoConfig.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    name = (config.architectures or ["AutoModel"])[0]
    kind = getattr(transformers, name, AutoModel)
    model = kind.from_pretrained(folder, torch_dtype=torch.float32).eval()
    encoder = getattr(model, model.base_model_prefix, model)
    limit = min(config.max_position_embeddings, tokenizer.model_max_length)
    arrays = {}
    for index, (text, pair) in enumerate(pairs):
        arrays[f"text_{index}"] = array(text)
        if pair is not None:
            arrays[f"pair_{index}"] = array(pair)
        encoded = tokenizer(text, pair, truncation=True, max_length=limit, return_tensors="pt")
        if "token_type_ids" in encoded:
            arrays[f"types_{index}"] = encoded["token_type_ids"][0].numpy().astype(np.int32)
        arrays[f"ids_{index}"] = encoded["input_ids"][0].numpy().astype(np.int32)
        if encoded["input_ids"].shape[1] == 0:
            continue
        out = encoder(**encoded)
        arrays[f"hidden_{index}"] = out.last_hidden_state[0].float().numpy()
        if getattr(out, "pooler_output", None) is not None:
            arrays[f"pooled_{index}"] = out.pooler_output[0].float().numpy()
        if model is not encoder:
            logits = model(**encoded)
            if "start_logits" in logits:
                both = torch.stack([logits.start_logits[0], logits.end_logits[0]], dim=-1)
                arrays[f"logits_{index}"] = both.float().numpy()
            elif "prediction_logits" not in logits and "logits" in logits and "MaskedLM" not in name:
                arrays[f"logits_{index}"] = logits.logits[0].float().numpy()
    versions = {"transformers": transformers.__version__, "torch": torch.__version__}
    if modules is not None:
        import sentence_transformers
        versions["sentence-transformers"] = sentence_transformers.__version__
        settings = directory / "config_sentence_transformers.json"
        kind = json.loads(settings.read_text()).get("model_type") if settings.exists() else None
        if kind in (None, "SentenceTransformer"):
            sentences = sentence_transformers.SentenceTransformer(str(directory), device="cpu")
            for index, (text, pair) in enumerate(pairs):
                if pair is None:
                    arrays[f"embedding_{index}"] = sentences.encode([text])[0].astype(np.float32)
        elif kind == "CrossEncoder":
            scores = sentence_transformers.CrossEncoder(str(directory), device="cpu")
            for index, (text, pair) in enumerate(pairs):
                if pair is not None:
                    arrays[f"score_{index}"] = np.atleast_1d(scores.predict([(text, pair)])[0]).astype(np.float32)
    about = {"model": name, "model_type": config.model_type, "directory": directory.resolve().name,
             "max_length": int(limit), "versions": versions, "texts": len(pairs)}
    weights = sorted(path for pattern in ("*.safetensors", "pytorch_model*.bin") for path in folder.glob(pattern))
    about["sha256"] = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in weights}
    arrays["about"] = array(json.dumps(about, ensure_ascii=False))
    np.savez_compressed(arguments.output, **arrays)
    print(json.dumps(about, indent=2, ensure_ascii=False), file=sys.stderr)


main()
