"""The emitted kernel, its lines tied to the steps of the derivation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from symconv.document.blocks import (
    Block,
    Listing,
    Paragraph,
    Reach,
    Step,
    StepReference,
    Table,
    Value,
    message,
)
from symconv.document.scene import Scene

STEPS: Final = {
    "forward": "output",
    "grad_input": "by-phase",
    "grad_weight": "by-weight",
    "grad_bias": "by-bias",
}
TRANSPOSED_STEPS: Final = {**STEPS, "forward": "by-phase", "grad_input": "by-input"}
MOST_LINES: Final = 60  # of one function
_PHASE: Final = re.compile(r"\s*# Phase \((?P<residues>[\d, ]+)\)")


def kernel(scene: Scene) -> Step | None:
    """Return the listing of the kernel and what each part computes; None without a kernel."""
    if not scene.kernel_source:
        return None
    blocks: list[Block] = [
        Paragraph(
            message(
                "symconv writes these formulas as a NumPy kernel and runs it on symbols: every "
                "entry of its results is the polynomial of the derivation. These are the lines "
                "that compute; in each one a comment names the entry that it reads."
            )
        )
    ]
    for name, first, lines in _bodies(scene.kernel_source):
        step = (TRANSPOSED_STEPS if scene.spec.transposed else STEPS)[name]
        blocks += _function_blocks(name, first, lines, step=step)
    return Step(
        name="kernel",
        title=message("The kernel"),
        blocks=tuple(blocks),
        reason=message("The emitted code is run on symbols and compared entry by entry."),
        reach=Reach.EXACT,
    )


def _bodies(source: str) -> Iterator[tuple[str, int, list[str]]]:
    """Yield (function, number of the first line, lines) of what follows each docstring."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in STEPS:
            docstring, last = node.body[0], node.end_lineno
            first = (docstring.end_lineno or 0) + 1
            yield node.name, first, lines[first - 1 : last]


def _function_blocks(name: str, first: int, lines: Sequence[str], *, step: str) -> Iterator[Block]:
    kept = lines[:MOST_LINES]
    yield Paragraph(
        message(
            "Lines {first} to {last}, `{name}`, are step {step}{left_out}:",
            first=first,
            last=first + len(lines) - 1,
            name=name,
            step=StepReference(step),
            left_out=message(" (the first {count} of them are shown)", count=len(kept))
            if len(kept) < len(lines)
            else "",
        )
    )
    yield Listing("\n".join(_dedented(kept)) + "\n", "python", first_line=first)
    phases = list(_phases(first, kept))
    if len(phases) > 1:
        heads = (message("lines"), message("phase"))
        yield Table(heads, tuple(phases))


def _phases(first: int, lines: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """Yield (lines, phase) of the parts of a function that a comment heads."""
    starts = [
        (place, found["residues"].rstrip(","))
        for place, line in enumerate(lines)
        if (found := _PHASE.match(line))
    ]
    ends = [*(place for place, _ in starts), len(lines)][1:]
    for (start, residues), end in zip(starts, ends, strict=True):
        last = end - 1
        while not lines[last].strip() or lines[last].strip().startswith("return"):
            last -= 1
        yield f"{first + start}–{first + last}", f"$({residues})$"


def _dedented(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("    ") for line in lines]
