#!/usr/bin/env python3
"""Preset, error, flips, speed and file size of albit beside ONNX Runtime and OpenVINO, on the same models and inputs.

    Benchmarks/peers/accuracy.py .build/release/albit MODEL[:CALIBRATE]=DATA ... [--limit 200] [--seconds 1]

MODEL: a checkpoint directory; DATA: TSV with text and label, or JSON lines with ids; CALIBRATE: JSON lines with ids.
error = sqrt(sum |a - b|^2 / sum |b|^2) of the last hidden state over all tokens, b by each tool's own float32 run of the
same weights (they agree to some 1e-6). Without CALIBRATE albit calibrates on its own sentences, and NNCF, which has none,
on the first 32 texts of DATA itself. Speed: one thread, 128 tokens, median milliseconds.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np

import peers

PRESETS = ["plain", "default", "accurate"]
NAMES = {"ort": "ONNX Runtime, default", "ort-pc": "ONNX Runtime, per channel, no Identity",
         "openvino": "OpenVINO + NNCF"}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("albit")
parser.add_argument("models", nargs="+", metavar="MODEL[:CALIBRATE]=DATA")
parser.add_argument("--limit", type=int, default=10 ** 9, help="examples of each data file")
parser.add_argument("--seconds", type=float, default=1.0)
given = parser.parse_args()


def albit(*words):
    return subprocess.run([given.albit, *words, "--json"], check=True, capture_output=True, text=True).stdout


def examples(path, model):
    """Ids of each example, as the tools all get them."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    if lines[0].startswith("{"):
        return [json.loads(line)["ids"] for line in lines[:given.limit]]
    column = lines[0].split("\t").index("text")
    texts = [line.split("\t")[column] for line in lines[1:given.limit + 1]]
    found = subprocess.run([given.albit, "tokenize", model, "--json"], check=True, capture_output=True, text=True,
                           input="\n".join(texts) + "\n").stdout
    return [json.loads(line)["ids"] for line in found.splitlines()]


class Comparison:
    def __init__(self):
        self.difference = self.reference = 0.0
        self.flips, self.labels = 0, False

    def add(self, candidate, reference):
        a, b = (np.asarray(x["last_hidden_state"], np.float64) for x in (candidate, reference))
        self.difference += ((a - b) ** 2).sum()
        self.reference += (b ** 2).sum()
        if "logits" in reference:
            self.labels = True
            self.flips += int(candidate["logits"].argmax() != reference["logits"].argmax())

    @property
    def error(self):
        return np.sqrt(self.difference / self.reference)


def row(model, name, error, flips, milliseconds, size):
    print(f"| {model} | {name} | {error:.4f} | {flips} | {milliseconds:.1f} | {size / 1e6:.1f} |", flush=True)


print("| model | int8 by | error | flips | ms | file MB |\n|---|---|---|---|---|---|")
for word in given.models:
    path, data = word.split("=")
    path, _, calibrate = path.partition(":")
    name = pathlib.Path(path).name
    with tempfile.TemporaryDirectory() as folder:
        part = f"{folder}/data{pathlib.Path(data).suffix}"
        header = 0 if data.endswith(".jsonl") else 1
        lines = pathlib.Path(data).read_text(encoding="utf-8").splitlines()
        pathlib.Path(part).write_text("\n".join(lines[:given.limit + header]) + "\n", encoding="utf-8")
        for preset in PRESETS:
            model = f"{folder}/{preset}.gguf"
            words = ["quantize", path, "-o", model, "--preset", preset]
            albit(*words, *(["--calibrate", calibrate] if calibrate else []))
            report = json.loads(albit("verify", path, model, "--data", part))
            count = report["examples"]
            flips = "–" if report["agreement"] is None else \
                f"{round(count * (100 - report['agreement']) / 100)} of {count}"
            speed = json.loads(albit("bench", model, "--sequence", "128", "--threads", "1", "--seconds",
                                     str(given.seconds)))
            row(name, f"albit {preset}", report["hidden"]["relativeL2"], flips, speed["rows"][0]["medianMs"],
                pathlib.Path(model).stat().st_size)
        rows = examples(part, path)
        calibration = [json.loads(line)["ids"] for line in open(calibrate)] if calibrate else rows[:32]
        peers.make(given.albit, path, folder, calibration)
        reference = peers.load(folder, "fp32", 2)
        expected = [reference(peers.inputs([ids])) for ids in rows]
        vocabulary = json.loads((pathlib.Path(path) / "config.json").read_text())["vocab_size"]
        for kind, title in NAMES.items():
            run, comparison = peers.load(folder, kind, 2), Comparison()
            for ids, output in zip(rows, expected):
                comparison.add(run(peers.inputs([ids])), output)
            speed = peers.measure(folder, kind, {"threads": 1, "shapes": [[1, 128]], "seconds": given.seconds,
                                                 "vocabulary": vocabulary})
            flips = f"{comparison.flips} of {len(rows)}" if comparison.labels else "–"
            row(name, title, comparison.error, flips, speed["medians"][0], peers.file_bytes(folder, kind))
