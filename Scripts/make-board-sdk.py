#!/usr/bin/env python3
"""Makes a Swift SDK bundle for small ARM and RISC-V Linux boards out of what is installed:
the Swift toolchain and Debian's cross packages (gcc and libc6-dev of each target).

usage: make-board-sdk.py OUTPUT_FOLDER      makes OUTPUT_FOLDER/albit-boards.artifactbundle
       make-board-sdk.py --list             prints the SDK names, one a line

The toolchain ships Embedded Swift modules for bare-metal triples only. Such a module names its triple exactly
once; with a Linux triple of the same length in that place the compiler loads it for Linux. Code is generated
for the real Linux triple, the C library is Debian's, and everything links into one static ELF file.
Only the toolchain versions in PROVED are accepted: the trick depends on the layout of their files.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass

PROVED = ("6.3.1",)
HOST = "x86_64-unknown-linux-gnu"


@dataclass(frozen=True)
class Board:
    name: str            # of the SDK
    triple: str          # what code is generated for
    bare_metal: str      # whose Embedded modules are taken
    stand_in: str        # written over bare_metal in the module: any Linux triple of the same length and CPU
    debian: str          # Debian's name of the target
    packages: tuple      # that have to be installed
    c_flags: tuple = ()
    elf_flags: int = -1  # e_flags to write into the Unicode tables, -1: as they are


BOARDS = (
    Board("aarch64-board", "aarch64-unknown-linux-gnu", "aarch64-none-none-elf", "aarch64-foo-linux-gnu",
          "aarch64-linux-gnu", ("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross")),
    Board("armv7-board", "armv7-unknown-linux-gnueabihf", "armv7-none-none-eabi", "armv7-xxx-linux-eabi",
          "arm-linux-gnueabihf", ("gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"), ("-mfpu=neon",)),
    # Debian's armhf C library is ARMv7 code, which an ARMv6 core can't run: the soft-float ABI with VFP instructions.
    Board("armv6-board", "armv6-unknown-linux-gnueabi", "armv6-none-none-eabi", "armv6-xxx-linux-eabi",
          "arm-linux-gnueabi", ("gcc-arm-linux-gnueabi", "libc6-dev-armel-cross"), ("-mfloat-abi=softfp", "-mfpu=vfp")),
    # The bare-metal tables are marked as lp64; they hold integers only, so lp64d with compressed code (5) is true too.
    Board("riscv64-board", "riscv64-unknown-linux-gnu", "riscv64-none-none-eabi", "riscv64-xxx-linux-eabi",
          "riscv64-linux-gnu", ("gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross"), (), 5),
)


def stop(message):
    sys.exit("make-board-sdk: " + message)


def toolchain():
    """The usr folder of the toolchain, after a check of its version."""
    swift = shutil.which("swift")
    if not swift:
        stop("no `swift` in PATH; install Swift " + PROVED[-1] + " from https://www.swift.org/install/linux/")
    text = subprocess.run([swift, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Swift version (\d+\.\d+(?:\.\d+)?)", text)
    version = found.group(1) if found else "unknown"
    if version not in PROVED:
        stop(f"Swift {version} is installed, but the bundle is proved with {', '.join(PROVED)} only. Install that version, "
             "or use an official Swift SDK for the board.")
    return os.path.dirname(os.path.dirname(os.path.realpath(swift))), version


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb" if isinstance(content, bytes) else "w") as file:
        file.write(content)


def compiler_library_folder(board):
    """Where Debian keeps libgcc of the cross compiler; its last part is the compiler's major version."""
    parent = f"/usr/lib/gcc-cross/{board.debian}"
    versions = sorted((v for v in os.listdir(parent) if v.isdigit()), key=int) if os.path.isdir(parent) else []
    if not versions or not os.path.isdir(f"/usr/{board.debian}/include"):
        stop(f"{board.name} needs Debian's cross packages: apt-get install {' '.join(board.packages)}")
    return f"{parent}/{versions[-1]}", versions[-1]


def make_sysroot(board, folder):
    """Headers, start-up objects and static libraries of Debian's cross C library."""
    libraries = f"{folder}/usr/lib"
    shutil.copytree(f"/usr/{board.debian}/include", f"{folder}/usr/include")
    os.makedirs(libraries)
    os.symlink("usr/lib", f"{folder}/lib")
    wanted = re.compile(r"(.*crt.*\.o|lib(c|m|m-.*|mvec|pthread|dl|rt|util)(_nonshared)?\.a)")
    source = f"/usr/{board.debian}/lib"
    for name in sorted(os.listdir(source)):
        if wanted.fullmatch(name):
            content = read(f"{source}/{name}")
            if not content.startswith((b"\x7fELF", b"!<arch>")):  # a linker script: it names files by absolute path
                content = content.replace((source + "/").encode(), b"")
            write(f"{libraries}/{name}", content)
            # Nothing on a board unwinds a stack, and the tables for it are 60 KB of the C library on 64-bit ARM.
            if name.endswith(".a") and content.startswith(b"!<arch>"):
                subprocess.run([f"{board.debian}-objcopy", "--remove-section=.eh_frame", f"{libraries}/{name}"], check=True)
    source, version = compiler_library_folder(board)
    target = f"{libraries}/gcc/{board.debian}/{version}"
    os.makedirs(target)
    for name in os.listdir(source):
        if re.fullmatch(r"crt.*\.o|libgcc.*\.a|libatomic\.a", name):
            shutil.copy(f"{source}/{name}", target)
    return libraries


