#!/usr/bin/env python3
"""Counts the instructions of forward passes, so that a regression shows on a busy machine too.

    Benchmarks/kernels/count-passes.py .build/release/albit [--kernel avx2] [--model samples/albert-tiny-sst2]

Runs `encode` under callgrind with 32 and with 160 tokens. The difference leaves out the start of the process; it is
printed for each function of the kernels and for all together, by token. Exit 1 where a known limit is passed. Valgrind
knows no AVX-512; the code between the matmuls is the same source for every instruction set. needs: valgrind, binutils
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

# Instructions a token of the sample model, 2 % above those of the commit that last changed them.
LIMITS = {"avx2": 1_536_000, "scalar": 32_950_000}
SHORT, LONG = 32, 160
LINE = re.compile(r"^\s*([\d,]+) \([ \d.]+%\)\s+\S*?:(\S+)")


def copy_without_debug(program, folder):
    """Valgrind gives up on the debug sections that Swift's compiler writes; names of functions stay."""
    copy = f"{folder}/program"
    subprocess.run(["strip", "--strip-debug", "-o", copy, program], check=True)
    return copy


def counts(albit, model, kernel, tokens, folder):
    ids = " ".join(str(5 + token * 37 % 900) for token in range(tokens))
    trace = f"{folder}/callgrind.{tokens}"
    subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={trace}", albit, "encode", model, "--ids", ids, "--kernel", kernel,
         "--threads", "1"], check=True, capture_output=True)
    text = subprocess.run(["callgrind_annotate", "--threshold=100", trace], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in text.splitlines():
        if match := LINE.match(line):
            name = match.group(2).split("'")[0]
            found[name] = found.get(name, 0) + int(match.group(1).replace(",", ""))
    total = int(re.search(r"([\d,]+) \(100.0%\)\s+PROGRAM TOTALS", text).group(1).replace(",", ""))
    return found, total


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("albit")
parser.add_argument("--kernel", default="avx2", choices=LIMITS)
parser.add_argument("--model", default="samples/albert-tiny-sst2")
given = parser.parse_args()

with tempfile.TemporaryDirectory() as folder:
    model = f"{folder}/model.gguf"
    subprocess.run([given.albit, "quantize", given.model, "-o", model], check=True, capture_output=True)
    program = copy_without_debug(given.albit, folder)
    short, before = counts(program, model, given.kernel, SHORT, folder)
    long, after = counts(program, model, given.kernel, LONG, folder)

tokens = LONG - SHORT
total = (after - before) / tokens
differences = {name: (long[name] - short.get(name, 0)) / tokens for name in long}
for name, count in sorted(differences.items(), key=lambda pair: -pair[1]):
    if count >= total / 100:
        print(f"{count:12,.0f}  {100 * count / total:5.1f} %  {name}")
limit = LIMITS[given.kernel] if pathlib.Path(given.model) == pathlib.Path("samples/albert-tiny-sst2") else 0
over = limit and total > limit
print(f"{total:12,.0f}  instructions a token with {given.kernel}" + (f" (limit {limit:,})" if limit else "") + ("  OVER" if over else ""))
sys.exit(1 if over else 0)
