"""Charts of the results as SVG: colours of Okabe and Ito, a marker for each, the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from math import prod
from statistics import geometric_mean
from typing import TYPE_CHECKING, Any, Final

from benchmarks.aims import Rivals, anybody, pytorch
from benchmarks.page import CHARTS, chart_names
from benchmarks.summary import ratio
from symconv.bench.problem import OPERATIONS
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C
from symconv.notation import write_sizes

if TYPE_CHECKING:
    from benchmarks.results import Results
    from symconv.bench.problem import Problem
    from symconv.bench.record import Cell
    from symconv.sizes import Shape

COLOURS: Final = {C: "#0072B2", NUMPY: "#D55E00", WINOGRAD: "#009E73"}
MARKERS: Final = {C: "o", NUMPY: "s", WINOGRAD: "^"}
ENGINES: Final = (
    ("#D55E00", "s"),
    ("#0072B2", "o"),
    ("#000000", "x"),
    ("#009E73", "^"),
    ("#CC79A7", "D"),
)
SETTINGS: Final[dict[str, Any]] = {
    "svg.hashsalt": "symconv",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e0e0e0",
    "grid.linewidth": 0.6,
}
SHIFT: Final = {C: -0.12, NUMPY: 0.12, WINOGRAD: 0.0}
EVEN: Final = "#444444"


def charts(results: Results) -> dict[str, str]:
    """Return the charts there are cells for, SVG by file name."""
    draw: dict[str, Callable[[Results], str]] = {
        "planes": _planes,
        "kernels": _kernels,
        "layers": _layers,
        "generation": _generation,
    }
    return {f"bench-{name}.svg": draw[name](results) for name in chart_names(results)}


def _planes(results: Results) -> str:
    """Return, for each operation, the ratio to the best formulation by size of the image."""
    return _by_sizes(results, "planes", lambda problem: problem.input, width=9.6)


def _kernels(results: Results) -> str:
    """Return, for each operation, the ratio to the best formulation by size of the kernel."""
    return _by_sizes(results, "kernels", lambda problem: problem.spec.kernel_shape, width=16)


def _by_sizes(
    results: Results, workload: str, sizes: Callable[[Problem], Shape], *, width: float
) -> str:
    """Return a panel for each operation, with a place for each of some sizes, smallest first."""
    cells = [cell for cell in results.run.cells if cell.problem.workload == workload]
    places = sorted({sizes(cell.problem) for cell in cells}, key=lambda each: (prod(each), each))
    names = [write_sizes(each).replace("x", "×") for each in places]
    with _figure(workload, cells, (width, 3.4)) as (panels, figure):
        for axes, operation in panels:
            shown = [_of(cells, operation, sizes, each) for each in places]
            for contender in (C, NUMPY):
                groups = [_ratios(each, contender, anybody) for each in shown]
                _dots(axes, contender, groups)
            axes.set_xticks(range(len(places)), names, rotation=35, ha="right")
        return _svg(figure)


def _layers(results: Results) -> str:
    """Return, for each operation, the ratio to PyTorch's own call by layer."""
    cells = [cell for cell in results.run.cells if cell.problem.workload == "layers"]
    names = sorted({cell.problem.name for cell in cells})
    with _figure("layers", cells, (9.6, 1.6 + 0.2 * len(names)), share_y=True) as (panels, figure):
        for axes, operation in panels:
            shown = [_of(cells, operation, lambda problem: problem.name, each) for each in names]
            for contender in (C, NUMPY, WINOGRAD):
                groups = [_ratios(each, contender, pytorch) for each in shown]
                _dots(axes, contender, groups, upright=False)
            axes.set_yticks(range(len(names)), names)
            axes.set_ylim(len(names) - 0.5, -0.5)
        return _svg(figure)


def _generation(results: Results) -> str:
    """Return what each engine takes by size of the image."""
    from matplotlib.ticker import NullLocator

    found = [each for each in results.generations if each.seconds]
    engines = list(dict.fromkeys(each.engine for each in found))
    images = sorted({each.image for each in found})
    with _figure("generation", [], (5.6, 3.4)) as (panels, figure):
        axes = next(panels)[0]
        for engine, (colour, marker) in zip(engines, ENGINES, strict=False):
            points = [(each.image, each.seconds) for each in found if each.engine == engine]
            axes.plot(*zip(*points, strict=True), color=colour, marker=marker, label=engine)
        axes.set_yscale("log")
        axes.set_xscale("log")
        axes.set_xticks(images, [f"{image}×{image}" for image in images])
        axes.xaxis.set_minor_locator(NullLocator())
        _plain_numbers(axes.yaxis)
        axes.set_ylabel("seconds")
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
        return _svg(figure)


def _of(
    cells: Sequence[Cell], operation: str, key: Callable[[Problem], object], value: object
) -> list[Cell]:
    """Return the cells of an operation whose problem has some value."""
    return [
        cell for cell in cells if cell.problem.operation == operation and key(cell.problem) == value
    ]


def _ratios(cells: Sequence[Cell], contender: str, rivals: Rivals) -> list[float]:
    """Return the ratios of the cells that have one, sorted."""
    found = (ratio(cell, contender, rivals) for cell in cells)
    return sorted(each for each in found if each is not None)


def _dots(
    axes: Any, contender: str, groups: Sequence[Sequence[float]], *, upright: bool = True
) -> None:
    """Draw a small dot for every ratio and a large one for the geometric mean of each group."""
    look = {"color": COLOURS[contender], "marker": MARKERS[contender], "linestyle": "none"}
    small = [
        (place + SHIFT[contender], each) for place, group in enumerate(groups) for each in group
    ]
    large = [
        (place + SHIFT[contender], geometric_mean(group))
        for place, group in enumerate(groups)
        if group
    ]
    for points, size, alpha, label in ((small, 2.5, 0.35, None), (large, 6, 1, contender)):
        if points:
            places, values = zip(*points, strict=True)
            pair = (places, values) if upright else (values, places)
            axes.plot(*pair, **look, markersize=size, alpha=alpha, markeredgewidth=0, label=label)
    if upright:
        axes.set_yscale("log")
        axes.axhline(1, color=EVEN, linewidth=1)
        _plain_numbers(axes.yaxis)
    else:
        axes.set_xscale("log")
        axes.axvline(1, color=EVEN, linewidth=1)
        _plain_numbers(axes.xaxis)


def _plain_numbers(axis: Any) -> None:
    """Write 0.2, 0.5, 1, 2, 5 and so on along a logarithmic axis, a dozen at most."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


@contextmanager
def _figure(
    name: str, cells: Sequence[Cell], size: tuple[float, float], *, share_y: bool = False
) -> Iterator[tuple[Iterator[tuple[Any, str]], Any]]:
    """Give a panel for each operation of the cells, or one; the title and legend come after."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    there = {cell.problem.operation for cell in cells}
    operations: list[str] = [each for each in OPERATIONS if each in there] or [""]
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        found = figure.subplots(1, len(operations), sharey=True, sharex=share_y, squeeze=False)[0]
        for axes, operation in zip(found, operations, strict=True):
            axes.set_title(operation, fontsize=9)
        figure.suptitle(CHARTS[name] + ("" if not cells else "; below 1 it is slower"), fontsize=10)
        yield iter(list(zip(found, operations, strict=True))), figure


def _svg(figure: Any) -> str:
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if labels and figure.axes[0].get_legend() is None:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    return "\n".join(lines) + "\n"
