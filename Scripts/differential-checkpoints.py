#!/usr/bin/env python3
"""Imports random small models of every model type of transformers that has BERT's shape, in every layout that they
are saved in, and compares Albit's outputs with those of transformers.

    python3 Scripts/differential-checkpoints.py --albit .build/release/albit [--rows 400] [--only bert,albert]

Needs torch and transformers 5. A row is one model in one folder, read by transformers from that folder and by Albit.
It counts as equal where all outputs lie within 2e-5 (relative L2), as refused where Albit ends with exit code 3, as
noted where it is equal and `inspect` has a remark, and as SILENTLY DIFFERENT elsewhere. Exit code 1 where there is one
of these, or where ALBERT, BERT and ERNIE are equal in less than 95 % of the rows that ask for nothing unsupported.
"""
import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import numpy
import torch
import transformers
from safetensors.torch import save_file

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

OURS = ["albert", "bert", "ernie"]
OTHERS = [
    "roberta", "xlm-roberta", "camembert", "data2vec-text", "roberta-prelayernorm", "xlm-roberta-xl", "electra",
    "bert-generation", "megatron-bert", "mobilebert", "rembert", "roformer", "convbert", "squeezebert", "distilbert",
    "mpnet", "deberta", "deberta-v2", "layoutlm", "splinter", "big_bird", "nystromformer", "mra", "yoso", "ibert",
    "luke", "xmod", "longformer", "fnet", "markuplm", "bros", "lilt", "esm", "canine", "tapas", "roc_bert",
    "visual_bert", "modernbert", "nomic_bert", "gte", "jina_embeddings_v3", "eurobert", "chinese_clip_text_model",
    "altclip_text_model", "xlm", "flaubert", "dpr", "nezha", "ernie_m",
]
HEADS = ["Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM",
         "ForMultipleChoice", "ForPreTraining", "ForNextSentencePrediction", "LMHeadModel"]
LAYOUTS = ["safetensors", "bin", "sharded", "sharded bin", "state dict", "legacy state dict", "zip", "wheel", "tar.gz",
           "hub cache", "trainer", "bfloat16", "float16", "no architectures", "no model_type"]
ACTIVATIONS = ["gelu", "gelu_new", "relu", "gelu_python", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate",
               "quick_gelu", "silu", "gelu_10", "tanh", "mish"]
# Switches that every configuration takes, and whether Albit has to be equal with them.
SWITCHES = [
    ({"chunk_size_feed_forward": 2}, True), ({"classifier_dropout": 0.3}, True), ({"pad_token_id": 1}, True),
    ({"use_cache": False}, True), ({"output_attentions": True, "attn_implementation": "eager"}, True),
    ({"problem_type": "regression"}, True),
    ({"initializer_range": 0.5}, True), ({"task_specific_params": {"x": 1}}, True), ({"layer_norm_eps": 1e-5}, True),
    ({"type_vocab_size": 1}, True), ({"type_vocab_size": 3}, True), ({"id2label": {0: "a", 1: "b", 2: "c"}}, True),
    ({"tie_word_embeddings": False}, False), ({"is_decoder": True}, False),
    ({"is_decoder": True, "add_cross_attention": True}, False), ({"use_task_id": True}, False),
    ({"embedding_size": 12}, True), ({"window": 3}, True), ({"head_type": "x", "window": None}, True),
    ({"attn_implementation": "eager"}, True), ({"max_position_embeddings": 32}, True), ({}, True), ({}, True),
]


def configuration(kind, generator):
    """A random configuration, and whether Albit has to be equal with it."""
    heads = generator.choice([1, 2, 4])
    arguments = dict(
        vocab_size=generator.choice([61, 64, 100]), hidden_size=16, num_hidden_layers=generator.choice([1, 2, 3]),
        num_attention_heads=heads, intermediate_size=generator.choice([32, 40]), max_position_embeddings=64,
        type_vocab_size=2, hidden_act="gelu", pad_token_id=0)
    if kind == "albert":
        arguments["embedding_size"] = generator.choice([8, 16])
        arguments["num_hidden_groups"] = generator.choice([1, 1, arguments["num_hidden_layers"]])
        arguments["inner_group_num"] = generator.choice([1, 1, 2])
    must = True
    if generator.random() < 0.6:
        activation = generator.choice(ACTIVATIONS)
        arguments["hidden_act"] = activation
        must = activation in ACTIVATIONS[:7]
    for _ in range(generator.choice([0, 1, 1, 2])):
        change, equal = generator.choice(SWITCHES)
        if kind == "albert" and "embedding_size" in change:
            continue
        arguments.update(change)
        must = must and equal
    return arguments, must


