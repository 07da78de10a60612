"""libalbit by ctypes: the declarations of albit.h."""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, c_bool, c_char_p, c_double, c_float, c_int, c_int32, c_int64, c_size_t
from ctypes import c_uint32, c_void_p

from ._errors import BY_STATUS, AlbitError

#: ``ALBIT_ABI_VERSION`` of the header that this file follows.
ABI_VERSION = 1


class OpenOptions(Structure):
    _fields_ = [("threads", c_uint32), ("kernel", c_char_p)]


class Texts(Structure):
    _fields_ = [
        ("count", c_size_t), ("texts", c_void_p), ("lengths", c_void_p), ("pairs", c_void_p),
        ("pair_lengths", c_void_p),
    ]


class Options(Structure):
    _fields_ = [
        ("max_length", c_uint32), ("strict", c_bool), ("characters", c_bool), ("top", c_uint32), ("stride", c_int32),
        ("aggregation", c_int), ("max_answer_tokens", c_uint32), ("allows_no_answer", c_bool), ("pooling", c_char_p),
        ("scaling", c_int), ("embeddings", c_bool), ("sentences", c_uint32), ("ratio", c_double), ("method", c_char_p),
        ("prompt", c_char_p),
    ]


class Item(Structure):
    # The text is read by its length: it may hold zeros.
    _fields_ = [
        ("text", c_void_p), ("text_length", c_size_t), ("score", c_float), ("index", c_int64), ("start", c_int64),
        ("end", c_int64), ("mask", c_uint32),
    ]


class Answer(Structure):
    _fields_ = [
        ("item_count", c_size_t), ("items", POINTER(Item)), ("value_count", c_size_t), ("values", POINTER(c_float)),
        ("score", c_float), ("truncated", c_uint32),
    ]


class Answers(Structure):
    _fields_ = [("count", c_size_t), ("answers", POINTER(Answer))]


class Sequences(Structure):
    _fields_ = [
        ("count", c_size_t), ("lengths", c_void_p), ("ids", c_void_p), ("type_ids", c_void_p), ("mask", c_void_p),
    ]


def _open() -> ctypes.CDLL:
    path = os.environ.get("ALBIT_LIBRARY") or os.path.join(os.path.dirname(__file__), "_lib", "libalbit.so.1")
    library = ctypes.CDLL(path)
    library.albit_abi_version.restype = c_uint32
    found = library.albit_abi_version()
    if found != ABI_VERSION:
        raise ImportError(f"{path} has version {found} of the interface, this package needs {ABI_VERSION}")
    library.albit_version.restype = c_char_p
    library.albit_error.restype = c_char_p
    library.albit_default_options.restype = Options
    library.albit_open.argtypes = [c_char_p, POINTER(OpenOptions), POINTER(c_void_p)]
    library.albit_close.argtypes = [c_void_p]
    library.albit_close.restype = None
    library.albit_card.argtypes = [c_void_p]
    library.albit_card.restype = c_char_p
    library.albit_free.argtypes = [POINTER(Answers)]
    library.albit_free.restype = None
    asked = [c_void_p, POINTER(Texts), POINTER(Options), POINTER(POINTER(Answers))]
    for name in ("classify", "tag", "answer_questions", "fill", "embed", "order", "summarize", "tokenize"):
        getattr(library, "albit_" + name).argtypes = asked
    library.albit_choose.argtypes = [c_void_p, c_char_p, c_size_t, *asked[1:]]
    library.albit_match.argtypes = [c_void_p, POINTER(Texts), *asked[1:]]
    library.albit_encode.argtypes = [c_void_p, POINTER(Sequences), POINTER(POINTER(Answers))]
    return library


library = _open()


def version() -> str:
    """The version of the library."""
    return library.albit_version().decode()


def check(status: int) -> None:
    """Raises the error of a status that is not 0, with the thread's message."""
    if status:
        raise BY_STATUS.get(status, AlbitError)(library.albit_error().decode("utf-8", "replace"))
