"""The errors symconv raises, and the exit code each one ends a command with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class SymconvError(Exception):
    """Root of all errors of symconv; the message is one line for a person."""

    exit_code: ClassVar[int] = 3


class SpecError(SymconvError, ValueError):
    """A size of a convolution, or of an array given to it, breaks a rule."""

    exit_code = 2


class OptionError(SymconvError, ValueError):
    """A choice beside the spec (a target, a layout, a file) does not exist or does not apply."""

    exit_code = 2


class FormulaError(SymconvError, ValueError):
    """A formula or an article breaks a limit of the language; the message begins with the place.

    Attributes:
        reason: the rule that is broken.
        line: line of the place in the text, from 1.
        column: column of the place in its line, from 1.
    """

    exit_code = 2

    def __init__(self, reason: str, *, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


class DerivationError(SymconvError):
    """A derivative does not have the form that the algebra relies on: a fault of symconv."""


class RenderError(SymconvError):
    """A template and the data given to it do not fit together: a fault of symconv."""


class VerificationError(SymconvError):
    """Emitted code differs from the derivation it was made from."""

    exit_code = 1


class StaleOutputError(SymconvError):
    """Committed files differ from what the generator makes now.

    Attributes:
        paths: (path, kind) pairs; kind is "missing", "changed" or "unexpected".
    """

    exit_code = 1

    def __init__(self, message: str, *, paths: Sequence[tuple[str, str]]) -> None:
        super().__init__(message)
        self.paths = tuple(paths)


class ToolError(SymconvError):
    """Something outside symconv is missing or failed: a program, a package, a folder."""


def shown(value: object) -> str:
    """Return `value` as an error message shows it: its repr, at most 60 characters long.

    Example:
        >>> shown((3, 5))
        '(3, 5)'
        >>> shown(10**5000)
        'an integer of 16610 bits'
    """
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers beyond 4300 digits
        bits = value.bit_length() if isinstance(value, int) else None
        return "a value too long to print" if bits is None else f"an integer of {bits} bits"
    return text if len(text) <= 60 else f"{text[:57]}..."
