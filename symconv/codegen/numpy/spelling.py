"""Indices, slices and sizes as Python text, laid out as the formatter lays it out."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.affine import Affine
from symconv.codegen.spelling.text import BODY, WIDTH, bracketed


def smallest_input(size: str, stride: int, *, room: int, least: int = 0) -> str:
    """Return the smallest input with that many windows, at least `least`; 0 for no window."""
    cells = Affine(stride, size, -room - stride).spelled(times=" * ")
    if least or -room - stride < 0:
        return f"max({least}, {cells})"
    return f"{cells} if {size} else 0" if room + stride else cells


def spanned(size: str, stride: int, *, add: int) -> str:
    """Return max(0, stride * size + add)."""
    cells = Affine(stride, size, add).spelled(times=" * ")
    return cells if add >= 0 else f"max(0, {cells})"


def divided_up(size: str, stride: int, *, add: int) -> str:
    """Return ceil((size + add) / stride)."""
    inner = Affine(1, size, add + stride - 1).spelled()
    return inner if stride == 1 else f"{bracketed(inner)} // {stride}"


def lengthened(size: str, add: int) -> str:
    """Return size + add, of add >= 0."""
    return Affine(1, size, add).spelled()


def shifted(text: str, add: int) -> str:
    """Return text + add; sums of a size and a number are added up."""
    head, _, number = text.partition(" + ")
    if number.isdigit():
        return f"{head} + {int(number) + add}"
    return f"{text} + {add}" if add else text


def slice_of(start: int, count: str, *, step: int = 1) -> str:
    """Return the slice of `count` entries from `start`, `step` apart."""
    stop = Affine(step, count, start).spelled(times=" * ")
    return between(str(start), stop) + (f" : {step}" if step > 1 else "")


def between(start: str, stop: str) -> str:
    """Return the slice from start to stop."""
    return f"{start} : {stop}" if " " in start + stop else f"{start}:{stop}"


def called(function: str, arguments: Sequence[str], *, indent: str = BODY) -> tuple[str, ...]:
    """Return a call in lines of at most WIDTH characters, in the body of a function."""
    inner = ", ".join(arguments)
    if len(f"{indent}{function}({inner})") <= WIDTH:
        return (f"{function}({inner})",)
    if len(f"{indent}{BODY}{inner}") <= WIDTH:
        return (f"{function}(", f"{BODY}{inner}", ")")
    return (f"{function}(", *(f"{BODY}{argument}," for argument in arguments), ")")


def unpacked(names: Sequence[str]) -> str:
    """Return the target that a shape unpacks into, "m, n" or "(m,)"."""
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names)
