#!/usr/bin/env python3
"""Checks exports of the zoo's checkpoints against the golden outputs that their writers' own tools computed.

Each checkpoint becomes an ONNX file, which ONNX Runtime runs, and a Hugging Face directory, which transformers runs where it
is installed: every output of every head within 2e-5 of the golden one, at all tokens that are not padding.

usage: check-golden-exports.py ALBIT ZOO
needs: numpy, onnxruntime (PyPI); torch and transformers where they are
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

BOUND = 2e-5
FEEDS = ["input_ids", "attention_mask", "token_type_ids"]
# Names in the golden files, by head of the row, of what ONNX Runtime and transformers call `logits`.
LOGITS = {"seqcls": "seqcls_logits", "tokcls": "tokcls_logits", "mc": "mc_logits", "mlm": "mlm_logits"}
HEADS = {"model": {"pooler_output"}, "pretraining": {"mlm_logits", "sop_logits"}, "mlm": {"mlm_logits"}, "seqcls": {"seqcls_logits"},
         "tokcls": {"tokcls_logits"}, "qa": {"start_logits", "end_logits"}, "mc": {"mc_logits"}}
CLASSES = {"model": "AutoModel", "pretraining": "AutoModelForPreTraining", "mlm": "AutoModelForMaskedLM",
           "seqcls": "AutoModelForSequenceClassification", "tokcls": "AutoModelForTokenClassification",
           "qa": "AutoModelForQuestionAnswering", "mc": "AutoModelForMultipleChoice"}
NAMES = {"prediction_logits": "mlm_logits", "order_logits": "sop_logits", "last_hidden_state": "last_hidden_state",
         "pooler_output": "pooler_output", "start_logits": "start_logits", "end_logits": "end_logits"}


def distance(found, expected, mask):
    """Relative, over what is not padding: arrays [batch, sequence, ...] are cut."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.ndim >= 2 and found.shape[:2] == mask.shape:
        found, expected = found[mask], expected[mask]
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def compare(where, outputs, heads, golden, worst):
    mask = golden["attention_mask"].astype(bool)
    compared = set()
    for name, value in outputs.items():
        if name == "answer_logits":
            compared |= compare(where, {"start_logits": value[..., 0], "end_logits": value[..., 1]}, heads, golden, worst)
            continue
        key = LOGITS.get(heads) if name == "logits" else NAMES.get(name)
        if key is None:
            sys.exit(f"{where}: has an output {name} that no golden file knows")
        if key not in golden:
            continue
        value = np.reshape(value, golden[key].shape)
        error = distance(value, golden[key], mask)
        if not error <= BOUND:
            sys.exit(f"{where}: {name} differs by {error}, more than {BOUND}")
        worst.append((error, f"{where}: {name}"))
        compared.add(key)
    return compared


def with_transformers(folder, heads, golden):
    import torch
    import transformers
    model = getattr(transformers, CLASSES[heads]).from_pretrained(folder, attn_implementation="eager").eval()
    feeds = {name: torch.tensor(golden[name]) for name in FEEDS}
    if heads == "mc":
        feeds = {name: value[None] for name, value in feeds.items()}
    with torch.no_grad():
        found = model(**feeds)
    names = {"sop_logits": "order_logits", "prediction_logits": "prediction_logits", "logits": "logits"}
    return {names.get(name, name): value.numpy() for name, value in found.items()}


def main():
    albit, zoo = sys.argv[1], pathlib.Path(sys.argv[2])
    try:
        import transformers
    except ImportError:
        transformers = None
    worst = {"ONNX Runtime": [], "transformers": []}
    rows = [row for row in json.loads((zoo / "MANIFEST.json").read_text())["files"]
            if row["path"].startswith("safetensors/") and row["golden"]]
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(rows):
            golden = dict(np.load(zoo / row["golden"]))
            path, onnx, directory = zoo / row["path"], f"{folder}/{number}.onnx", f"{folder}/{number}"
            # Bare files of the base variant, without a configuration beside them.
            config = [] if (path.parent / "config.json").exists() else ["--config", zoo / "safetensors/base-model/config.json"]
            for output in [onnx, directory]:
                subprocess.run([albit, "convert", path, "-o", output, *config], check=True, capture_output=True)
            session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
            names = [output.name for output in session.get_outputs()]
            found = session.run(names, {name: golden[name].astype(np.int64) for name in FEEDS})
            compared = compare(row["path"], dict(zip(names, found)), row["heads"], golden, worst["ONNX Runtime"])
            missing = ({"last_hidden_state"} | HEADS[row["heads"]]) & set(golden) - compared
            if missing:
                sys.exit(f"{row['path']}: the ONNX file lacks {', '.join(sorted(missing))}")
            if transformers:
                outputs = with_transformers(directory, row["heads"], golden)
                if not compare(row["path"], outputs, row["heads"], golden, worst["transformers"]):
                    sys.exit(f"{row['path']}: transformers gave nothing to compare")
    for tool, errors in worst.items():
        if not errors:
            print(f"{tool}: not installed, not checked")
            continue
        error, where = max(errors)
        print(f"{tool}: {len(errors)} outputs of {len(rows)} checkpoints, worst {error:.1e} ({where}), bound {BOUND:.0e}")
    if len(rows) < 15:
        sys.exit("check-golden-exports: the zoo lacks rows")


main()