def translate_module(board, source, target):
    """Copies one compiled module, with the stand-in in place of its bare-metal triple."""
    old, new = board.bare_metal.encode(), board.stand_in.encode()
    assert len(old) == len(new)
    content = read(source)
    if content.count(old) != 1:
        stop(f"{source} names {board.bare_metal} {content.count(old)} times, expected once: this toolchain is laid out differently")
    write(target, content.replace(old, new))


def unicode_tables(board, swift):
    """The archive with Swift's Unicode data; its ELF members get the ABI mark of the Linux target."""
    path = f"{swift}/embedded/{board.bare_metal}/libswiftUnicodeDataTables.a"
    if not os.path.exists(path):
        stop(f"{path} is missing: this toolchain does not support {board.bare_metal}")
    content = bytearray(read(path))
    at = content.find(b"\x7fELF") if board.elf_flags >= 0 else -1
    while at >= 0:
        struct.pack_into("<I", content, at + 48, board.elf_flags)  # e_flags of a 64-bit ELF header
        at = content.find(b"\x7fELF", at + 64)
    return bytes(content)


def make_resources(board, folder, swift):
    """What the compiler looks for beside the standard library."""
    embedded = f"{folder}/embedded"
    os.makedirs(embedded)
    for name in ("shims", "apinotes"):
        if os.path.isdir(f"{swift}/{name}"):
            shutil.copytree(f"{swift}/{name}", f"{folder}/{name}")
    os.symlink(os.path.realpath(f"{swift}/clang"), f"{folder}/clang")
    modules = 0
    for name in sorted(os.listdir(f"{swift}/embedded")):
        source = f"{swift}/embedded/{name}"
        module = f"{source}/{board.bare_metal}.swiftmodule"
        if name.endswith(".swiftmodule") and os.path.exists(module):
            os.makedirs(f"{embedded}/{name}")
            translate_module(board, module, f"{embedded}/{name}/{board.triple}.swiftmodule")
            modules += 1
        elif os.path.isfile(source):
            shutil.copy(source, embedded)
    if modules == 0:
        stop(f"no Embedded Swift module for {board.bare_metal} under {swift}/embedded")
    # The driver reads this file for -static-executable.
    os.makedirs(f"{folder}/linux")
    write(f"{folder}/linux/static-executable-args.lnk", "-static\n-lswiftUnicodeDataTables\n-lm\n-lpthread\n")


def make_board(board, bundle, usr):
    folder = f"{bundle}/{board.name}"
    libraries = make_sysroot(board, f"{folder}/sysroot")
    make_resources(board, f"{folder}/resources", f"{usr}/lib/swift")
    write(f"{libraries}/libswiftUnicodeDataTables.a", unicode_tables(board, f"{usr}/lib/swift"))
    write(f"{folder}/swift-sdk.json", json.dumps({
        "schemaVersion": "4.0",
        "targetTriples": {board.triple: {
            "sdkRootPath": "sysroot", "swiftResourcesPath": "resources", "swiftStaticResourcesPath": "resources",
            "toolsetPaths": ["toolset.json"]}}}, indent=2))
    swift_flags = ["-enable-experimental-feature", "Embedded", "-wmo", "-Xfrontend", "-function-sections",
                   "-use-ld=lld", "-static-executable"]
    for flag in board.c_flags:
        swift_flags += ["-Xcc", flag]
    write(f"{folder}/toolset.json", json.dumps({
        "schemaVersion": "1.0", "rootPath": f"{usr}/bin",
        "cCompiler": {"extraCLIOptions": [*board.c_flags, "-DALBIT_EMBEDDED", "-fPIC", "-ffunction-sections",
                                          "-fno-asynchronous-unwind-tables"]},
        "swiftCompiler": {"extraCLIOptions": swift_flags},
        "linker": {"extraCLIOptions": ["--gc-sections"]}}, indent=2))


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(board.name for board in BOARDS))
        return
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        stop("usage: make-board-sdk.py OUTPUT_FOLDER | --list")
    usr, version = toolchain()
    for board in BOARDS:
        compiler_library_folder(board)  # all packages are there, or nothing is made
    output = os.path.abspath(sys.argv[1])
    bundle, partial = f"{output}/albit-boards.artifactbundle", f"{output}/partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    for board in BOARDS:
        make_board(board, partial, usr)
    write(f"{partial}/info.json", json.dumps({"schemaVersion": "1.0", "artifacts": {
        board.name: {"type": "swiftSDK", "version": f"{version}-embedded",
                     "variants": [{"path": board.name, "supportedTriples": [HOST]}]} for board in BOARDS}}, indent=2))
    shutil.rmtree(bundle, ignore_errors=True)
    os.rename(partial, bundle)
    print(f"{bundle}: {', '.join(board.name for board in BOARDS)}")


if __name__ == "__main__":
    main()
