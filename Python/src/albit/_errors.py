"""Errors with the words of the program."""

from __future__ import annotations


class AlbitError(Exception):
    """Something that Albit refuses or that failed; the message says what, what was expected, and what to do."""


class UsageError(AlbitError, ValueError):
    """This model cannot be asked this, or an argument makes no sense."""


class InputError(AlbitError):
    """A file or a text is not what it has to be."""


class MachineError(AlbitError):
    """Memory, threads or the medium failed."""


class CheckFailed(AlbitError):
    """A digest or a checksum is not the stored one."""


#: By the values of ``albit_status``, which are the exit codes of the program.
BY_STATUS = {1: CheckFailed, 2: UsageError, 3: InputError, 4: MachineError}
