"""Builds the wheel and the source archive of `albit` (PEP 517) without anything from elsewhere, twice the same bytes.

The native parts come from ALBIT_LIBRARY (libalbit.so.1) and ALBIT_PROGRAM (the program albit; x86-64 only) where these are
set; else the library is built here by Swift.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(HERE, "src", "albit")
NATIVE = os.path.join(HERE, "native") if os.path.isdir(os.path.join(HERE, "native")) else os.path.dirname(HERE)
#: What a build of the library needs of the repository.
SOURCES = ("Package.swift", "Package.resolved", "LICENSE", "Sources", "Scripts", "Tests/TestData", "Benchmarks", "Fuzz/Targets")
EPOCH = (1980, 1, 1, 0, 0, 0)


def _project():
    """Name to value of [project]: the few that metadata needs."""
    text = open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8").read()
    values = dict(re.findall(r'^([a-z-]+) = "(.*)"$', text, re.MULTILINE))
    values["classifiers"] = re.findall(r'^    "(.*)",$', text.split("classifiers = [")[1].split("]")[0], re.MULTILINE)
    return values


def _metadata():
    project = _project()
    lines = [
        "Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}",
        f"Summary: {project['description']}", f"License: {project['license']}",
        f"Requires-Python: {project['requires-python']}", "Requires-Dist: numpy",
        *(f"Classifier: {one}" for one in project["classifiers"]),
        "Description-Content-Type: text/markdown", "",
        open(os.path.join(HERE, "README.md"), encoding="utf-8").read(),
    ]
    return "\n".join(lines).encode()


def _library():
    """Path of libalbit.so.1."""
    given = os.environ.get("ALBIT_LIBRARY")
    if given:
        return given
    if not shutil.which("swift"):
        sys.exit(
            "albit: building this package needs Swift 6.3.1 (https://www.swift.org/install/linux/) and gcc. Install a "
            "wheel instead, or name a libalbit.so.1 that was built before in ALBIT_LIBRARY.")
    subprocess.run([os.path.join(NATIVE, "Scripts", "make-library.sh"), platform.machine()], check=True, stdout=sys.stderr)
    return os.path.join(NATIVE, "dist", "lib", platform.machine(), "libalbit.so.1")


def _elf_machine(content):
    """The machine of an ELF file as Python's platform tags name it."""
    return {62: "x86_64", 183: "aarch64", 40: "armv7l", 243: "riscv64"}[content[18] | content[19] << 8]


def _tag(library, program=b""):
    """manylinux by the newest glibc symbol that library or program ask for; plain linux where PyPI has no such level."""
    machine = _elf_machine(library)
    newest = max(int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", library + program))
    if machine in ("armv7l", "riscv64"):
        return f"py3-none-linux_{machine}"
    return f"py3-none-manylinux_2_{newest}_{machine}"


def _tree(folder):
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__pycache__")))
        for name in sorted(names):
            if not name.endswith((".pyc", ".so.1")):
                yield os.path.join(parent, name)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    project = _project()
    library = open(_library(), "rb").read()
    program = os.environ.get("ALBIT_PROGRAM")
    if program and _elf_machine(library) != "x86_64":
        program = None
    program = open(program, "rb").read() if program else b""
    tag = _tag(library, program)
    stem = f"{project['name']}-{project['version']}"
    files = [(f"albit/{os.path.relpath(path, PACKAGE)}", open(path, "rb").read(), 0o644) for path in _tree(PACKAGE)]
    files.append(("albit/_lib/libalbit.so.1", library, 0o755))
    if program:
        files.append(("albit/_bin/albit", program, 0o755))
    info = f"{stem}.dist-info"
    files += [
        (f"{info}/METADATA", _metadata(), 0o644),
        (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: albit_build\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), 0o644),
        (f"{info}/entry_points.txt", b"[console_scripts]\nalbit = albit._program:main\n", 0o644),
        (f"{info}/licenses/LICENSE", open(os.path.join(NATIVE, "LICENSE"), "rb").read(), 0o644),
    ]
    record = io.StringIO()
    for name, content, _ in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.write(f"{name},sha256={digest},{len(content)}\n")
    record.write(f"{info}/RECORD,,\n")
    files.append((f"{info}/RECORD", record.getvalue().encode(), 0o644))
    name = f"{stem}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content, mode in files:
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    files = [(name, os.path.join(HERE, name)) for name in ("pyproject.toml", "README.md")]
    for folder in ("src", "backend", "tests", "examples"):
        files += [(os.path.relpath(path, HERE), path) for path in _tree(os.path.join(HERE, folder))]
    for name in SOURCES:
        path = os.path.join(NATIVE, name)
        found = list(_tree(path)) if os.path.isdir(path) else [path]
        files += [(os.path.join("native", os.path.relpath(one, NATIVE)), one) for one in found]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        def add(name, content, mode):
            entry = tarfile.TarInfo(f"{stem}/{name}")
            entry.size, entry.mode, entry.mtime = len(content), mode, 0
            tar.addfile(entry, io.BytesIO(content))
        add("PKG-INFO", _metadata(), 0o644)
        for name, path in files:
            add(name, open(path, "rb").read(), 0o755 if os.access(path, os.X_OK) else 0o644)
    name = f"{stem}.tar.gz"
    with open(os.path.join(sdist_directory, name), "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        packed.write(archive.getvalue())
    return name
