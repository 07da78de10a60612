#!/usr/bin/env python3
"""What shift and rotation cost at run time: the presets plain and default differ in nothing else that runs.

    Benchmarks/kernels/transform-cost.py .build/release/albit CHECKPOINT [--rounds 9] [--sequence 128]

Both models take turns, so that a busy neighbour of the machine falls on both; each round's figure is the fastest tenth
of its passes. Prints the median over rounds of (default - plain) / default.
"""
import argparse
import json
import statistics
import subprocess
import tempfile

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("albit")
parser.add_argument("checkpoint")
parser.add_argument("--rounds", type=int, default=9)
parser.add_argument("--sequence", default="128")
parser.add_argument("--kernel", default=None)
given = parser.parse_args()

with tempfile.TemporaryDirectory() as folder:
    shares = []
    for preset in ["plain", "default"]:
        subprocess.run([given.albit, "quantize", given.checkpoint, "-o", f"{folder}/{preset}.gguf", "--preset", preset],
                       check=True, capture_output=True)
    for _ in range(given.rounds):
        times = {}
        for preset in ["plain", "default"]:
            words = [given.albit, "bench", f"{folder}/{preset}.gguf", "--sequence", given.sequence, "--json"]
            words += ["--kernel", given.kernel] if given.kernel else []
            row = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["rows"][0]
            times[preset] = row["p10Ms"]
        shares.append((times["default"] - times["plain"]) / times["default"])
        print(f"plain {times['plain']:.2f} ms, default {times['default']:.2f} ms, {row['kernel']}")
    print(f"shift and rotation: {100 * statistics.median(shares):.1f} % of a forward pass at {given.sequence} tokens")