# What the types need beside, or in place of, the usual arguments.
SPECIAL = {
    "modernbert": {"pad_token_id": 0}, "eurobert": {"pad_token_id": 0}, "squeezebert": {"embedding_size": 16},
    "mobilebert": {"embedding_size": 8}, "ibert": {"hidden_act": "gelu"},
}


def model_of(kind, arguments, head):
    minimal = {k: v for k, v in arguments.items() if k in (
        "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
        "max_position_embeddings", "pad_token_id")}
    for chosen in (arguments, minimal):
        chosen = {k: v for k, v in dict(chosen, **SPECIAL.get(kind, {})).items() if v is not None}
        try:
            config = transformers.AutoConfig.for_model(kind, **chosen)
            break
        except Exception:
            if chosen is minimal or kind in OURS:
                raise
    if kind.endswith("_text_model"):
        base = type(config).__name__.replace("Config", "Model")
    else:
        base = type(transformers.AutoModel.from_config(config)).__name__
    stem = base[:-len("Model")] if base.endswith("Model") else base
    cls = getattr(transformers, stem + head, None) or getattr(transformers, base)
    model = cls(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.2 + (1.0 if parameter.ndim == 1 else 0.0) * 0.5)
    return model


def pack(folder, path, kind):
    if kind == "tar.gz":
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, arcname="model")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if kind == "zip" else zipfile.ZIP_STORED) as archive:
            for name in sorted(os.listdir(folder)):
                archive.write(os.path.join(folder, name), "package-1.0/model/" + name)


def save(model, layout, folder):
    """Saves a model, and returns what is given to transformers and what to Albit."""
    model.save_pretrained(folder)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    weights = os.path.join(folder, "model.safetensors")
    if layout in ("bin", "state dict", "legacy state dict", "sharded bin"):
        os.remove(weights)
    if layout == "bin":
        torch.save(state, os.path.join(folder, "pytorch_model.bin"))
    elif layout == "sharded":
        os.remove(weights)
        model.save_pretrained(folder, max_shard_size="20KB")
    elif layout == "sharded bin":
        names = sorted(state)
        half = len(names) // 2
        index = {"metadata": {}, "weight_map": {}}
        for number, part in enumerate([names[:half], names[half:]]):
            file = f"pytorch_model-0000{number + 1}-of-00002.bin"
            torch.save({name: state[name] for name in part}, os.path.join(folder, file))
            index["weight_map"].update({name: file for name in part})
        json.dump(index, open(os.path.join(folder, "pytorch_model.bin.index.json"), "w"))
    elif layout == "state dict":
        torch.save(state, os.path.join(folder, "weights.pt"))
    elif layout == "legacy state dict":
        torch.save(state, os.path.join(folder, "weights.pt"), _use_new_zipfile_serialization=False)
    elif layout in ("bfloat16", "float16"):
        model.to(getattr(torch, layout)).save_pretrained(folder)
    elif layout in ("zip", "wheel", "tar.gz"):
        path = folder + {"zip": ".zip", "wheel": "-1.0-py3-none-any.whl", "tar.gz": ".tar.gz"}[layout]
        pack(folder, path, layout)
        return folder, path
    elif layout == "hub cache":
        root = folder + "-cache/models--org--name"
        shutil.copytree(folder, root + "/snapshots/abc123")
        os.makedirs(root + "/refs")
        open(root + "/refs/main", "w").write("abc123")
        return folder, generated(root)
    elif layout == "trainer":
        root = folder + "-out"
        shutil.copytree(folder, root + "/checkpoint-500")
        torch.save({"lr": 1}, root + "/checkpoint-500/training_args.bin")
        return folder, root
    elif layout in ("no architectures", "no model_type"):
        path = os.path.join(folder, "config.json")
        config = json.load(open(path))
        config.pop("architectures", None)
        if layout == "no model_type":
            config.pop("model_type", None)
        json.dump(config, open(path, "w"))
    return folder, folder


