#!/usr/bin/env python3
"""Checks that other tools read what `albit convert` writes: ONNX Runtime gives the float32 outputs of `albit encode`
and, where a reference is named, the reference's logits; the safetensors package reads the same values bit for bit.

usage: check-exports.py ALBIT CHECKPOINT [--reference reference.npz]
needs: numpy, onnxruntime, safetensors (PyPI)
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
from safetensors.numpy import load_file

BOUND = 2e-5


def relative(a, b):
    return float(np.linalg.norm(np.asarray(a, np.float64) - b) / np.linalg.norm(np.asarray(b, np.float64)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("albit")
    parser.add_argument("checkpoint")
    parser.add_argument("--reference", help=".npz with input_ids, attention_mask and logits")
    options = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        onnx = f"{folder}/model.onnx"
        subprocess.run([options.albit, "convert", options.checkpoint, "-o", onnx], check=True)
        subprocess.run([options.albit, "convert", options.checkpoint, "-o", f"{folder}/hf"], check=True)
        session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        ids = np.array([[2, 48, 25, 1037 % 900, 13, 3]], np.int64)
        answer = json.loads(subprocess.run(
            [options.albit, "encode", options.checkpoint, "--ids", " ".join(map(str, ids[0])), "--full", "--json"],
            check=True, capture_output=True, text=True).stdout)
        hidden = session.run(["last_hidden_state"], {
            "input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0][0]
        error = relative(hidden, np.array(answer["lastHiddenState"]))
        worst = max(worst, error)
        print(f"last_hidden_state, ONNX Runtime against albit encode: {error:.2e}")
        if options.reference:
            data = np.load(options.reference)
            rows, mask = data["input_ids"][:64].astype(np.int64), data["attention_mask"][:64].astype(np.int64)
            logits = session.run(["logits"], {
                "input_ids": rows, "attention_mask": mask, "token_type_ids": np.zeros_like(rows)})[0]
            error = relative(logits, data["logits"][:64])
            worst = max(worst, error)
            print(f"logits, ONNX Runtime against the reference, 64 rows with padding: {error:.2e}")
        weights = load_file(f"{folder}/hf/model.safetensors")
        source = pathlib.Path(options.checkpoint) / "model.safetensors"
        if source.exists():
            original = load_file(source)
            unequal = [name for name, value in original.items()
                       if name not in weights or not np.array_equal(value.astype(np.float32), weights[name])]
            print(f"safetensors: {len(original) - len(unequal)} of {len(original)} tensors equal bit for bit")
            if unequal:
                sys.exit(f"these differ: {unequal}")
    if worst > BOUND:
        sys.exit(f"over the bound of {BOUND}")


main()
