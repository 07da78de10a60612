#!/usr/bin/env python3
"""What a call from Python costs beyond the C interface, and how many sentences a second `encode` makes.

usage: measure.py MODEL.gguf [--albit PROGRAM] [--sentences N] [--rounds N] [--peer FOLDER]

Overhead: `embed` and `classify` of a text of one letter, against the same calls of libalbit with arguments made
beforehand, alternating; the least of many. Throughput: `encode` of N sentences of samples/albert-tiny-sst2/eval.tsv
against `PROGRAM embed` on the same file (start and writing included), and, with --peer, against sentence-transformers on
that folder, one thread each, alternating; medians. Needs the wheel, on a quiet machine.
"""
import argparse
import ctypes
import os
import statistics
import subprocess
import tempfile
import time
from ctypes import POINTER, byref

import albit
from albit import _library

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--albit", default="albit")
parser.add_argument("--sentences", type=int, default=1000)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--peer", help="folder of the model for sentence-transformers")
options = parser.parse_args()
model = albit.Model(options.model, threads=1)
library = _library.library


def seconds(call, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def overhead(name, call):
    texts, lengths = (ctypes.c_char_p * 1)(b"a"), (ctypes.c_size_t * 1)(1)
    asked = _library.Texts(1, ctypes.addressof(texts), ctypes.addressof(lengths), None, None)
    defaults = _library.Options.from_buffer_copy(bytes(library.albit_default_options()))
    answers = POINTER(_library.Answers)()
    function = getattr(library, "albit_" + name)

    def direct():
        function(model._handle, byref(asked), byref(defaults), byref(answers))
        library.albit_free(answers)

    least = [1.0, 1.0]
    for _ in range(1500):
        for place, one in enumerate((direct, call)):
            least[place] = min(least[place], seconds(one, 8))
    print("%-10s %6.1f us a call, %5.1f us of it Python" % (name, least[1] * 1e6, (least[1] - least[0]) * 1e6))


overhead("embed", lambda: model.embed("a"))
if "sequence-classification" in model.card["heads"]:
    overhead("classify", lambda: model.classify("a"))

with open(os.path.join(ROOT, "samples/albert-tiny-sst2/eval.tsv"), encoding="utf-8") as file:
    lines = [line.split("\t")[0] for line in file][1:]
sentences = (lines * (options.sentences // len(lines) + 1))[:options.sentences]
runs = {"encode": lambda: model.encode(sentences)}
with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
    file.write("\n".join(sentences) + "\n")
    file.flush()
    command = [options.albit, "embed", options.model, "--file", file.name, "--threads", "1"]
    runs["program"] = lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    if options.peer:
        import torch
        from sentence_transformers import SentenceTransformer
        torch.set_num_threads(1)
        peer = SentenceTransformer(options.peer, device="cpu")
        runs["sentence-transformers"] = lambda: peer.encode(sentences)
    times = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in runs.items():
            times[name].append(seconds(run))
medians = {name: statistics.median(found) for name, found in times.items()}
for name, median in medians.items():
    print("%-22s %8.1f sentences a second; encode is %.2f times as fast" % (
        name, len(sentences) / median, median / medians["encode"]))
