"""Entries, shapes and sizes as text that Python and C share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.algebra.affine import Affine

WIDTH: Final = 100
BODY: Final = "    "


@dataclass(frozen=True)
class Term:
    """One product of a sum: its code with a leading "+ " where needed, and comments or ""."""

    above: str
    code: str
    note: str


def entry(name: str, index: Sequence[object]) -> str:
    """Return "x[0, 1]"."""
    return f"{name}[{', '.join(map(str, index))}]"


def times(sizes: Sequence[object]) -> str:
    """Return "3x5"."""
    return "x".join(map(str, sizes))


def tuple_of(entries: Sequence[object], *, brackets: str = "()") -> str:
    """Return "(m, n)", or "(m,)" for one entry; without brackets "m, n" or "m"."""
    inner = ", ".join(map(str, entries))
    if not brackets:
        return inner
    return f"({inner},)" if len(entries) == 1 else f"({inner})"


def window_count(size: str, stride: int, *, room: int) -> str:
    """Return the number of windows max(0, floor((size + room) / stride) + 1)."""
    inner = Affine(1, size, room + stride).spelled()
    count = inner if stride == 1 else f"{bracketed(inner)} // {stride}"
    return count if room + stride >= 0 else f"max(0, {count})"


def bracketed(text: str) -> str:
    """Return the text in brackets if it is a sum or a product."""
    return f"({text})" if " " in text else text