def generated(root):
    return root if random.random() < 0.5 else os.path.dirname(root)


def reference(model, folder, layout, ids, types):
    """What transformers computes with the folder; for layouts that it does not read, with the model itself."""
    if layout in ("safetensors", "bin", "sharded", "sharded bin", "zip", "wheel", "tar.gz", "hub cache", "trainer"):
        model = type(model).from_pretrained(folder).eval()
    elif layout in ("bfloat16", "float16"):
        model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
    arguments = {"input_ids": torch.tensor([ids]), "output_hidden_states": True}
    if model.config.type_vocab_size if hasattr(model.config, "type_vocab_size") else 0:
        arguments["token_type_ids"] = torch.tensor([types])
    name = type(model).__name__
    if name.endswith("ForMultipleChoice"):
        arguments = {k: v[None] if torch.is_tensor(v) else v for k, v in arguments.items()}
    with torch.no_grad():
        out = model.float()(**arguments)
    result = {}
    if getattr(out, "last_hidden_state", None) is not None:
        result["hidden"] = out.last_hidden_state[0]
    elif out.hidden_states is not None:
        result["hidden"] = out.hidden_states[-1][0]
    if getattr(out, "pooler_output", None) is not None:
        result["pooled"] = out.pooler_output[0]
    for key in ("logits", "prediction_logits", "start_logits", "end_logits"):
        value = getattr(out, key, None)
        if value is not None:
            result[key] = value[0]
    return {key: value.double().numpy() for key, value in result.items()}


def distance(found, expected):
    found, expected = numpy.asarray(found, dtype=numpy.float64).ravel(), expected.ravel()
    if found.shape != expected.shape:
        return float("inf")
    return float(numpy.linalg.norm(found - expected) / max(numpy.linalg.norm(expected), 1e-30))


def words(albit, given, model, ids, types, folder):
    """Logits of the masked words: Albit has no command that prints them all, so its export is run by transformers."""
    run = subprocess.run([albit, "convert", given, "-o", folder], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    cls = getattr(transformers, ("Albert" if model.config.model_type == "albert" else "Bert") + "ForMaskedLM")
    with torch.no_grad():
        out = cls.from_pretrained(folder).float().eval()(
            input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types]))
    return out.logits[0].double().numpy()


