"""The program ``albit``, as far as this package brings it."""

from __future__ import annotations

import os
import shutil
import sys

from ._errors import MachineError


def path() -> str:
    """Where the program lies: in this package, else by ``ALBIT_PROGRAM``, else on the path."""
    own = os.path.join(os.path.dirname(__file__), "_bin", "albit")
    for found in (os.environ.get("ALBIT_PROGRAM"), own if os.path.exists(own) else None, _on_path()):
        if found:
            return found
    raise MachineError(
        "making and verifying models needs the program 'albit', which this package brings for x86-64 only: quantize "
        "on a desktop, copy the model file here, or name the program in ALBIT_PROGRAM")


def _on_path() -> "str | None":
    found = shutil.which("albit")
    # The console script of this very package would start itself without end.
    return found if found and not _is_script(found) else None


def _is_script(found: str) -> bool:
    with open(found, "rb") as file:
        return file.read(2) == b"#!"


def main() -> None:
    """The console script: becomes the program."""
    try:
        program = path()
    except MachineError as error:
        sys.exit(f"albit: {error}")
    os.execv(program, ["albit", *sys.argv[1:]])
