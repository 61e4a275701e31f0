"""The C compiler of this machine."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Final

from symconv.errors import ToolError, shown

CANDIDATES: Final = ("cc", "gcc", "clang")


@dataclass(frozen=True)
class Compiler:
    """A C compiler.

    Attributes:
        command: the words that call it.
        version: the first line of its --version.
    """

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler | None:
    """Return the compiler that $CC names, else the first of cc, gcc and clang; None for none.

    Raises:
        ToolError: $CC names none.
    """
    if os.name != "posix":
        return None
    named = os.environ.get("CC", "").strip()
    if named:
        compiler = _compiler(_words(named))
        if compiler is None:
            raise ToolError(f"CC must name a C compiler that runs, got {shown(named)}")
        return compiler
    found = (_compiler((name,)) for name in CANDIDATES)
    return next((compiler for compiler in found if compiler), None)


def require_compiler() -> Compiler:
    """Return the compiler that is there.

    Raises:
        ToolError: there is none.
    """
    compiler = find_compiler()
    if compiler is None:
        raise ToolError(
            f"a C compiler must be found to load a C kernel: none of $CC, {', '.join(CANDIDATES)}"
        )
    return compiler


def _words(named: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(named))
    except ValueError as err:
        raise ToolError(f"CC must be words as a shell reads them, got {shown(named)}") from err


def _compiler(words: tuple[str, ...]) -> Compiler | None:
    program = shutil.which(words[0]) if words else None
    return _versioned((os.path.abspath(program), *words[1:])) if program else None


@cache
def _versioned(command: tuple[str, ...]) -> Compiler | None:
    try:
        done = subprocess.run(  # noqa: S603  the user's own compiler
            [*command, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    return Compiler(command, lines[0]) if done.returncode == 0 and lines else None
