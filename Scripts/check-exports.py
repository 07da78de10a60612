#!/usr/bin/env python3
"""Checks that other tools read what `albit convert` writes.

float32: ONNX Runtime gives the outputs of `albit encode` and, where a reference is named, the reference's logits, within
2e-5; every weight stands once; the safetensors and gguf packages read the same values bit for bit; a float GGUF imports
to the same directory byte for byte; transformers, where it is installed, gives the same hidden state.
f16: the gguf package reads each matrix as NumPy rounds it.
int8: ONNX Runtime's last hidden state is as near to float32 as that of `albit quantize --preset plain`, which rounds the
same weights and tokens: at most 1.25 times its error (attention stays float32 there, so neither is always nearer).

usage: check-exports.py ALBIT CHECKPOINT [--reference reference.npz]
needs: numpy, onnxruntime, safetensors, gguf, onnx (PyPI); torch and transformers where they are
"""
import argparse
import filecmp
import json
import pathlib
import subprocess
import sys
import tempfile

import gguf
import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

BOUND = 2e-5
INT8_FACTOR = 1.25


def relative(a, b):
    return float(np.linalg.norm(np.asarray(a, np.float64) - b) / np.linalg.norm(np.asarray(b, np.float64)))


def inputs(ids):
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}


class Check:
    def __init__(self, options, folder):
        self.albit, self.checkpoint, self.folder, self.failed = options.albit, options.checkpoint, folder, []

    def run(self, *words):
        return subprocess.run([self.albit, *words], check=True, capture_output=True, text=True).stdout

    def hold(self, what, value, bound):
        print(f"{what}: {value:.2e}, bound {bound:.2e}")
        if not value <= bound:
            self.failed.append(what)

    def equal(self, what, holds):
        print(f"{what}: {'equal' if holds else 'DIFFERENT'}")
        if not holds:
            self.failed.append(what)

    def hidden(self, model, ids):
        answer = json.loads(self.run("encode", model, "--ids", " ".join(map(str, ids[0])), "--full", "--json"))
        return np.array(answer["lastHiddenState"]).reshape(ids.shape[1], -1)

    def session(self, path):
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def floats(check, ids, reference):
    model = f"{check.folder}/model.onnx"
    check.run("convert", check.checkpoint, "-o", model)
    onnx.checker.check_model(model, full_check=True)
    blobs = [tensor.raw_data for tensor in onnx.load(model).graph.initializer if len(tensor.raw_data) > 4096]
    check.equal("ONNX: weights above 4 KB, each once", len(blobs) == len(set(blobs)))
    session = check.session(model)
    expected = check.hidden(check.checkpoint, ids)
    found = session.run(["last_hidden_state"], inputs(ids))[0][0]
    check.hold("ONNX: last_hidden_state against albit encode", relative(found, expected), BOUND)
    if reference:
        data = np.load(reference)
        rows, mask = data["input_ids"][:64].astype(np.int64), data["attention_mask"][:64].astype(np.int64)
        logits = session.run(["logits"], {**inputs(rows), "attention_mask": mask})[0]
        check.hold("ONNX: logits against the reference, 64 rows with padding", relative(logits, data["logits"][:64]), BOUND)
    return expected


def directories(check, ids, expected):
    check.run("convert", check.checkpoint, "-o", f"{check.folder}/hf")
    weights = load_file(f"{check.folder}/hf/model.safetensors")
    source = pathlib.Path(check.checkpoint) / "model.safetensors"
    if source.exists():
        unequal = [name for name, value in load_file(source).items()
                   if name not in weights or weights[name].tobytes() != value.astype(np.float32).tobytes()]
        check.equal(f"safetensors: {len(weights)} tensors with the source {unequal}", not unequal)
    try:
        import torch
        import transformers
    except ImportError:
        print("transformers: not installed, not checked")
    else:
        model = transformers.AutoModel.from_pretrained(f"{check.folder}/hf", attn_implementation="eager").eval()
        with torch.no_grad():
            found = model(**{name: torch.tensor(value) for name, value in inputs(ids).items()}).last_hidden_state[0].numpy()
        check.hold(f"transformers {transformers.__version__}: last_hidden_state against albit encode", relative(found, expected), BOUND)
    return weights


def ggufs(check, weights):
    for kind in ["f32", "f16"]:
        path = f"{check.folder}/{kind}.gguf"
        check.run("convert", check.checkpoint, "-o", path, "--weights", kind)
        tensors = gguf.GGUFReader(path).tensors
        # The word embedding is in every model under both names.
        name = next(name for name in weights if name.endswith("word_embeddings.weight"))
        matrix = next(tensor for tensor in tensors if tensor.name == "token_embd.weight").data
        wanted = weights[name].astype(np.float16 if kind == "f16" else np.float32)
        check.equal(f"gguf {kind}: {len(tensors)} tensors, the word embedding", matrix.tobytes() == wanted.tobytes())
    check.run("convert", f"{check.folder}/f32.gguf", "-o", f"{check.folder}/back")
    names = sorted(path.name for path in pathlib.Path(check.folder, "hf").iterdir())
    same, _, _ = filecmp.cmpfiles(f"{check.folder}/hf", f"{check.folder}/back", names, shallow=False)
    check.equal(f"gguf f32 imported and converted again: {len(names)} files", sorted(same) == names)


def integers(check, ids, expected):
    model, plain = f"{check.folder}/int8.onnx", f"{check.folder}/plain.gguf"
    check.run("convert", check.checkpoint, "-o", model, "--weights", "int8")
    check.run("quantize", check.checkpoint, "-o", plain, "--preset", "plain")
    onnx.checker.check_model(model, full_check=True)
    found = check.session(model).run(["last_hidden_state"], inputs(ids))[0][0]
    bound = INT8_FACTOR * relative(check.hidden(plain, ids), expected)
    check.hold("ONNX int8: last_hidden_state against float32", relative(found, expected), bound)
    print(f"ONNX int8: {pathlib.Path(model).stat().st_size:,} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("albit")
    parser.add_argument("checkpoint")
    parser.add_argument("--reference", help=".npz with input_ids, attention_mask and logits")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check = Check(options, folder)
        vocabulary = json.loads(check.run("inspect", options.checkpoint, "--json"))["configuration"]["vocab_size"]
        ids = np.array([[2, *np.random.default_rng(0).integers(5, vocabulary, 30), 3]], np.int64)
        expected = floats(check, ids, options.reference)
        weights = directories(check, ids, expected)
        ggufs(check, weights)
        integers(check, ids, expected)
    if check.failed:
        sys.exit(f"check-exports: {len(check.failed)} failed: {'; '.join(check.failed)}")


main()
