#!/usr/bin/env python3
"""Runs the examples for Spark and Ray on 20,000 texts, kills a worker of each on the way, and compares with one process.

usage: check-engines.py MODEL.gguf [--texts N] [--data TABLE]

MODEL is a classifier; what has to be installed is the wheel of Albit, pyspark (and Java), ray and pyarrow. Labels and
scores from Spark, vectors from Ray have to be those of one process, byte for byte. Prints what each took; exit code 1
where anything differs, or where nothing could be killed. `make test-engines` brings all that is needed.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import albit

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--texts", type=int, default=20_000)
parser.add_argument("--data", default=os.path.join(ROOT, "samples/albert-tiny-sst2/eval.tsv"))
options = parser.parse_args()


def make_texts():
    """Sentences of the table, cut and joined: of one word and of a hundred, with empty ones and other scripts between."""
    chance = random.Random(7)
    with open(options.data, encoding="utf-8") as file:
        sentences = [line.split("\t")[0] for line in file][1:]
    texts = []
    for i in range(options.texts):
        words = " ".join(chance.sample(sentences, chance.choice((1, 1, 1, 2, 4)))).split()
        start = chance.randrange(len(words))
        text = " ".join(words[start:start + chance.choice((1, 5, 20, 100))])
        texts.append({0: "", 1: "\u6771\u4eac " + text, 2: text + "\ttab"}.get(i % 997, text))
    return texts


class Killer(threading.Thread):
    """Sends SIGKILL to the first process whose command line holds a name, as soon as `wait` seconds of work are done."""

    def __init__(self, name, wait):
        super().__init__(daemon=True)
        self.name_, self.wait, self.killed, self.ended = name, wait, None, False

    def run(self):
        seen = None
        while not self.ended and self.killed is None:
            found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if self.matches(pid)]
            if found:
                seen = seen or time.monotonic()
                if time.monotonic() - seen >= self.wait:
                    victim = max(found)
                    try:
                        os.kill(victim, signal.SIGKILL)
                        self.killed = victim
                    except ProcessLookupError:
                        pass
            time.sleep(0.05)

    def matches(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return self.name_ in file.read().replace(b"\0", b" ")
        except OSError:
            return False


def run(name, command, victim, wait, environment):
    killer = Killer(victim, wait)
    killer.start()
    start = time.monotonic()
    done = subprocess.run(command, env=dict(os.environ, **environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seconds = time.monotonic() - start
    killer.ended = True
    if done.returncode != 0:
        print(done.stdout[-4000:])
        sys.exit(f"{name} failed with {done.returncode}")
    if killer.killed is None:
        sys.exit(f"{name}: no process {victim!r} could be killed; give more texts")
    return seconds, killer.killed


def read(folder, column):
    table = parquet.read_table(folder, columns=["id", column]).sort_by("id")
    assert table["id"].to_pylist() == list(range(options.texts)), "rows are lost or twice"
    return table[column]


with tempfile.TemporaryDirectory(prefix="albit-engines") as folder:
    texts = make_texts()
    model = albit.Model(options.model, threads=1)
    start = time.monotonic()
    labels = [one["label"] + "\t" + repr(float(np.float32(one["score"]))) for one in model.classify(texts)]
    classify_seconds = time.monotonic() - start
    start = time.monotonic()
    vectors = np.asarray(model.embed(texts), dtype=np.float32)
    embed_seconds = time.monotonic() - start
    print(f"one process: {len(texts)} texts, labels in {classify_seconds:.1f} s, vectors in {embed_seconds:.1f} s")
    source = os.path.join(folder, "texts")
    os.mkdir(source)
    step = (len(texts) + 15) // 16
    for part in range(0, len(texts), step):
        rows = range(part, min(part + step, len(texts)))
        parquet.write_table(pa.table({"id": list(rows), "text": [texts[i] for i in rows]}), f"{source}/part-{part:06}.parquet")

    target = os.path.join(folder, "labels")
    seconds, killed = run(
        "Spark", [sys.executable, os.path.join(ROOT, "Python/examples/spark_classify.py"), options.model, source, target],
        b"pyspark.daemon", classify_seconds / 4,
        {"PYSPARK_SUBMIT_ARGS": "--master local[2,4] --conf spark.sql.files.maxPartitionBytes=65536 pyspark-shell",
         "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"})
    different = sum(a != b for a, b in zip(read(target, "label").to_pylist(), labels))
    print(f"Spark: {seconds:.1f} s, worker {killed} killed, {different} of {len(texts)} labels and scores differ")

    target = os.path.join(folder, "vectors")
    seconds, killed = run(
        "Ray", [sys.executable, os.path.join(ROOT, "Python/examples/ray_embed.py"), options.model, source, target],
        b"ray::MapWorker", embed_seconds / 4, {"RAY_DEDUP_LOGS": "0"})
    found = np.asarray(read(target, "vector").to_pylist(), dtype=np.float32)
    differing = int((found.view(np.uint32) != vectors.view(np.uint32)).any(axis=1).sum())
    print(f"Ray: {seconds:.1f} s, actor {killed} killed, {differing} of {len(texts)} vectors differ")
    sys.exit(1 if different or differing else 0)
