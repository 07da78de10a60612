#!/usr/bin/env python3
"""Counts instructions a multiply-accumulate in the inner loops of the aarch64 kernels.

Compiles the kernels with the toolchain's clang for aarch64, disassembles the objects, finds every loop with int8
multiplies, and prints the best loop of each kernel beside its limit. Exit 1 where one is over it.

usage: count-instructions.py [--sysroot /usr/aarch64-linux-gnu]
needs: clang (Swift's), gcc-aarch64-linux-gnu and libc6-dev-arm64-cross
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

KERNELS = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CKernels"
LIMITS = {"neon": 0.26, "sdot": 0.085, "smmla": 0.065}
MACS = {"sdot": 16, "smmla": 32, "usmmla": 32, "smull": 8, "smull2": 8, "smlal": 8, "smlal2": 8}
BACKWARD = re.compile(r"(?:b\.\w+|cbnz|cbz|tbz|tbnz)\s+(?:[^ ]+, )*([0-9a-f]+) ")


def loops(disassembly):
    """(instructions, MACs) of every innermost backward branch whose body multiplies bytes."""
    for function in disassembly.split("\n\n"):
        lines = [line for line in function.split("\n")[1:] if "\t" in line]
        code = [(int(line.split(":")[0], 16), line.split("\t", 1)[1].strip()) for line in lines]
        for address, text in code:
            branch = BACKWARD.match(text)
            if branch and int(branch.group(1), 16) < address:
                body = [t for a, t in code if int(branch.group(1), 16) <= a <= address]
                macs = sum(MACS.get(t.split()[0].split(".")[0], 0) for t in body)
                # Smaller loops are the register-only peak measurement.
                if macs >= 512:
                    yield len(body), macs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sysroot", default="/usr/aarch64-linux-gnu")
    options = parser.parse_args()
    failed = False
    for kernel, limit in LIMITS.items():
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/{kernel}.o"
            subprocess.run(
                ["clang", "--target=aarch64-linux-gnu", f"--sysroot={options.sysroot}", f"-I{options.sysroot}/include",
                 "-O2", f"-I{KERNELS}/include", "-c", str(KERNELS / f"{kernel}.c"), "-o", target], check=True)
            text = subprocess.run(
                ["aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", target], check=True, capture_output=True,
                text=True).stdout
        count, macs = min(loops(text), key=lambda pair: pair[0] / pair[1])
        ratio = count / macs
        failed |= ratio > limit
        print(f"{kernel:6} {count:4} instructions for {macs:5} MACs: {ratio:.4f} (limit {limit})"
              + ("  OVER" if ratio > limit else ""))
    sys.exit(1 if failed else 0)


main()
