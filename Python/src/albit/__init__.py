"""ALBERT and BERT encoders in int8.

    >>> import albit
    >>> model = albit.Model("model.gguf")
    >>> model.classify("a charming and often affecting journey")
    [{'label': 'POSITIVE', 'score': 0.99...}]

A model file is made by ``albit.quantize`` or the program ``albit quantize``. Answers are those of the command line, to
the bit, on every CPU and with any number of threads.
"""

from ._errors import AlbitError, InputError, MachineError, UsageError
from ._library import version as _version
from ._making import Quantized, Verified, quantize, verify
from ._model import Model

__all__ = [
    "AlbitError", "InputError", "MachineError", "Model", "Quantized", "UsageError", "Verified", "quantize", "verify",
]
__version__: str = _version()
