"""docs/benchmarks.md, written from the results: same results, same bytes; losses come first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from benchmarks.losses import Loss, losses
from benchmarks.page_tables import calls_table, cell_tables, generation_table, not_timed_table
from benchmarks.results import Results
from benchmarks.summary import Outcome, bandwidth, generating, outcomes
from symconv.bench.contender import Contender
from symconv.bench.registry import CONTENDERS
from symconv.bench.roofline import MATRIX
from symconv.bench.view import (
    amount,
    missing_line,
    ratio_in_words,
    share_in_words,
    threads_in_words,
)

CHARTS: Final = {
    "planes": "How many times faster than the best formulation of anybody, planes",
    "kernels": "How many times faster than the best formulation of anybody, by kernel",
    "layers": "How many times faster than PyTorch, layers",
    "generation": "What generating the gradient of one image takes",
}
GENERATION_AIM: Final = 20
GENERATION_IMAGE: Final = 28
INTRODUCTION: Final = """\
# Benchmarks

This page is what {command} wrote, in {minutes} minutes on the machine below.
Everybody gets the same arrays, is compared with the definition in float64 first, and is timed only
if right. Then all take turns; the median of the rounds counts, and ratios are of medians of the
same rounds. Times mean little elsewhere, ratios more. `symconv bench -p 3 -q 3 --input 224x224`
asks the same of one convolution of yours, on your machine, against what is installed there.

Arrays are moved to a library, code is compiled and sizes are worked out before timing. One thread
means one core for the whole process. No graphics cards. The best formulation is the fastest of all
rivals in the list of who takes part, with its name in every row.

A share is that of the limit that binds: the time of a copy that moves as many bytes as the
operation must, or that of its multiplications and additions at the rate of a {matrix}×{matrix}
product of matrices, both measured in the same rounds. Winograd's algorithm and products of spectra
multiply less, and may pass 100 %.
"""
SCHEMA_TEXT: Final = """\
## The JSON

`--json FILE` writes all of it, `--from FILE` makes this page and the charts again, of several files
joined where it is repeated; a long run may be made in pieces, by workload. `schema` is 1.
`machine` is text by name, `limits` what the machine can do by number of threads, `missing` the
packages that were not there, `complete` false after an interruption. Each of `cells` has a
`problem` (operation, spec, input, layout, images, inputs, outputs, dtype, workload, name),
`threads`, `copy_seconds` (copying as many bytes), `gemm_flops` (per second) and `entries`:
contender, package, kind, status ("timed", "wrong", "failed", "left out"), samples (seconds per
call, one a round), error (in units of what is allowed), note. Each of `generation` has engine,
image (its side), seconds, right, note. Each of `calls` has target, layout, operation, given,
seconds, plain (of the call on ready arrays), copy, rival (PyTorch's), right, note.
"""


WORKLOADS: Final = {
    "planes": "Planes",
    "kernels": "Large and narrow kernels",
    "signals": "Signals",
    "volumes": "Volumes",
    "layers": "Layers",
    "channels": "Few channels, many groups",
}


def page(results: Results) -> str:
    """Return the whole page."""
    run = results.run
    parts = [
        INTRODUCTION.format(
            command=f"`{run.command}`", minutes=f"{run.seconds / 60:.1f}", matrix=MATRIX
        ),
        "" if run.complete else "The run was ended early; what it had measured is here.\n",
        _losses(results),
        _summary(results),
        _charts(results),
        calls_table(results.calls),
        _machine(results),
        _who(CONTENDERS),
        generation_table(results.generations),
        *chain.from_iterable(
            cell_tables(title, name, run.cells) for name, title in WORKLOADS.items()
        ),
        not_timed_table(run.cells),
        SCHEMA_TEXT,
    ]
    return "\n".join(part for part in parts if part)


def _losses(results: Results) -> str:
    """Return where a rival is faster, and who; the largest shares of lost cells first."""
    if not results.run.cells:
        return ""
    found = losses(results.run.cells)
    if not found:
        return "## Losses\n\nNobody was faster than C or NumPy in any cell.\n"
    head = (
        "## Losses\n\nWhere the best formulation of anybody is faster, how often and by how much; "
        "below 1 symconv is slower.\n\n"
        "| what | target | threads | lost | worst cell | to whom |\n|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(map(_loss_row, found)) + "\n"


def _loss_row(each: Loss) -> str:
    rivals = ", ".join(f"{name} {count}" for name, count in each.rivals)
    title = WORKLOADS.get(each.workload, each.workload).lower()
    return (
        f"| {title}, {each.operation} | {_target(each.contender)} | {each.threads} | "
        f"{each.lost} of {each.cells} | **{ratio_in_words(each.worst)}** of {each.rival}: "
        f"{each.where} | {rivals} |"
    )


def _machine(results: Results) -> str:
    run = results.run
    lines = [f"| {word} | {value} |" for word, value in run.machine.items()]
    for limit in run.limits:
        rates = ", ".join(f"{amount(rate)}flop/s {name}" for name, rate in limit.gemm_flops.items())
        value = f"copy {amount(limit.copy_bytes)}B/s; products {rates}"
        lines.append(f"| {threads_in_words(limit.threads)} | {value} |")
    missing = "".join(f"\n{missing_line(name)}." for name in run.missing)
    return "## The machine\n\n| | |\n|---|---|\n" + "\n".join(lines) + "\n" + missing


def _who(contenders: Sequence[Contender]) -> str:
    """Return who takes part, and what each computes; a cell names those of them who are right."""
    rows = [f"| {each.name} | {each.kind} | {each.does} |" for each in contenders]
    return (
        "## Who takes part\n\n`--peers` chooses by library.\n\n"
        "| who | as | what it computes |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _summary(results: Results) -> str:
    """Return the aims with what was reached, those that are missed first."""
    cells = results.run.cells
    found = sorted(outcomes(cells), key=lambda each: not each.missed)
    rows = [_summary_row(each) for each in found]
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
        "## Aims\n\nHow many times as fast as the rival named, over all cells measured; above 1 "
        "symconv is faster. A cell is\nlost where it is below 1.\n\n"
        "| against | target | threads | aim | geometric mean | worst cell | lost | |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n" if rows else ""


def _summary_row(each: Outcome) -> str:
    aim = f"{each.target:g}" if each.target else ""
    aim += f", no cell below {each.least:g}" if each.least else ""
    return (
        f"| {each.what} | {_target(each.contender)} | {each.threads} | {aim} | "
        f"**{ratio_in_words(each.reached)}** | {ratio_in_words(each.worst)} of {each.rival}: "
        f"{each.where} | {each.lost} of {each.cells} | {_verdict(each)} |"
    )


def _target(contender: str) -> str:
    return contender.removeprefix("symconv ")


def _verdict(each: Outcome) -> str:
    if not each.target:
        return ""
    return "missed" if each.missed else "reached"


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
