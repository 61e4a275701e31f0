"""Fast tiles beside direct sums and PyTorch, speed and error: `python -m benchmarks.tiles`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import geometric_mean
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.aims import pytorch
from benchmarks.summary import ratio
from symconv.algebra.rounding import UNIT_ROUNDOFF, rounding_of
from symconv.algebra.toom_cook import toom_cook
from symconv.bench.contender import Contender
from symconv.bench.measure import Bench
from symconv.bench.problem import OPERATIONS, Problem
from symconv.bench.record import Cell
from symconv.bench.registry import CONTENDERS
from symconv.bench.symconv_calls import kernel_of
from symconv.bench.view import ratio_in_words, spelled
from symconv.codegen.kernel import Kernel
from symconv.facade import load
from symconv.spec import ConvSpec

WIDTH: Final = 150
TILES: Final = (2, 4, 6)
NAMES: Final = {"direct": None, **{f"F({tile}x{tile}, 3x3)": tile for tile in TILES}}
SPEC: Final = ConvSpec(kernel_shape=(3, 3), padding=1)


def _layer(name: str, images: int, inputs: int, outputs: int, size: int) -> Problem:
    return Problem(
        spec=SPEC,
        operation="forward",
        input=(size, size),
        layout="batched",
        images=images,
        inputs=inputs,
        outputs=outputs,
        name=name,
    )


LAYERS: Final = (
    _layer("VGG-11 conv2_1", 4, 64, 64, 50),
    _layer("VGG-16 conv3_2", 1, 256, 256, 56),
    _layer("VGG-19 conv4_1", 1, 256, 512, 28),
    _layer("ResNet-50 res3 2b", 4, 128, 128, 28),
    _layer("ResNet-50 res5 2b", 8, 512, 512, 7),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code 0; print how fast the tiles are, or how exact.

    Args:
        arguments: of the command line; by default those of the process.
    """
    parser = ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__)
    parser.add_argument("what", choices=("speed", "error"))
    parser.add_argument("--target", default="c", choices=("c", "numpy"))
    parser.add_argument("--layer", type=int, action="append", choices=range(len(LAYERS)))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    layers = [LAYERS[number] for number in options.layer or range(len(LAYERS))]
    table = (
        error_table()
        if options.what == "error"
        else speed_table(cells_of(layers, target=options.target, threads=options.threads))
    )
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)
    return 0


def contenders_of(target: str) -> tuple[Contender, ...]:
    """Return direct sums and every tile of a target, and PyTorch's own call."""
    ours = [
        kernel_of(name, f"target {target}, direct sums", target=target)
        if tile is None
        else kernel_of(
            name, f"target {target}, tiles", target=target, algorithm="winograd", tile=tile
        )
        for name, tile in NAMES.items()
    ]
    return *ours, *(each for each in CONTENDERS if each.name == "PyTorch" and each.installed)


def cells_of(layers: Sequence[Problem], *, target: str, threads: int) -> Iterator[Cell]:
    """Yield what each layer and operation takes, everybody checked first."""
    bench = Bench(contenders_of(target))
    for layer in layers:
        for operation in OPERATIONS[:3]:
            yield from bench.cells(replace(layer, operation=operation), threads=[threads])


def speed_table(cells: Iterator[Cell]) -> Table:
    """Return how many times slower PyTorch is than direct sums and than tiles, float32."""
    table = Table(title="How many times slower PyTorch is, medians of interleaved rounds")
    for head in ("layer", "operation", "PyTorch", *NAMES):
        table.add_column(head)
    ratios: dict[str, list[float]] = {name: [] for name in NAMES}
    for cell in cells:
        found = {name: ratio(cell, name, pytorch) for name in NAMES}
        for name, each in found.items():
            ratios[name] += [] if each is None else [each]
        rival = cell.fastest(pytorch)
        table.add_row(
            cell.problem.name,
            cell.problem.operation,
            spelled(rival.seconds) if rival else "–",
            *("–" if each is None else ratio_in_words(each) for each in found.values()),
        )
    means = [ratio_in_words(geometric_mean(each)) if each else "–" for each in ratios.values()]
    table.add_row("geometric mean", "", "", *means)
    return table


def error_table() -> Table:
    """Return the largest and the typical error of float32 against float64, and the bound.

    They are relative to max|x| times the sum of |w|, of y of a 3x3 layer with 64 channels, its
    entries normally distributed.
    """
    draws = np.random.default_rng(0)
    x = draws.standard_normal((2, 64, 30, 30), np.float32)
    w = draws.standard_normal((32, 64, 3, 3), np.float32)
    right = _kernel(None).forward(x.astype(np.float64), w.astype(np.float64))
    largest = float(abs(x).max()) * abs(w.astype(np.float64)).sum(axis=(1, 2, 3)).max()
    table = Table(title="Error of y against float64, over max|x| times the sum of |w|")
    for head in ("algorithm", "points", "amplification", "bound", "largest", "root mean square"):
        table.add_column(head)
    for name, tile in NAMES.items():
        errors = (_kernel(tile).forward(x, w) - right) / largest
        spread = float(np.sqrt(np.mean(errors**2)))
        cells = _a_priori(tile, channels=64)
        table.add_row(name, *cells, f"{abs(errors).max():.1e}", f"{spread:.1e}")
    return table


def _a_priori(tile: int | None, *, channels: int) -> tuple[str, str, str]:
    """Return points, amplification and bound."""
    if tile is None:
        unit = UNIT_ROUNDOFF["float32"] * channels * 9
        return "", "1", f"{float(unit / (1 - unit)):.1e}"
    axis = toom_cook(tile, 3)
    rounding = rounding_of([axis, axis])
    bound = float(rounding.bound("float32", summands=channels))
    points = ", ".join([*map(str, axis.points), "infinity"])
    return points, f"{float(rounding.amplification):.0f}", f"{bound:.1e}"


def _kernel(tile: int | None) -> Kernel:
    if tile is None:
        return load(SPEC, target="numpy", layout="batched")
    return load(SPEC, target="numpy", layout="batched", algorithm="winograd", tile=tile)


if __name__ == "__main__":
    sys.exit(main())
