#!/usr/bin/env python3
"""Speed and memory of albit beside ONNX Runtime and OpenVINO, int8, on the same model, in one run.

    Benchmarks/peers/speed.py .build/release/albit CHECKPOINT [--rounds 5] [--seconds 1] [--kernel avx2]

Each figure is the median over rounds of the median milliseconds of a round; in a round every tool has its turn, in a
process of its own, so that a busy neighbour of the machine falls on all. Random ids: speed does not depend on them.
Scripts/make-random-albert.py makes a checkpoint of any dimensions.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import peers

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("albit")
parser.add_argument("checkpoint")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=float, default=1.0)
parser.add_argument("--sequence", default="16,128,512")
parser.add_argument("--threads", default="1,2")
parser.add_argument("--kernel", action="append", default=[], help="one more row with this kernel of albit's")
given = parser.parse_args()

configuration = json.loads((pathlib.Path(given.checkpoint) / "config.json").read_text())
vocabulary = configuration["vocab_size"]
shapes = [(1, int(length)) for length in given.sequence.split(",")] + [(8, 128)]
threads = [int(count) for count in given.threads.split(",")]
albits = ["albit"] + [f"albit {kernel}" for kernel in given.kernel]


def albit(model, name, count):
    words = [given.albit, "bench", model, "--json", "--threads", str(count), "--seconds", str(given.seconds)]
    if " " in name:
        words += ["--kernel", name.split()[1]]
    medians, resident, peak = [], 0, []
    for batch, sequence in shapes:
        shape = ["--batch", str(batch), "--sequence", str(sequence)]
        result = json.loads(subprocess.run(words + shape, check=True, capture_output=True, text=True).stdout)
        medians.append(result["rows"][0]["medianMs"])
        peak.append(result["rows"][0]["peakFraction"])
        resident = max(resident, result["peakRssKiB"])
    return {"medians": medians, "peakRssKiB": resident, "peak": peak}


with tempfile.TemporaryDirectory() as folder:
    model = f"{folder}/albit.gguf"
    subprocess.run([given.albit, "quantize", given.checkpoint, "-o", model], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    calibration = peers.np.random.default_rng(1).integers(5, vocabulary, (16, 64)).tolist()
    peers.make(given.albit, given.checkpoint, folder, calibration)
    measured = {}
    for _ in range(given.rounds):
        for count in threads:
            for name in albits:
                measured.setdefault((name, count), []).append(albit(model, name, count))
            for kind in peers.KINDS:
                task = {"threads": count, "shapes": shapes, "seconds": given.seconds, "vocabulary": vocabulary}
                measured.setdefault((kind, count), []).append(peers.measure(folder, kind, task))
    sizes = {kind: peers.file_bytes(folder, kind) for kind in peers.KINDS}
    sizes |= {name: pathlib.Path(model).stat().st_size for name in albits}


def median(rows, shape):
    return statistics.median(row["medians"][shape] for row in rows)


columns = [f"{batch} x {sequence}" for batch, sequence in shapes]
print("| milliseconds, batch x tokens | threads | " + " | ".join(columns) + " | file MB | peak RSS MB |")
print("|---|---|" + "---|" * (len(columns) + 2))
for count in threads:
    for name in [*albits, *peers.KINDS]:
        rows = measured[name, count]
        times = " | ".join(f"{median(rows, shape):.1f}" for shape in range(len(shapes)))
        resident = max(row["peakRssKiB"] for row in rows) * 1024 / 1e6
        print(f"| {name} | {count} | {times} | {sizes[name] / 1e6:.1f} | {resident:.0f} |")
print()
for count in threads:
    for name in albits:
        ratios = []
        for shape in range(len(shapes)):
            fastest = min(median(measured[kind, count], shape) for kind in peers.KINDS if kind != "fp32")
            ratios.append(f"{fastest / median(measured[name, count], shape):.2f}")
        print(f"{name}, {count} thread(s): the fastest int8 peer takes {', '.join(ratios)} times as long")
    peak = [statistics.median(row["peak"][shape] for row in measured["albit", count]) for shape in range(len(shapes))]
    print(f"albit, {count} thread(s): {', '.join(f'{100 * part:.1f} %' for part in peak)} of the machine's int8 peak")
