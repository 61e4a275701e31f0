"""The outcome of an audit for people: a panel per cause, and what the cases had in common."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Final

import numpy as np
from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from symconv.auditing.arrays import Array
from symconv.auditing.result import Audit, Failure
from symconv.auditing.where import where_of
from symconv.sizes import Shape

WIDTH: Final = 100
MAX_SHOWN: Final = 8  # cells of a result along each of at most two axes
BAR: Final = 20
_LETTERS: Final = {"tap": "w", "cell": "x", "window": "y", "output": "y"}
_SPECIAL: Final = frozenset(
    ("crop", "reflect", "replicate", "circular", "transposed")
)  # where an entry lies in a part of its own
_KINDS: Final = {"value": "wrong value", "shape": "wrong shape"}


def audit_text(audit: Audit) -> str:
    """Return the outcome as plain text, at most 100 columns wide."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, legacy_windows=False)
    console.print(audit_view(audit))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def audit_view(audit: Audit) -> RenderableType:
    """Return the outcome for Rich to print."""
    title = Text.assemble(
        (audit.function, "bold"), f" as {audit.operation}, {audit.layout} layout, {audit.arrays}"
    )
    parts: list[RenderableType] = [title, _verdict(audit)]
    parts += [_panel(audit, number) for number in range(len(audit.failures))]
    parts.append(_tags_that_failed(audit) if audit.failures else _tags_covered(audit))
    return Group(*parts)


def _verdict(audit: Audit) -> Text:
    reach = f"{audit.reach}, in {audit.seconds:.1f} s"
    if audit.ok:
        return Text.assemble(("✓ right", "bold green"), f": {reach}")
    share = f": {audit.failed} of {reach}"
    return Text.assemble(("✗ wrong", "bold red"), share)


def _panel(audit: Audit, number: int) -> Panel:
    """Return one cause: its class, the smallest case, the entry, and how to see it oneself."""
    failure = audit.failures[number]
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, content in rows_of(audit, failure):
        rows.add_row(name, content)
    return Panel(
        rows,
        title=Text.assemble(
            f"{number + 1}. ", (name_of(failure), "bold"), f" · {kind_of(failure)}"
        ),
        title_align="left",
        subtitle=f"{failure.count} of {audit.checked} configurations",
        subtitle_align="right",
        box=ROUNDED,
        border_style="red",
        padding=(1, 2),
    )


def name_of(failure: Failure) -> str:
    """Return the class of the fault, or of the exception."""
    exception = failure.answer.message.partition(":")[0] if failure.kind == "exception" else ""
    return failure.fault or exception or "no known class"


def kind_of(failure: Failure) -> str:
    """Return what is wrong with the answers, in words."""
    if failure.kind == "changed argument":
        return f"changed its argument {failure.answer.message}"
    return _KINDS.get(failure.kind, failure.kind)


def rows_of(audit: Audit, failure: Failure) -> Iterator[tuple[str, RenderableType]]:
    """Yield (name, content) for each thing that is known of a failure."""
    case, answer = failure.case, failure.answer
    if failure.sentence:
        yield "what it does", Text(failure.sentence, style="bold")
    if case.spec.transposed and failure.sentence:
        yield "", Text("in the words of the convolution that this is the adjoint of", style="dim")
    if answer.message and failure.kind != "changed argument":
        yield "message", Text(answer.message, style="red")
    yield "smallest spec", Text(repr(case.spec))
    yield "shapes", Text(_shapes(failure))
    if failure.units is not None:
        ones = [f"{name}{_index(at)} = 1" for name, at in failure.units]
        yield "given", Text(f"{', '.join(ones)}, all else 0" if ones else "zeros")
    if places := failure.places:
        at = [f"{role} {_LETTERS[role]}{_index(index)}" for role, index in places.items()]
        yield "where", Text(", ".join(at))
    if failure.case.tags & _SPECIAL and (words := where_of(failure)):
        yield "which part", Text(words)
    if failure.at is not None:
        entry = f"{failure.operation}{_index(failure.at)}"
        yield "expected", Text(f"{entry} = {failure.expected}", style="green")
        yield "got", Text(f"{entry} = {failure.got}", style="red")
    elif failure.kind == "shape" and answer.got is not None:
        yield "expected", Text(f"shape {answer.question.expected.shape}", style="green")
        yield "got", Text(f"shape {answer.got.shape}", style="red")
    if (both := _both(failure)) is not None:
        yield "", Padding(both, (1, 0, 0, 0))
    if failure.tags:
        yield "always with", Text(", ".join(failure.tags))
        if failure.kind in ("exception", "no array"):
            rarest = min(failure.tags, key={tag: met for tag, met, _ in audit.tags}.__getitem__)
            yield "", Text(f"if it need not do that: exclude={rarest!r}", style="dim")
    yield "to see it", Text(failure.snippet(), style="cyan")


def _shapes(failure: Failure) -> str:
    case = failure.case
    given = ", ".join(f"{name} {shape}" for name, shape in case.shapes(failure.operation).items())
    return f"{given} → {failure.operation} {case.result_shape(failure.operation)}"


def _index(at: Shape) -> str:
    return f"[{', '.join(map(str, at))}]" if at else ""


def _both(failure: Failure) -> Table | None:
    """Return the right and the wrong result side by side, if they are small planes."""
    expected, got = failure.answer.question.expected, failure.answer.got
    if got is None or expected.shape != got.shape or not 1 <= expected.ndim <= 2:
        return None
    if max(expected.shape) > MAX_SHOWN or not expected.size:
        return None
    table = Table.grid(padding=(0, 4))
    table.add_row(Text("expected", style="dim"), Text("got", style="dim"))
    table.add_row(_grid(expected, expected, "green"), _grid(got, expected, "bold red"))
    return table


def _grid(array: Array, expected: Array, style: str) -> Text:
    """Return an array row by row; entries that differ, or all of the right one, in the style."""
    cells = [[_number(entry) for entry in row] for row in array.reshape((-1, array.shape[-1]))]
    wrong = (array != expected).reshape((-1, array.shape[-1]))
    width = max(len(cell) for row in cells for cell in row)
    lines = []
    for row, marks in zip(cells, wrong, strict=True):
        entries = [
            Text(cell.rjust(width), style if differs or (array is expected and cell != "0") else "")
            for cell, differs in zip(row, marks, strict=True)
        ]
        lines.append(Text(" ").join(entries))
    return Text("\n").join(lines)


def _number(entry: object) -> str:
    return f"{entry:.6g}" if isinstance(entry, (float, np.floating)) else str(entry)


def _tags_that_failed(audit: Audit) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, title="Which configurations failed", title_justify="left")
    for name in ("with", "failed", "of", ""):
        table.add_column(name, justify="right" if name in ("failed", "of") else "left")
    for tag, met, failed in sorted(audit.tags, key=lambda row: -row[2] / row[1]):
        bar = "█" * round(BAR * failed / met)
        table.add_row(tag, str(failed), str(met), Text(bar, style="red" if failed else ""))
    return table


def _tags_covered(audit: Audit) -> RenderableType:
    return Text("covered: " + ", ".join(f"{tag} {met}" for tag, met, _ in audit.tags), style="dim")