def compare(found, expected):
    """Largest distance of an output that both have, and the outputs that Albit lacks."""
    worst, missing = 0.0, []
    logits = found.get("logits") or {}
    for key, value in expected.items():
        if key == "hidden":
            mine = found.get("lastHiddenState")
        elif key == "pooled":
            mine = found.get("pooled")
        elif key in ("start_logits", "end_logits"):
            rows = logits.get("question-answering")
            mine = None if rows is None else numpy.asarray(rows).reshape(-1, 2)[:, 0 if key[0] == "s" else 1]
        else:
            near = [v for v in logits.values() if v is not None and numpy.asarray(v).size == value.size]
            mine = min(near, key=lambda v: distance(v, value)) if near else None
        if mine is None:
            missing.append(key)
        else:
            worst = max(worst, distance(mine, value))
    return worst, missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--albit", required=True)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    generator = random.Random(options.seed)
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    kinds = [kind for kind in OURS * 8 + OTHERS if not options.only or kind in options.only.split(",")]
    counts = collections.defaultdict(collections.Counter)
    layouts = collections.defaultdict(collections.Counter)
    owed = collections.Counter()
    silent = []
    for row in range(options.rows):
        kind = kinds[row % len(kinds)]
        layout = generator.choice(LAYOUTS)
        head = generator.choice(HEADS)
        arguments, must = configuration(kind, generator)
        if kind not in OURS:
            # The offset of positions is the family's own, as in every model that is published.
            arguments.pop("pad_token_id", None)
        root = tempfile.mkdtemp(prefix="albit-differential-")
        try:
            try:
                model = model_of(kind, arguments, head)
                folder, given = save(model, layout, root + "/model")
                size = model.config.vocab_size
                ids = [generator.randrange(4, min(size, 60)) for _ in range(8)]
                types = [0] * 4 + [min(1, getattr(model.config, "type_vocab_size", 1) - 1)] * 4
                types = [max(0, value) for value in types]
            except Exception as error:
                counts[kind]["not made"] += 1
                if options.verbose or kind in OURS:
                    print(f"not made: {kind} {head} {layout} {arguments}: {type(error).__name__} {str(error)[:200]}")
                continue
            run = subprocess.run(
                [options.albit, "encode", given, "--ids", " ".join(map(str, ids)), "--type-ids",
                 " ".join(map(str, types)), "--full", "--json"], capture_output=True, text=True)
            what = f"{type(model).__name__} {layout} {arguments}"
            if run.returncode == 3:
                outcome = "refused"
                detail = run.stderr.strip()
            elif run.returncode != 0:
                outcome, detail = "DIFFERENT", f"exit {run.returncode}: {run.stderr.strip()[:300]}"
            else:
                found = json.loads(run.stdout)
                # Only where Albit answers there is something to compare with.
                try:
                    expected = reference(model, folder, layout, ids, types)
                except Exception as error:
                    counts[kind]["not made"] += 1
                    print(f"no reference: {what}: {type(error).__name__} {str(error)[:200]}")
                    continue
                key = next((key for key in ("prediction_logits", "logits") if key in expected
                            and expected[key].shape == (len(ids), model.config.vocab_size)), None)
                if key:
                    found["logits"] = dict(found.get("logits") or {})
                    found["logits"]["masked words"] = words(options.albit, given, model, ids, types, root + "/export")
                worst, missing = compare(found, expected)
                tell = subprocess.run([options.albit, "inspect", given, "--json"], capture_output=True, text=True)
                notes = json.loads(tell.stdout)["notes"] if tell.returncode == 0 else []
                notes = [note for note in notes if not note.startswith("the transformer was found under")]
                if worst > 2e-5:
                    outcome, detail = "DIFFERENT", f"{worst:.2e} away; notes {notes}"
                elif [name for name in missing if name != "pooled"]:
                    # An output that is not there is no wrong one, if it is told.
                    outcome, detail = ("told", str(notes)) if notes else ("DIFFERENT", f"lacks {missing} in silence")
                else:
                    outcome, detail = ("noted" if notes else "equal"), str(notes)
            counts[kind][outcome] += 1
            layouts[layout][outcome] += 1
            if kind in OURS and must and layout != "no model_type":
                owed["all"] += 1
                owed["equal"] += outcome in ("equal", "noted")
            if outcome == "DIFFERENT":
                silent.append(what + ": " + detail)
            if options.verbose or (kind in OURS and must and outcome not in ("equal", "noted")):
                print(f"{outcome}: {what}: {detail[:400]}")
        finally:
            shutil.rmtree(root, ignore_errors=True)
    for title, table in (("model_type", counts), ("layout", layouts)):
        print(f"\n{title:28} equal noted told refused DIFFERENT not-made")
        for name in sorted(table):
            c = table[name]
            print(f"{name:28} {c['equal']:5} {c['noted']:5} {c['told']:4} {c['refused']:7} {c['DIFFERENT']:9} "
                  f"{c['not made']:8}")
    total = sum((c for c in counts.values()), collections.Counter())
    print(f"\nall: {dict(total)}; transformers {transformers.__version__}, torch {torch.__version__}")
    share = owed["equal"] / max(1, owed["all"])
    print(f"ALBERT, BERT and ERNIE where nothing unsupported is asked for: {owed['equal']} of {owed['all']} equal")
    for line in silent:
        print("SILENTLY DIFFERENT: " + line)
    return 1 if silent or share < 0.95 else 0


if __name__ == "__main__":
    sys.exit(main())
