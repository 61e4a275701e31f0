"""Indices, sizes and terms as C text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.spelling.text import WIDTH, Term, bracketed

VECTOR_STRIDES: Final = (1, 2, 3)


def index_of(affine: Affine) -> str:
    """Return "2 * i - 1"."""
    return affine.spelled(times=" * ")


def sized(name: str, add: int) -> str:
    """Return "n + 1"."""
    return Affine(1, name, add).spelled()


def declared(names: Sequence[str]) -> str:
    """Return "ptrdiff_t m, ptrdiff_t n"."""
    return ", ".join(f"ptrdiff_t {name}" for name in names)


def row_place(array: str, indices: Sequence[Affine], sizes: Sequence[str]) -> str:
    """Return where a row begins, "x + ((2 * i - 1) * n + j) * o".

    Args:
        array: its name.
        indices: those of the leading axes.
        sizes: the sizes behind the first axis.
    """
    return f"{array} + {row_offset([index_of(index) for index in indices], sizes)}"


def row_offset(indices: Sequence[str], sizes: Sequence[str]) -> str:
    """Return how many entries lie before a row, "(u * n + v) * o"; of a single row 0."""
    offset = ""
    for index, size in zip(indices, sizes, strict=True):
        offset = f"({offset} + {index}) * {size}" if offset else f"{bracketed(index)} * {size}"
    return offset or "0"


def all_inside(indices: Sequence[Affine], sizes: Sequence[str]) -> str:
    """Return the condition that every index lies inside its axis, "i >= 0 && i < g"."""
    return " && ".join(
        f"{index_of(index)} >= 0 && {index_of(index)} < {size}"
        for index, size in zip(indices, sizes, strict=True)
    )


def term(code: str, note: str, *, indent: int) -> Term:
    """Return a term with its comment behind it, or above it where the line would be too long."""
    fits = indent + len(f"{code} /* {note} */") <= WIDTH
    return Term(above="", code=code, note=note) if fits else Term(above=note, code=code, note="")
