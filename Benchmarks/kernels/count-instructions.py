#!/usr/bin/env python3
"""Counts instructions a multiply-accumulate in the inner loops of the kernels for boards.

Compiles the kernels with the toolchain's clang for aarch64, ARMv6 and RISC-V (vectors of 256 bits), disassembles the
objects, finds every loop with int8 multiplies, and prints the best loop of each kernel beside its limit. Exit 1 where
one is over it.

usage: count-instructions.py
needs: clang and llvm-objdump (Swift's), and Debian's C libraries for these targets (`make boards` installs them)
"""
import pathlib
import re
import subprocess
import sys
import tempfile

KERNELS = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CKernels"
# Flags of the compiler, sysroot, instructions that the disassembler has to know, multiply-accumulates of each multiply.
AARCH64 = (["--target=aarch64-linux-gnu"], "/usr/aarch64-linux-gnu", "+dotprod,+i8mm",
           {"sdot": 16, "smmla": 32, "usmmla": 32, "smull": 8, "smull2": 8, "smlal": 8, "smlal2": 8})
ARMV6 = (["--target=armv6-unknown-linux-gnueabi", "-mfloat-abi=softfp", "-mfpu=vfp"], "/usr/arm-linux-gnueabi", "",
         {"smlad": 2})
# A whole panel of 64 bytes at once, which registers of 256 bits in pairs hold.
RISCV = (["--target=riscv64-unknown-linux-gnu", "-march=rv64gc"], "/usr/riscv64-linux-gnu", "+v",
         {"vwmul": 64, "vwmacc": 64})
LIMITS = [
    ("neon", AARCH64, 0.26), ("sdot", AARCH64, 0.085), ("smmla", AARCH64, 0.065), ("armv6", ARMV6, 1.0),
    ("rvv", RISCV, 0.15),
]
BACKWARD = re.compile(r"(?:b\.?\w+|cbnz|cbz|tbz|tbnz)\s+(?:[^ ]+, )*(?:0x)?([0-9a-f]+)(?: |$)")


def loops(disassembly, macs_of):
    """(instructions, MACs) of every backward branch whose body multiplies bytes, the peak's measurement left out."""
    for function in disassembly.split("\n\n"):
        lines = [line for line in function.split("\n") if re.match(r"\s*[0-9a-f]+:\s", line)]
        if "<peak>:" in function:
            continue
        code = [(int(line.split(":")[0], 16), " ".join(line.split(":", 1)[1].split())) for line in lines]
        for address, text in code:
            branch = BACKWARD.match(text)
            if branch and int(branch.group(1), 16) < address:
                body = [t for a, t in code if int(branch.group(1), 16) <= a <= address]
                macs = sum(macs_of.get(t.split()[0].split(".")[0], 0) for t in body)
                # Less is the one row, or a rest.
                if macs >= 64:
                    yield len(body), macs


def main():
    failed = False
    for kernel, (flags, sysroot, extensions, macs_of), limit in LIMITS:
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/{kernel}.o"
            subprocess.run(
                ["clang", *flags, f"--sysroot={sysroot}", f"-I{sysroot}/include", "-O2", f"-I{KERNELS}/include", "-c",
                 str(KERNELS / f"{kernel}.c"), "-o", target], check=True)
            text = subprocess.run(
                ["llvm-objdump", "-d", "--no-show-raw-insn", f"--mattr={extensions}", target],
                check=True, capture_output=True, text=True).stdout
        count, macs = min(loops(text, macs_of), key=lambda pair: pair[0] / pair[1])
        ratio = count / macs
        failed |= ratio > limit
        print(f"{kernel:6} {count:4} instructions for {macs:5} MACs: {ratio:.4f} (limit {limit})"
              + ("  OVER" if ratio > limit else ""))
    sys.exit(1 if failed else 0)


main()
