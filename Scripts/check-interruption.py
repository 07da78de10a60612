#!/usr/bin/env python3
"""Lets one system call after the other of each command fail, and looks at what is left.

usage: check-interruption.py [--albit PROGRAM] [--only COMMAND] [--faults LIST] [--step N]

A library for LD_PRELOAD (Tests/Interruption/interpose.c) makes the Nth call of a run end in SIGKILL, SIGTERM, ENOSPC or EIO,
or be interrupted (EINTR) or do half of what was asked. For every N, until a run makes fewer calls than that:

- the output is what an undisturbed run writes, or what stood there before (nothing), never something else;
- EINTR and half transfers change nothing at all: exit code 0 and the same output;
- the exit code is 0 with everything written, else one of those documented (4 for the machine, 3 for a file that
  cannot be read, 1 for a check), or the signal; never a trap;
- the inputs are untouched, nothing else is left in the folder (but for a killed run, whose leftovers are counted);
- it ends within a minute.

Prints a line for each command and fault; exit code 1 where anything is otherwise.
"""
import argparse
import concurrent.futures
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
parser = argparse.ArgumentParser()
parser.add_argument("--albit", default=os.path.join(ROOT, ".build/release/albit"))
parser.add_argument("--only", default="")
parser.add_argument("--faults", default="kill,term,enospc,eio,eintr,short")
parser.add_argument("--step", type=int, default=1, help="every Nth call only")
parser.add_argument("--jobs", type=int, default=os.cpu_count())
options = parser.parse_args()

DATA = "text\tlabel\na fine film\tPOSITIVE\ndull\tNEGATIVE\nbleak and desperate\tNEGATIVE\n"
CORPUS = "a fine film\nthe plot makes no sense\na charming journey\n"
# Commands over a small checkpoint `in/`, a model file `model.gguf`, `data.tsv` and `corpus.txt`, and what they write.
COMMANDS = {
    "quantize": (["quantize", "in", "-o", "out.gguf", "--preset", "plain"], ["out.gguf"], ""),
    "quantize-calibrated": (["quantize", "in", "-o", "out.gguf", "--calibrate", "corpus.txt"], ["out.gguf"], ""),
    "convert-folder": (["convert", "in", "-o", "out"], ["out"], ""),
    "convert-onnx": (["convert", "in", "-o", "out.onnx"], ["out.onnx"], ""),
    "convert-gguf": (["convert", "in", "-o", "out.gguf"], ["out.gguf"], ""),
    "verify": (["verify", "in", "model.gguf", "--data", "data.tsv", "--report", "out.html", "--junit", "out.xml", "--json"],
               ["out.html", "out.xml"], ""),
    "match-index": (["match", "model.gguf", "--candidates", "corpus.txt", "--save-index", "out.index"], ["out.index"], ""),
    "classify": (["classify", "model.gguf", "--file", "data.tsv", "--tsv"], [], ""),
    "inspect": (["inspect", "in"], [], ""),
    "selftest": (["selftest", "model.gguf"], [], ""),
    "serve-lines": (["serve-lines", "model.gguf"], [], "a fine film\n{\"text\": \"dull\"}\n"),
}


def digest(path):
    """Of a file, of all files of a folder, None where there is nothing."""
    if os.path.isdir(path):
        return tuple((name, digest(os.path.join(path, name))) for name in sorted(os.listdir(path)))
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        # How long it took is no part of what was written.
        return hashlib.sha256(re.sub(rb'time="[0-9.]*"|"seconds": ?[0-9.e-]*|[0-9.]+ s\b', b"", file.read())).hexdigest()


