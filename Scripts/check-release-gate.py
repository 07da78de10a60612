#!/usr/bin/env python3
"""Runs the steps of samples/release-gate.yml as its reader would have them run: check-release-gate.py PROGRAM

Steps of `run` alone, in an empty folder beside `samples`; `pip install` is left out, since PROGRAM is what it would bring.
Afterwards the gate is run once more with a limit that cannot hold, and has to end with 1.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def steps(text):
    """(name, command) of each step with `run`; a folded command (>-) is joined by blanks."""
    for block in re.split(r"\n      - ", text)[1:]:
        name = re.search(r"name: (.*)", block)
        run = re.search(r"run: (?:>-\n((?:          .*\n?)+)|(.*))", block)
        if run:
            command = " ".join(run.group(1).split()) if run.group(1) else run.group(2)
            yield name.group(1) if name else command, command


def main():
    program = os.path.abspath(sys.argv[1])
    with open(os.path.join(ROOT, "samples", "release-gate.yml"), encoding="utf-8") as file:
        text = file.read()
    variables = dict(re.findall(r"^      ([A-Z]+): (\S+)", text, re.MULTILINE))
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(ROOT, "samples"), os.path.join(folder, "samples"))
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(program, os.path.join(folder, "bin", "albit"))
        environment = {**os.environ, **variables, "PATH": os.path.join(folder, "bin") + ":" + os.environ["PATH"]}
        ran = 0
        for name, command in steps(text):
            if command.startswith("pip install"):
                continue
            print(f"{name}: {command}", flush=True)
            subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, check=True)
            ran += 1
        for made in ("model.gguf", "drift.html", "drift.xml"):
            if not os.path.getsize(os.path.join(folder, made)):
                sys.exit(f"check-release-gate: {made} is empty")
        failing = 'albit verify "$MODEL" model.gguf --data "$DATA" --max-error 1e-9'
        status = subprocess.run(["bash", "-c", failing], cwd=folder, env=environment, stdout=subprocess.DEVNULL).returncode
        if ran < 3 or status != 1:
            sys.exit(f"check-release-gate: {ran} steps ran, and a limit that cannot hold ended with {status}, expected 1")
    print("the steps of samples/release-gate.yml run, and its gate closes")


if __name__ == "__main__":
    main()
