"""Making and verifying models, by the program."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Union

from . import _program
from ._errors import BY_STATUS, AlbitError

Path = Union[str, "os.PathLike[str]"]
#: Is called with every message of the program, such as how far it is.
Progress = Optional[Callable[[str], None]]


@dataclass(frozen=True)
class Quantized:
    """A model file that was written."""

    path: str
    #: What ``albit quantize --json`` tells.
    summary: Dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Verified:
    """How far a model is from its original."""

    passed: bool
    metric: Optional[str]
    reference: Optional[float]
    candidate: Optional[float]
    drop: Optional[float]
    agreement: Optional[float]
    examples: int
    #: All that ``albit verify --json`` tells.
    report: Dict[str, Any] = field(repr=False)


def quantize(
    source: Path, output: Path, *, preset: Optional[str] = None, calibrate: Optional[Path] = None,
    data: Optional[Path] = None, max_drop: Optional[float] = None, max_error: Optional[float] = None,
    keep_vocabulary: Optional[Path] = None, keep_pieces: Optional[int] = None,
    embeddings: Optional[int] = None, max_bytes: Optional[int] = None,
    task: Optional[str] = None, threads: int = 0, force: bool = False, progress: Progress = None,
) -> Quantized:
    """Any checkpoint that Albit reads to an int8 model file; options as those of ``albit quantize``."""
    words = ["quantize", os.fspath(source), "-o", os.fspath(output), "--json"]
    words += _words(
        preset=preset, calibrate=calibrate, data=data, max_drop=max_drop, max_error=max_error,
        keep_vocabulary=keep_vocabulary, keep_pieces=keep_pieces, embeddings=embeddings,
        max_bytes=max_bytes, task=task)
    words += ["--threads", str(threads)] if threads else []
    words += ["--force"] if force else []
    status, text, message = _run(words, progress)
    if status:
        raise BY_STATUS.get(status, AlbitError)(message)
    return Quantized(os.fspath(output), json.loads(text))


def verify(
    reference: Path, candidate: Path, data: Path, *, max_drop: Optional[float] = None,
    min_agreement: Optional[float] = None, equivalence: Optional[float] = None, max_error: Optional[float] = None,
    gate: bool = False, report: Optional[Path] = None, junit: Optional[Path] = None, task: Optional[str] = None,
    threads: int = 0, progress: Progress = None,
) -> Verified:
    """How far a model is from its original on real data. A limit that does not hold gives ``passed=False``."""
    words = ["verify", os.fspath(reference), os.fspath(candidate), "--data", os.fspath(data), "--json"]
    words += _words(
        max_drop=max_drop, min_agreement=min_agreement, equivalence=equivalence, max_error=max_error, report=report,
        junit=junit, task=task)
    words += ["--gate"] if gate else []
    words += ["--threads", str(threads)] if threads else []
    status, text, message = _run(words, progress)
    if status > 1 or not text:
        raise BY_STATUS.get(status, AlbitError)(message)
    found = json.loads(text)
    return Verified(
        status == 0, found.get("metric"), found.get("reference"), found.get("candidate"), found.get("drop"),
        found.get("agreement"), found.get("examples", 0), found)


def _words(**options: Any) -> List[str]:
    words: List[str] = []
    for name, value in options.items():
        if value is not None:
            words += ["--" + name.replace("_", "-"), str(value)]
    return words


def _run(words: List[str], progress: Progress) -> "tuple[int, str, str]":
    output: List[str] = []
    messages: List[str] = []
    with subprocess.Popen(
        [_program.path(), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout and process.stderr
        reader = threading.Thread(target=lambda: output.append(process.stdout.read()))
        reader.start()
        try:
            for line in process.stderr:
                messages.append(line.rstrip("\n"))
                if progress:
                    progress(messages[-1])
        except BaseException:
            process.terminate()
            raise
        finally:
            process.wait()
            reader.join()
    said = "\n".join(messages)
    # A call that was killed by a signal is a failure of the machine.
    return (4 if process.returncode < 0 else process.returncode), "".join(output), said.replace("albit: ", "")
