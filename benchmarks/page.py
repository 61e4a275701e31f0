"""docs/benchmarks.md, written from the results: same results, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from benchmarks.grid import LARGE
from benchmarks.results import Results
from benchmarks.summary import (
    Outcome,
    anybody,
    bandwidth,
    generating,
    outcomes,
    own_call,
    ratio,
)
from symconv.bench.problem import OPERATIONS
from symconv.bench.record import Cell, Entry, Status
from symconv.bench.roofline import MATRIX
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C
from symconv.bench.view import (
    amount,
    missing_line,
    ratio_in_words,
    share_in_words,
    spelled,
    threads_in_words,
)

CHARTS: Final = {
    "planes": "How many times faster than the best formulation of anybody, planes",
    "layers": "How many times faster than PyTorch, layers",
    "generation": "What generating the gradient of one image takes",
}
GENERATION_AIM: Final = 20
GENERATION_IMAGE: Final = 28
INTRODUCTION: Final = """\
# Benchmarks

This page is what one run of `{command}` wrote:
one process, {minutes} minutes on the machine below. Everybody gets the same arrays, is compared
with the definition in float64 first, and is timed only if right. Then all take turns; the median of
the rounds counts, and ratios are of medians of the same rounds. Times mean little elsewhere, ratios
more. `symconv bench -p 3 -q 3 --input 224x224` asks the same of one convolution of yours, on your
machine, against what is installed there.

"Own call" is what PyTorch (`conv2d`, `convolution_backward`) and JAX (`conv_general_dilated` and
its vjp, compiled before timing) offer for the operation. The best formulation is the fastest of all
that we know: these; PyTorch in inference mode, with channels last, without oneDNN, with grad_input
as a forward pass over the padded gradient with a flipped kernel or as a transposed convolution,
grad_weight with dy as the kernel, a loop over taps in place; JAX's compiled sum of slices;
scipy.signal, scipy.ndimage and fftconvolve; in plain NumPy a loop over taps, im2col with one
product (as numpy-ml does) and windows with tensordot (as HIPS autograd does). Arrays are moved to a
library before timing. Not measured: torch.compile, numba, graphics cards. One thread means one core
for the whole process.

A share is that of the limit that binds: the time of a copy that moves as many bytes as the
operation must, or that of its multiplications and additions at the rate of a {matrix}×{matrix}
product of matrices, both measured in the same rounds. Winograd's algorithm multiplies less, and may
pass 100 %.
"""
SCHEMA_TEXT: Final = """\
## The JSON

