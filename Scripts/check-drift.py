#!/usr/bin/env python3
"""Checks the figures of `albit verify` against NumPy, on the outputs of `albit encode --full`.

    Scripts/check-drift.py .build/release/albit REFERENCE CANDIDATE DATA [--limit 100]

DATA: TSV with text and label, or JSON lines with ids. The first --limit examples are compared (0: all); exit 1 where a figure
differs by more than 1e-9 (relative).
"""
import argparse, json, os, subprocess, sys, tempfile

import numpy as np

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
for name in ["albit", "reference", "candidate", "data"]:
    arguments.add_argument(name)
arguments.add_argument("--limit", type=int, default=100)
given = arguments.parse_args()
limit = given.limit or None


def albit(*words, lines=None):
    """One JSON object, or with `lines` on standard input one for each of them."""
    text = subprocess.run([given.albit, *words, "--json"], check=True, capture_output=True, text=True, input=lines).stdout
    return json.loads(text) if lines is None else [json.loads(line) for line in text.splitlines()]


def outputs(model, examples):
    """Hidden states and logits of each example; texts go through one process in groups."""
    if "text" in examples[0]:
        for first in range(0, len(examples), 64):
            texts = "".join(example["text"] + "\n" for example in examples[first:first + 64])
            yield from map(arrays, albit("encode", model, "--full", lines=texts))
        return
    for example in examples:
        words = ["encode", model, "--full", "--ids", " ".join(map(str, example["ids"]))]
        if example.get("typeIds") is not None:
            words += ["--type-ids", " ".join(map(str, example["typeIds"]))]
        yield arrays(albit(*words))


def arrays(result):
    hidden = np.array(result["lastHiddenState"], np.float32).astype(np.float64).reshape(result["sequenceLength"], -1)
    logits = (result.get("logits") or {}).get("sequence-classification")
    return hidden, None if logits is None else np.array(logits, np.float32).astype(np.float64).ravel()


def cosine(a, b):
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


lines = open(given.data, encoding="utf-8").read().splitlines()
if lines[0].startswith("{"):
    lines = lines[:limit]
    examples = [json.loads(line) for line in lines]
else:
    names = lines[0].split("\t")
    lines = lines[: limit and limit + 1]
    examples = [dict(zip(names, line.split("\t"))) for line in lines[1:]]

with tempfile.TemporaryDirectory() as directory:
    part = os.path.join(directory, "part")
    with open(part, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    report = albit("verify", given.reference, given.candidate, "--data", part)

differences = references = largest = logit_differences = logit_references = 0.0
cosines, logit_cosines, same, right = [], [], [], []
for example, (a, la), (b, lb) in zip(examples, outputs(given.reference, examples), outputs(given.candidate, examples), strict=True):
    differences += ((a - b) ** 2).sum()
    references += (a ** 2).sum()
    cosines += [cosine(x, y) for x, y in zip(a, b)]
    if la is not None:
        logit_differences += ((la - lb) ** 2).sum()
        logit_references += (la ** 2).sum()
        largest = max(largest, np.abs(la - lb).max())
        logit_cosines.append(cosine(la, lb))
        same.append(la.argmax() == lb.argmax())
        if example.get("label") is not None:
            right.append((la.argmax() == int(example["label"]), lb.argmax() == int(example["label"])))

expected = {("examples",): len(examples), ("hidden", "relativeL2"): np.sqrt(differences / references),
            ("hidden", "cosineMin"): min(cosines), ("hidden", "cosineMean"): np.mean(cosines)}
if same:
    expected |= {("logits", "maxAbs"): largest, ("logits", "relativeL2"): np.sqrt(logit_differences / logit_references),
                 ("logits", "cosineMin"): min(logit_cosines), ("logits", "cosineMean"): np.mean(logit_cosines),
                 ("agreement",): 100 * np.mean(same)}
if right:
    reference, candidate = 100 * np.mean(right, axis=0)
    expected |= {("reference",): reference, ("candidate",): candidate, ("drop",): reference - candidate}

failed = False
for path, value in expected.items():
    found = report
    for name in path:
        found = found[name]
    close = abs(found - value) <= 1e-9 * max(1, abs(value))
    failed = failed or not close
    print(f"{'ok ' if close else 'NOT'} {'.'.join(path):18} verify {found:.12g}  numpy {value:.12g}")
sys.exit(1 if failed else 0)
