"""The C functions of one small input: one statement an entry, no loop and no branch."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Final

from symconv.codegen.c.fixed import CFixed, Head, fixed_file
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.element import Product, element_sums
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.text import BODY, WIDTH, entry
from symconv.sizes import Shape

TIMES: Final = "\N{NO-BREAK SPACE}*\N{NO-BREAK SPACE}"  # a line never ends beside it


@dataclass(frozen=True)
class Filling:
    """A function: its head, and its statements."""

    head: Head
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CElement(CFixed):
    """The context of c/element.c.jinja.

    Attributes:
        fillings: the functions.
    """

    fillings: tuple[Filling, ...]


def element_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> CElement:
    """Return what the templates of the two files need.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    file, fixed = fixed_file(plan, request, proof=proof), request.one_input
    sums = element_sums(plan, input_shape=fixed.input, output_shape=fixed.output)
    shapes = {
        **dict.fromkeys(("x", "dx"), sums.input_shape),
        **dict.fromkeys(("y", "dy"), sums.output_shape),
        **dict.fromkeys(("w", "dw"), plan.kernel_shape),
    }
    cells = product(*map(range, sums.output_shape))
    lines = {
        "forward": _entries("y", sums.forward, shapes, begin="b"),
        "grad_input": _entries("dx", sums.grad_input, shapes),
        "grad_weight": _entries("dw", sums.grad_weight, shapes),
        "grad_bias": _statement("*db", [_place("dy", cell, shapes) for cell in cells]),
    }
    return CElement(
        **{field.name: getattr(file, field.name) for field in fields(file)},
        fillings=tuple(
            Filling(head, (*_unread(head, lines[head.name]), *lines[head.name]))
            for head in file.heads
        ),
    )


def _entries(
    letter: str,
    sums: Mapping[Shape, Sequence[Product]],
    shapes: Mapping[str, Shape],
    *,
    begin: str = "",
) -> list[str]:
    """Return the statements that make every entry of an array."""
    lines: list[str] = []
    for index, products in sums.items():
        terms = [begin] if begin else []
        terms += [
            _place(one.left, one.left_index, shapes)
            + TIMES
            + _place(one.right, one.right_index, shapes)
            for one in products
        ]
        note = entry(letter, index) if len(index) > 1 else ""
        lines += _statement(_place(letter, index, shapes), terms or ["0"], note=note)
    return lines


def _unread(head: Head, lines: Sequence[str]) -> list[str]:
    """Return a statement for each array that no sum reads, lest compilers wonder."""
    text = " ".join(lines)
    return [
        f"{BODY}(void){array.letter};" for array in head.given if f" {array.letter}[" not in text
    ]


def _place(name: str, index: Shape, shapes: Mapping[str, Shape]) -> str:
    """Return an entry of an array that lies row by row, "x[13]"."""
    place = 0
    for position, size in zip(index, shapes[name], strict=True):
        place = place * size + position
    return f"{name}[{place}]"


def _statement(target: str, terms: Sequence[str], *, note: str = "") -> tuple[str, ...]:
    """Return the lines of an assignment; the comment says which entry it is."""
    comment = f" /* {note} */" if note else ""
    lines = textwrap.wrap(
        f"{target} = {' + '.join(terms)};",
        WIDTH - len(comment),
        initial_indent=BODY,
        subsequent_indent=BODY * 2,
        break_long_words=False,
    )
    lines[0] += comment
    return tuple(line.replace("\N{NO-BREAK SPACE}", " ") for line in lines)