def run(folder, words, text, fault, call, library, count=None):
    environment = dict(os.environ, LD_PRELOAD=library, ALBIT_CALL=str(call), ALBIT_FAULT=fault, SWIFT_BACKTRACE="enable=no")
    if count:
        environment["ALBIT_COUNT"] = count
    try:
        done = subprocess.run([options.albit, *words], cwd=folder, env=environment, input=text.encode(), capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None, b"", b"did not end within a minute"
    return done.returncode, done.stdout, done.stderr


def check(case):
    """What is wrong with one run; "" where nothing is."""
    name, fault, call, base, library, expected, inputs = case
    words, outputs, text = COMMANDS[name]
    with tempfile.TemporaryDirectory(prefix="albit-interruption") as folder:
        for entry in os.listdir(base):
            source, target = os.path.join(base, entry), os.path.join(folder, entry)
            shutil.copytree(source, target) if os.path.isdir(source) else shutil.copy(source, target)
        code, printed, said = run(folder, words, text, fault, call, library)
        wrong = []
        if code is None:
            wrong.append("hangs")
        found = {output: digest(os.path.join(folder, output)) for output in outputs}
        whole = found == expected[1]
        for output, value in found.items():
            if value not in (None, expected[1][output]) and not isinstance(expected[1][output], tuple):
                wrong.append(f"{output} is half written")
            if isinstance(value, tuple):
                # Files of a folder are whole or not there.
                wrong += [f"{output}/{file} is half written" for file, one in value if (file, one) not in expected[1][output]]
        if code == 0 and (not whole or printed != expected[0]):
            wrong.append("ends with 0, but " + ("prints something else" if whole else "its output is not whole"))
        if fault in ("eintr", "short") and code != 0:
            wrong.append(f"ends with {code}")
        allowed = {"kill": (-signal.SIGKILL,), "term": (-signal.SIGTERM, 128 + signal.SIGTERM, 0), "enospc": (0, 1, 2, 3, 4, 127), "eio": (0, 1, 2, 3, 4, 127)}
        if fault in allowed and code not in allowed[fault]:
            wrong.append(f"ends with {code}")
        if {entry: digest(os.path.join(folder, entry)) for entry in inputs} != inputs:
            wrong.append("an input has changed")
        left = sorted(set(os.listdir(folder)) - set(inputs) - set(outputs))
        if left and fault != "kill":
            wrong.append("leaves " + ", ".join(left))
        if fault not in ("kill", "term") and code not in (0, None) and not said.strip():
            wrong.append("says nothing")
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        return (f"{name} {fault} call {call}: " + "; ".join(wrong) + " (" + last[0][:150] + ")") if wrong else "", len(left), code


with tempfile.TemporaryDirectory(prefix="albit-interruption") as work:
    library = os.path.join(work, "interpose.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", os.path.join(ROOT, "Tests/Interruption/interpose.c"), "-o", library, "-ldl"], check=True)
    base = os.path.join(work, "base")
    os.mkdir(base)
    shutil.copytree(os.path.join(ROOT, "samples/albert-tiny-sst2"), os.path.join(base, "in"),
                    ignore=shutil.ignore_patterns("*.tsv", "*.png", "*.md"))
    for name, text in (("data.tsv", DATA), ("corpus.txt", CORPUS)):
        with open(os.path.join(base, name), "w", encoding="utf-8") as file:
            file.write(text)
    subprocess.run([options.albit, "quantize", "in", "-o", "model.gguf", "--preset", "plain"], cwd=base, check=True, capture_output=True)
    inputs = {entry: digest(os.path.join(base, entry)) for entry in os.listdir(base)}
    failed = 0
    for name, (words, outputs, text) in COMMANDS.items():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="albit-interruption") as folder:
            shutil.copytree(base, folder, dirs_exist_ok=True)
            count = os.path.join(work, "count")
            code, printed, said = run(folder, words, text, "", 0, library, count)
            if code != 0:
                sys.exit(f"{name} ends with {code} undisturbed: {said.decode()}")
            expected = printed, {output: digest(os.path.join(folder, output)) for output in outputs}
            with open(count, encoding="ascii") as file:
                calls = int(file.read())
        for fault in options.faults.split(","):
            cases = [(name, fault, call, base, library, expected, inputs) for call in range(1, calls + 1, options.step)]
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                results = list(pool.map(check, cases))
            wrong = [result[0] for result in results if result[0]]
            codes = sorted({str(result[2]) for result in results})
            litter = sum(result[1] > 0 for result in results)
            print(f"{name}: {len(cases)} of {calls} calls, {fault}: {len(wrong)} wrong, exit codes {' '.join(codes)}"
                  + (f", {litter} leave a temporary file" if litter else ""), flush=True)
            for line in wrong[:5]:
                print("   ", line)
            failed += len(wrong)
    sys.exit(1 if failed else 0)
