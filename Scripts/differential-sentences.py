#!/usr/bin/env python3
"""Compares Albit with sentence-transformers on random small pipelines: orders of modules, poolings, activations, prompts,
lengths, and the layouts in which versions 2 to 6 save them.

    differential-sentences.py ALBIT [--rows N] [--seed N] [--keep FOLDER] [--convert]

Each row is one model; it is `equal` (every vector within 1e-5 and 2e-5 relative L2, in one batch and alone), `rounded`
(see `is_rounding`), `refused` (exit 3 with a message), or `different`, which ends the run with exit 1. With --convert the
folder that `albit convert` writes of each model is given to sentence-transformers, which has to make the same vectors."""

import argparse
import collections
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Dropout, LayerNorm, Pooling, WeightedLayerPooling
from torch import nn

import sentence_models as tiny

ACTIVATIONS = [nn.Tanh, nn.Identity, nn.ReLU, nn.GELU, nn.Sigmoid, nn.SiLU, nn.ReLU6, nn.LeakyReLU, nn.Hardtanh,
               nn.Softsign, nn.Tanhshrink]
# Classes that the library stores too, and Albit refuses.
STRANGE = [nn.Mish, nn.ELU, nn.Softplus, nn.SELU, nn.Hardswish, nn.LogSigmoid, nn.CELU]
TEXTS = tiny.TEXTS + ["A MIXED Case, KÖLN", "query: how to pay", "[MASK] and [SEP] in a text", "x" * 300,
                      "naïve café \u00a0 \t double  blanks\n", "日本語のテキスト 中文"]


def pipeline(pick, base, hidden):
    """Modules at random, and what is special about them."""
    seen = []
    modes = pick.sample(list(tiny.FLAGS), pick.choice([1, 1, 1, 1, 2, 2, 3]))
    if pick.random() < 0.05:
        modes.append(modes[0])
    include = pick.random() < 0.7
    modules = [Transformer(base)]
    width = hidden
    if pick.random() < 0.04:
        modules.append(Dense(hidden, hidden, module_input_name="token_embeddings"))
        seen.append("Dense of tokens")
    if pick.random() < 0.03:
        modules.append(WeightedLayerPooling(hidden, num_hidden_layers=2))
        seen.append("WeightedLayerPooling")
    modules.append(Pooling(width, tuple(modes) if len(modes) > 1 else modes[0], include_prompt=include))
    width *= len(modes)
    for _ in range(pick.choice([0, 1, 1, 2, 3, 4])):
        kind = pick.choice(["dense", "dense", "norm", "normalize", "dropout"])
        if kind == "dense":
            out = pick.choice([1, 3, 16, 17, 64])
            activation = pick.choice(STRANGE if pick.random() < 0.08 else ACTIVATIONS)
            residual = pick.random() < 0.04
            seen.append("use_residual" if residual else activation.__name__)
            dense = Dense(width, out, bias=pick.random() < 0.7, activation_function=activation(),
                          use_residual=residual)
            nn.init.normal_(dense.linear.weight, std=pick.choice([0.05, 0.5, 2.0]))
            modules.append(dense)
            width = out
        elif kind == "norm":
            norm = LayerNorm(width)
            nn.init.normal_(norm.norm.weight)
            nn.init.normal_(norm.norm.bias)
            modules.append(norm)
            seen.append("LayerNorm")
        elif kind == "normalize":
            modules.append(Normalize())
            seen.append("Normalize")
        else:
            modules.append(Dropout(0.3))
            seen.append("Dropout")
    seen += modes + ([] if include else ["include_prompt"])
    return modules, width, seen


def build(pick, work, row):
    """A model in a folder; gives its folder, the prompt to ask for, and what is special about it."""
    family = pick.choice(["albert", "albert", "bert"])
    hidden = pick.choice([8, 16, 24])
    lowercase = pick.random() < 0.6
    base = str(work / "base")
    shutil.rmtree(base, ignore_errors=True)
    tiny.base(base, family=family, hidden=hidden, lowercase=lowercase, seed=row)
    modules, width, seen = pipeline(pick, base, hidden)
    settings = {}
    prompts = {}
    if pick.random() < 0.4:
        prompts = {"query": "query: ", "passage": "passage: we take", "odd": "one\u00a0two "}
        settings["prompts"] = prompts
        if pick.random() < 0.5:
            settings["default_prompt_name"] = pick.choice(list(prompts))
            seen.append("default prompt")
    if pick.random() < 0.12 and width > 2:
        settings["truncate_dim"] = pick.randrange(1, width)
        seen.append("truncate_dim")
    folder = str(work / f"row{row}")
    SentenceTransformer(modules=modules, device="cpu", **settings).save(folder, create_model_card=False)
    for module in Path(folder).glob("*_*"):
        if (module / "model.safetensors").exists() and pick.random() < 0.3:
            tiny.torch_weights(folder, module.name)
            seen.append("pytorch_model.bin")
    pooling = next(Path(folder).glob("*_Pooling"), None)
    if pooling and pick.random() < 0.5 and tiny.old_pooling(folder, pooling.name):
        seen.append("old flags")
    if pick.random() < 0.4:
        tiny.old_types(folder)
        seen.append("old types")
    if pick.random() < 0.25:
        tiny.move_transformer(folder)
        seen.append("0_Transformer")
    if pick.random() < 0.5:
        tiny.old_length(folder, pick.choice([None, 3, 5, 12, 40, 64]), lowercase=pick.random() < 0.3)
        seen.append("old length")
    prompt = pick.choice([None, None, *prompts]) if prompts else None
    if prompt:
        seen.append("named prompt")
    return folder, prompt, [family] + seen


