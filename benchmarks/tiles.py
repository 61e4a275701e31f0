"""Fast tiles beside direct sums and PyTorch, speed and error: `python -m benchmarks.tiles`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from statistics import geometric_mean
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from benchmarks.layers import Layer, layer_of, pytorch_calls
from benchmarks.timing import interleaved
from symconv.algebra.rounding import UNIT_ROUNDOFF, rounding_of
from symconv.algebra.toom_cook import toom_cook
from symconv.codegen.kernel import Kernel
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

ROUNDS: Final = 5
WIDTH: Final = 150
TILES: Final = (2, 4, 6)
OPERATIONS: Final = ("forward", "grad_input", "grad_weight")
PYTORCH: Final = "PyTorch"
DIRECT: Final = "direct"
LAYERS: Final = (
    layer_of("VGG-11 conv2_1", 4, "64-64", 50, 3, padding=1),
    layer_of("VGG-16 conv3_2", 1, "256-256", 56, 3, padding=1),
    layer_of("VGG-19 conv4_1", 1, "256-512", 28, 3, padding=1),
    layer_of("ResNet-50 res3 2b", 4, "128-128", 28, 3, padding=1),
    layer_of("ResNet-50 res5 2b", 8, "512-512", 7, 3, padding=1),
)
Arrays = Mapping[str, npt.NDArray[Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code 0; print how fast the tiles are, or how exact.

    Args:
        arguments: of the command line; by default those of the process.
    """
    parser = ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__)
    parser.add_argument("what", choices=("speed", "error"))
    parser.add_argument("--target", default="c", choices=("c", "numpy"))
    parser.add_argument("--layer", type=int, action="append", choices=range(len(LAYERS)))
    options = parser.parse_args(arguments)
    layers = [LAYERS[number] for number in options.layer or range(len(LAYERS))]
    table = error_table() if options.what == "error" else speed_table(layers, options.target)
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)
    return 0


def speed_table(layers: Sequence[Layer], target: str) -> Table:
    """Return how many times slower PyTorch is than direct sums and than tiles, float32."""
    threads = import_module("torch").get_num_threads() if find_spec("torch") else 0
    table = Table(
        title=f"How many times slower PyTorch is, target {target}, {threads} threads, medians of "
        f"{ROUNDS} interleaved rounds"
    )
    for head in ("layer", "operation", f"{PYTORCH}, ms", DIRECT, *_names()):
        table.add_column(head)
    ratios: dict[str, list[float]] = {name: [] for name in (DIRECT, *_names())}
    for layer in layers:
        arrays = _arrays(layer)
        kernels = {
            name: _kernel(layer, target, tile)
            for name, tile in zip(ratios, (None, *TILES), strict=True)
        }
        theirs = pytorch_calls(layer.spec, *arrays.values())
        for operation in OPERATIONS:
            calls = {name: _call(kernel, operation, arrays) for name, kernel in kernels.items()}
            calls[PYTORCH] = theirs[operation]
            measured = interleaved(calls, rounds=ROUNDS)
            torch = measured.pop(PYTORCH)
            found = {name: torch.times_slower_than(each) for name, each in measured.items()}
            for name, ratio in found.items():
                ratios[name].append(ratio)
            cells = [f"{ratio:.2f}" for ratio in found.values()]
            table.add_row(layer.name, operation, f"{torch.seconds * 1e3:.1f}", *cells)
    means = [f"{geometric_mean(each):.2f}" for each in ratios.values()]
    table.add_row("geometric mean", "", "", *means)
    return table


def error_table() -> Table:
    """Return the largest and the typical error of float32 against float64, and the bound.

    They are relative to max|x| times the sum of |w|, of y of a 3x3 layer with 64 channels, its
    entries normally distributed.
    """
    layer = layer_of("", 2, "64-32", 30, 3, padding=1)
    arrays = _arrays(layer)
    x, w = arrays["x"].astype(np.float64), arrays["w"].astype(np.float64)
    right = _kernel(layer, "numpy", None).forward(x, w)
    largest = abs(x).max() * abs(w).sum(axis=(1, 2, 3)).max()
    table = Table(title="Error of y against float64, over max|x| times the sum of |w|")
    for head in ("algorithm", "points", "amplification", "bound", "largest", "root mean square"):
        table.add_column(head)
    for name, tile in zip((DIRECT, *_names()), (None, *TILES), strict=True):
        errors = (_kernel(layer, "numpy", tile).forward(arrays["x"], arrays["w"]) - right) / largest
        cells = _a_priori(tile, channels=64)
        spread = float(np.sqrt(np.mean(errors**2)))
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


def _names() -> list[str]:
    return [f"F({tile}x{tile}, 3x3)" for tile in TILES]


def _kernel(layer: Layer, target: str, tile: int | None) -> Kernel:
    algorithm = DIRECT if tile is None else "winograd"
    request = request_kernel(
        layer.spec, target=target, layout="batched", algorithm=algorithm, tile=tile
    )
    return build_of(request).load()


def _call(kernel: Kernel, operation: str, arrays: Arrays) -> Callable[[], Any]:
    x, w, dy = arrays.values()
    operands = {
        "forward": (x, w),
        "grad_input": (dy, w, x.shape),
        "grad_weight": (dy, x),
    }
    return partial(getattr(kernel, operation), *operands[operation])


def _arrays(layer: Layer) -> Arrays:
    draws, sizes = np.random.default_rng(0), (layer.size, layer.size)
    shapes = {
        "x": (layer.images, layer.inputs, *sizes),
        "w": (layer.outputs, layer.inputs, *layer.spec.kernel_shape),
        "dy": (layer.images, layer.outputs, *layer.spec.output_shape(sizes)),
    }
    return {name: draws.standard_normal(shape, np.float32) for name, shape in shapes.items()}


if __name__ == "__main__":
    sys.exit(main())