`--json FILE` writes all of it, `--from FILE` makes this page and the charts again. `schema` is 1.
`machine` is text by name, `limits` what the machine can do by number of threads, `missing` the
packages that were not there, `complete` false after an interruption. Each of `cells` has a
`problem` (operation, spec, input, layout, images, inputs, outputs, dtype, workload, name),
`threads`, `copy_seconds` (copying as many bytes), `gemm_flops` (per second) and `entries`:
contender, package, kind, status ("timed", "wrong", "failed", "left out"), samples (seconds per
call, one a round), error (in units of what is allowed), note. Each of `generation` has engine,
image (its side), seconds, right, note.
"""


def page(results: Results) -> str:
    """Return the whole page."""
    run = results.run
    parts = [
        INTRODUCTION.format(command=run.command, minutes=f"{run.seconds / 60:.1f}", matrix=MATRIX),
        "" if run.complete else "The run was ended early; what it had measured is here.\n",
        _machine(results),
        _summary(results),
        _charts(results),
        _generation(results),
        *_tables("Planes", "planes", run.cells),
        *_tables("Layers", "layers", run.cells),
        _not_timed(run.cells),
        SCHEMA_TEXT,
    ]
    return "\n".join(part for part in parts if part)


def _machine(results: Results) -> str:
    run = results.run
    lines = [f"| {word} | {value} |" for word, value in run.machine.items()]
    for limit in run.limits:
        rates = ", ".join(f"{amount(rate)}flop/s {name}" for name, rate in limit.gemm_flops.items())
        value = f"copy {amount(limit.copy_bytes)}B/s; products {rates}"
        lines.append(f"| {threads_in_words(limit.threads)} | {value} |")
    missing = "".join(f"\n{missing_line(name)}." for name in run.missing)
    return "## The machine\n\n| | |\n|---|---|\n" + "\n".join(lines) + "\n" + missing


def _summary(results: Results) -> str:
    """Return the aims with what was reached."""
    cells = results.run.cells
    rows = [_summary_row(each) for each in outcomes(cells)]
    rows += [
        f"| {each.what} | C | {each.threads} | {_percent(each.target)} | "
        f"**{share_in_words(each.reached)}** | | | {_verdict(each)} |"
        for each in bandwidth(cells)
    ]
    others = [each for each in generating(results.generations) if each[1] != "naive SymPy"]
    if others:
        image = max(each[0] for each in others)
        least = min((each[3], each[1]) for each in others if each[0] == image)
        aim = f"{GENERATION_AIM}" if image == GENERATION_IMAGE else ""
        verdict = ("reached" if least[0] >= GENERATION_AIM else "missed") if aim else ""
        rows.append(
            f"| generation at {image}×{image}, SymForce and wrenfold | NumPy | | {aim} | "
            f"**{ratio_in_words(least[0])}** | {least[1]} | | {verdict} |"
        )
    head = (
        "## Summary\n\nHow many times as fast as the rival named, over all cells measured; above 1 "
        "symconv is faster. A cell is\nlost where it is below 1.\n\n"
        "| against | target | threads | aim | geometric mean | worst cell | lost | |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n" if rows else ""


def _summary_row(each: Outcome) -> str:
    aim = f"{each.target:g}" if each.target else ""
    return (
        f"| {each.what} | {each.contender.removeprefix('symconv ')} | {each.threads} | {aim} | "
        f"**{ratio_in_words(each.reached)}** | {ratio_in_words(each.worst)}: {each.where} | "
        f"{each.lost} of {each.cells} | {_verdict(each)} |"
    )


def _verdict(each: Outcome) -> str:
    if not each.target:
        return ""
    return "reached" if each.reached >= each.target else "missed"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share else ""


def _charts(results: Results) -> str:
    there = chart_names(results)
    return "\n\n".join(f"![{CHARTS[name]}](pictures/bench-{name}.svg)" for name in there) + "\n"


def chart_names(results: Results) -> list[str]:
    """Return the charts that there are cells for."""
    workloads = {cell.problem.workload for cell in results.run.cells}
    if results.generations:
        workloads.add("generation")
    return [name for name in CHARTS if name in workloads]


def _generation(results: Results) -> str:
    """Return what generating the gradient of a 3x3 kernel takes, from the sizes to code."""
    if not results.generations:
        return ""
    images = sorted({each.image for each in results.generations})
    engines = list(dict.fromkeys(each.engine for each in results.generations))
    found = {(each.engine, each.image): each for each in results.generations}
    rows = []
    for engine in engines:
        texts = []
        for image in images:
            each = found[engine, image]
            right = "" if each.right is not False else " (wrong)"
            texts.append(spelled(each.seconds) + right if each.seconds else each.note)
        rows.append(f"| {engine} | {' | '.join(texts)} |")
    heads = " | ".join(f"{image}×{image}" for image in images)
    return (
        "## Generating the gradient of a 3×3 kernel\n\nFrom the sizes to the text of the code: "
        "derived, differentiated and emitted. symconv's code is for every\nimage; the others write "
        "out the loss of one image and differentiate it by every input cell.\n\n"
        f"| engine | {heads} |\n|---|{'---|' * len(images)}\n" + "\n".join(rows) + "\n"
    )


def _tables(title: str, workload: str, cells: Sequence[Cell]) -> Iterator[str]:
    """Yield a table for each operation, type and number of threads; every cell is a row."""
    wanted = sorted((each for each in cells if each.problem.workload == workload), key=_order)
    if wanted:
        yield (
            f"## {title}\n\nTimes, in brackets the share of the limit that binds; then how many "
            "times as fast as the best formulation\nof anybody C and NumPy are, losses in bold.\n"
        )
    for (_, dtype, threads), group in groupby(wanted, key=lambda cell: _order(cell)[:3]):
        members = list(group)
        operation = members[0].problem.operation
        yield f"### {operation}, {dtype}, {threads_in_words(threads)}\n\n" + _table(members)


def _table(cells: Sequence[Cell]) -> str:
    fast = any(cell.entry(WINOGRAD) for cell in cells)
    heads = ["", "C", *(["Winograd"] if fast else []), "NumPy", "own call", "best formulation"]
    heads += ["C ×", "NumPy ×"]
    rows = []
    for cell in cells:
        named = f"{cell.problem.name}, " if cell.problem.name else ""
        ours = [C, *([WINOGRAD] if fast else []), NUMPY]
        own, best = cell.fastest(own_call), cell.fastest(anybody)
        row = [
            named + cell.problem.sizes,
            *(_time_and_share(cell, cell.entry(name)) for name in ours),
            _time_and_name(own),
            _time_and_name(best),
            *(_ratio_text(ratio(cell, name, anybody)) for name in (C, NUMPY)),
        ]
        rows.append(f"| {' | '.join(row)} |")
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    return head + "\n".join(rows) + "\n"


def _not_timed(cells: Iterable[Cell]) -> str:
    """Return how often who was wrong, failed or was left out, and why."""
    counts: dict[tuple[str, str, str], int] = {}
    for cell in cells:
        for entry in cell.entries:
            if entry.status is not Status.TIMED:
                key = (entry.contender, str(entry.status), entry.note)
                counts[key] = counts.get(key, 0) + 1
    lines = [
        f"| {who} | {status} | {count} | {note} |"
        for (who, status, note), count in sorted(counts.items())
    ]
    if not lines:
        return "## Not timed\n\nNobody was wrong, failed or was left out.\n"
    return "## Not timed\n\n| who | | cells | why |\n|---|---|---|---|\n" + "\n".join(lines) + "\n"


def _order(cell: Cell) -> tuple[int, str, int, int, tuple[int, ...], tuple[int, ...], str, int]:
    problem = cell.problem
    size = problem.input[0] * problem.input[-1] if problem.workload == "planes" else 0
    return (
        OPERATIONS.index(problem.operation),
        problem.dtype,
        cell.threads,
        min(size, LARGE[0] * LARGE[1]),
        problem.spec.kernel_shape if size else (),
        problem.spec.stride if size else (),
        problem.name,
        problem.images,
    )


def _time_and_share(cell: Cell, entry: Entry | None) -> str:
    if entry is None:
        return "–"
    return f"{spelled(entry.seconds)} ({share_in_words(cell.limit_seconds / entry.seconds)})"


def _time_and_name(entry: Entry | None) -> str:
    return f"{spelled(entry.seconds)}, {entry.contender}" if entry else "–"


def _ratio_text(found: float | None) -> str:
    if found is None:
        return "–"
    return f"**{ratio_in_words(found)}**" if found < 1 else ratio_in_words(found)