def ask(albit, folder, prompt, texts):
    named = ["--prompt", prompt] if prompt else []
    return subprocess.run([albit, "embed", folder, "--json", *named, "--", *texts], capture_output=True, text=True)


def is_rounding(folder, named, vectors):
    """Whether vectors beyond the bound are as near to the exact ones as the library's own.

    A pipeline whose sums cancel, such as a LayerNorm of nearly equal values, multiplies the rounding of whatever lies before
    it. The same modules in float64 give the exact vectors; how far the library's float32 is from them, over all texts, alone
    and in one batch, measures rounding times that factor without any of Albit's numbers. Albit rounds as often, in another
    order: its largest distance is another draw of the same kind, and may be up to four times as much."""
    model = SentenceTransformer(folder, device="cpu")
    single = [np.stack([model.encode([text], **named)[0] for text in TEXTS]), model.encode(TEXTS, **named)]
    model.double()
    exact = np.stack([model.encode([text], convert_to_numpy=False, **named)[0].double().numpy() for text in TEXTS])
    noise = max(np.linalg.norm(one.astype(np.float64) - exact, axis=1).max() for one in single)
    found = np.linalg.norm(vectors - exact, axis=1).max()
    print(f"  from float64: Albit {found:.1e}, sentence-transformers {noise:.1e}", file=sys.stderr)
    return bool(found <= 4 * noise)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("albit")
    arguments.add_argument("--rows", type=int, default=150)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep")
    arguments.add_argument("--convert", action="store_true")
    arguments = arguments.parse_args()
    work = Path(tempfile.mkdtemp())
    counts = collections.Counter()
    reasons = collections.Counter()
    features = collections.defaultdict(collections.Counter)
    worst = 0.0
    for row in range(arguments.rows):
        pick = random.Random(arguments.seed * 100003 + row)
        torch.manual_seed(row)
        try:
            folder, prompt, seen = build(pick, work, row)
            model = SentenceTransformer(folder, device="cpu")
            named = {"prompt_name": prompt} if prompt else {}
            expected = np.stack([model.encode([text], **named)[0] for text in TEXTS])
        except Exception as error:  # The library cannot do it either: no row.
            counts["not by the library"] += 1
            reasons["library: " + str(error).splitlines()[0][:100]] += 1
            shutil.rmtree(work / f"row{row}", ignore_errors=True)
            continue
        found = ask(arguments.albit, folder, prompt, TEXTS)
        if found.returncode == 3:
            outcome = "refused"
            reasons[found.stderr.strip().replace(str(work), "")[-120:]] += 1
        elif found.returncode:
            outcome = "different"
            print(row, "exit", found.returncode, found.stderr, file=sys.stderr)
        else:
            vectors = np.array([json.loads(line)["embedding"] for line in found.stdout.splitlines()])
            same = vectors.shape == expected.shape
            if same and np.isfinite(expected).all():
                error = np.abs(vectors - expected).max(axis=1)
                relative = np.linalg.norm(vectors - expected, axis=1) / np.maximum(
                    np.linalg.norm(expected, axis=1), 1e-3)
                scale = np.maximum(np.abs(expected).max(axis=1), 1)
                same = bool((error <= 1e-5 * scale).all() and (relative <= 2e-5).all())
                worst = max(worst, float(relative.max())) if same else worst
                alone = ask(arguments.albit, folder, prompt, TEXTS[1:2]).stdout
                mine = found.stdout.splitlines(keepends=True)[1]
                same = same and alone == mine
            outcome = "equal" if same else "different"
            if not same and vectors.shape == expected.shape and np.isfinite(expected).all() and alone == mine:
                outcome = "rounded" if is_rounding(folder, named, vectors) else "different"
            if not same:
                print(row, outcome, seen, prompt, vectors.shape, expected.shape, file=sys.stderr)
                if vectors.shape == expected.shape:
                    print("  per text", error, file=sys.stderr)
                if arguments.keep:
                    shutil.copytree(folder, Path(arguments.keep, f"row{row}"), dirs_exist_ok=True)
        if outcome in ("equal", "rounded") and arguments.convert:
            made = str(work / "converted")
            told = subprocess.run([arguments.albit, "convert", folder, "-o", made], capture_output=True, text=True)
            again = None
            if told.returncode == 0:
                again = SentenceTransformer(made, device="cpu")
                again = np.stack([again.encode([text], **named)[0] for text in TEXTS])
            scale = np.maximum(np.abs(expected).max(axis=1), 1)[:, None]
            if again is None or again.shape != expected.shape or not (np.abs(again - expected) <= 1e-5 * scale).all():
                outcome = "different"
                print(row, "converted", seen, prompt, told.stderr, again if again is None else np.abs(again - expected).max(),
                      file=sys.stderr)
            shutil.rmtree(made, ignore_errors=True)
            counts["converted"] += 1
        counts[outcome] += 1
        for feature in set(seen):
            features[feature][outcome] += 1
        shutil.rmtree(folder)
    shutil.rmtree(work)
    for feature, found in sorted(features.items()):
        print(f"{feature:24}", *(f"{name} {count}" for name, count in sorted(found.items())))
    for reason, count in reasons.most_common():
        print(f"{count:4} x {reason}")
    print("largest relative L2 of equal rows:", worst)
    print(*(f"{name} {counts[name]}" for name in ("equal", "rounded", "refused", "different", "converted",
                                                    "not by the library")), sep=", ")
    sys.exit(1 if counts["different"] else 0)


main()
