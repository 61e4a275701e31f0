"""Claims about shapes of whole arrays: X_col in R^(C K K x N H W), T(conv(X)).shape = X.shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from symconv.formula.notation import (
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
)
from symconv.formula.tree import Integer
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.displays import equal_sides
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.matrix_words import COLUMNS
from symconv.verification.reading.operators.names import bare, named
from symconv.verification.reading.operators.words import FUNCTIONS, TRANSPOSED, plain
from symconv.verification.reading.roles import Told

WINDOW: Final = ("input channels", "kernel size")
PLACES: Final = ("batch size", "output size")
_SIZES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "output size",
        re.compile(
            r"^([HWDL]|[nhw])_?\^?\{?('|out|o$|o\d|y)|^O[HWD]?$|^[HWDL]_?out|^o[hw]$|^out", re.I
        ),
    ),
    ("output channels", re.compile(r"^C_?\{?(out|o)\b|^C_?out|^F$|^M$|^K$|^OC$|^N_f$", re.I)),
    ("input channels", re.compile(r"^C_?\{?(in|i)\b|^C_?in|^C$|^IC$|^c$|^D$")),
    (
        "kernel size",
        re.compile(r"^[KkFfRr]_?\^?\{?(\d|[hwdxyHWD])?\}?$|^[KkFf][HhWwDd]$|^[RSkf]$|^kernel"),
    ),
    ("batch size", re.compile(r"^(N|B|n|b|batch|bs|m|batch_size)$")),
)
_SHAPES: Final = (("shape",), ("size",))
_TOLD: Final[Mapping[str, str]] = {
    "kernel height": "kernel size", "kernel width": "kernel size", "output height": "output size",
    "output width": "output size",
}  # fmt: skip


def shape_claim(statement: Statement, told: Told) -> Outcome | None:
    """Return the verdict on a claim about shapes; None where there is none."""
    if len(statement.sides) == 1 and isinstance(statement.sides[0], Member):
        return _columns(statement.sides[0], told)
    return _restored(statement)


def _columns(member: Member, told: Told) -> Outcome | None:
    """X_col in R^(rows x columns): one axis is a window, the other the positions."""
    if len(member.elements) != 1 or not isinstance(member.container, Marked):
        return None
    array = named(member.elements[0], told)
    if array is None or not (
        COLUMNS.search(array.base) or any(COLUMNS.search(label) for label in array.labels)
    ):
        return None
    shape = next((mark for mark in member.container.marks if mark.kind == "sup"), None)
    if shape is None or flat(member.container.base) not in ("R", "mathbbR", "ℝ"):
        return None
    axes = [_sizes(tuple(_names(factor, told)), told) for factor in _axes(shape)]
    if len(axes) != 2 or any("" in axis for axis in axes):
        return None
    return _layout(array.shown, axes)


def _axes(shape: Mark) -> list[Any]:
    if len(shape.items) == 2:
        return list(shape.items)
    node = bare(shape.items[0])
    return list(node.factors) if isinstance(node, Multiplied) and len(node.factors) == 2 else []


def _sizes(names: tuple[str, ...], told: Told) -> tuple[str, ...]:
    """Return what the names of one axis are; K K and k^2 are a window, whatever K is elsewhere."""
    kernel = re.compile(r"[KkFfRr]")
    twice = {name for name in names if names.count(name) == 2 and kernel.fullmatch(name)}
    return tuple(
        sorted(
            _said(name, told) or ("kernel size" if name in twice else _usual(name))
            for name in names
        )
    )


def _names(node: Any, told: Told) -> Iterator[str]:
    node = bare(node)
    match node:
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            for factor in factors:
                yield from _names(factor, told)
        case Starred(sign="*", left=left, right=right):
            yield from _names(left, told)
            yield from _names(right, told)
        case Marked(base=base, marks=(mark,)) if mark.kind == "sup" and mark.items == (Integer(2),):
            yield from (*_names(base, told), *_names(base, told))
        case Run() if not _said(node.text, told) and not _usual(node.text):
            for letter in node.letters:
                yield from _names(letter, told)
        case _:
            yield flat(node)


def _said(name: str, told: Told) -> str:
    said = told.names.get(name, "")
    return _TOLD.get(said, said)


def _usual(name: str) -> str:
    return next((size for size, pattern in _SIZES if pattern.search(name)), "")


def _layout(name: str, axes: list[tuple[str, ...]]) -> Outcome | None:
    rows, columns = ({size: axis.count(size) for size in axis} for axis in axes)
    reading = f"{name} matrix of windows (im2col): {', '.join(axes[0])} by {', '.join(axes[1])}"
    reach = "a window has one entry for each channel and tap, a position for each output"
    for first, second, condition in (
        (rows, columns, "a column of it is a window"),
        (columns, rows, "a row of it is a window"),
    ):
        window = set(first) <= set(WINDOW) and first.get("kernel size", 0) >= 1
        places = set(second) <= set(PLACES) and second.get("output size", 0) >= 1
        if window and places and first.get("kernel size") == second.get("output size"):
            return Outcome("im2col", "right_when", reading, reach, condition=condition)
    sizes = set(rows) | set(columns)
    if "kernel size" in sizes and sizes <= {*WINDOW, *PLACES, "output channels"}:
        return Outcome("im2col", "refuted", reading, reach)
    return None


def _restored(statement: Statement) -> Outcome | None:
    """tconv(conv(X)).shape == X.shape: with the same stride, padding and kernel."""
    sides = list(equal_sides(statement))
    if len(sides) != 2:
        return None
    first, second = (_shaped(side) for side in sides)
    if first is None or second is None:
        return None
    outer, inner = _applied(first), _applied(second)
    names = [name for name, _ in (outer, inner)]
    if outer[1] != inner[1] or names != [("transposed", "plain"), ()]:
        return None
    reading = f"{outer[1]} input; both layers with the same kernel, stride and padding"
    return Outcome(
        "transposed size",
        "right_when",
        reading,
        "for all sizes: (⌊(n + 2p - k)/s⌋)s + k - 2p is n exactly then",
        condition="the stride divides input + 2·padding - kernel",
    )


def _shaped(node: Any) -> Any:
    """Return X of X.shape or shape(X), or None."""
    node = bare(node)
    match node:
        case Marked(base=Name() | Run() as base, marks=(mark,)) if mark.kind == "paren":
            if (base.text,) in _SHAPES and len(mark.items) == 1:
                return mark.items[0]
        case Marked(base=base, marks=(*rest, mark)) if tuple(map(flat, mark.items)) in _SHAPES:
            return Marked(base, tuple(rest)) if rest else base
    return None


def _applied(node: Any) -> tuple[tuple[str, ...], str]:
    """Return (the layers from outside, the array) of tconv(conv(X))."""
    node = bare(node)
    if isinstance(node, Marked) and isinstance(node.base, Name | Run):
        name = plain(node.base.text)
        kind = "transposed" if name in TRANSPOSED else "plain" if name in FUNCTIONS else ""
        if kind and node.marks[-1].kind == "paren" and node.marks[-1].items:
            inner, array = _applied(node.marks[-1].items[0])
            return (kind, *inner), array
    return (), flat(node)
