"""Models for the tests: those of the zoo, quantized by the program; and the program's own answers."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tarfile
import tempfile

from albit import _program

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SCRATCH = tempfile.mkdtemp(prefix="albit-python-")
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
SAMPLE = os.path.join(ROOT, "samples", "albert-tiny-sst2")

TEXTS = [
    "a charming and often affecting journey", "unflinchingly bleak and desperate", "", "Hello 🙂 wörld, naïve façade!",
    "東京 is far", "x" * 300, "The license of this library allows you to copy, to change and to sell it. " * 6,
]
PAIRS = [
    ("Who wrote it?", "The book was written by Mary Shelley in 1818."), ("Where?", "In Geneva — naïvely, by a lake."),
    ("Why?", "Nobody knows. " * 60), ("a", "b"),
]


def zoo() -> str:
    folder = os.path.join(SCRATCH, "zoo")
    if not os.path.isdir(folder):
        with tarfile.open(os.path.join(ROOT, "Tests", "Data", "zoo.tar.xz")) as archive:
            archive.extractall(SCRATCH)
    return folder


_models = {}


def model_file(name: str) -> str:
    """A model of the zoo, or the sample, in int8."""
    if name not in _models:
        output = os.path.join(SCRATCH, name + ".gguf")
        words = [_program.path(), "quantize"]
        if name == "sample":
            words += [SAMPLE]
        elif name.startswith("sentences/"):
            with tarfile.open(os.path.join(ROOT, "Tests", "Data", "sentences.tar.xz")) as archive:
                archive.extractall(SCRATCH)
            words += [os.path.join(SCRATCH, name)]
        else:
            tokenizer = "wordpiece-vocab.txt" if name.startswith("bert") else "hf/tokenizer.json"
            words += [f"{zoo()}/safetensors/{name}", "--tokenizer", f"{zoo()}/tokenizers/{tokenizer}"]
        subprocess.run([*words, "--preset", "plain", "-o", output], check=True, capture_output=True)
        _models[name] = output
    return _models[name]


def program(command: str, model: str, *words: str) -> list:
    """The objects that a command prints, one for each text."""
    done = subprocess.run(
        [_program.path(), command, model, "--json", *words], check=True, capture_output=True,
        text=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.split("\n") if line]
