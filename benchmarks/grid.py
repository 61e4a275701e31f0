"""What is measured, and how much of it a preset takes.

Planes of small kernels; layers of well-known networks (layers.toml); large and narrow kernels,
signals, volumes, and layers of few channels or many groups (shapes.toml).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Final

from symconv.bench.problem import DTYPES, OPERATIONS, Problem
from symconv.notation import read_sizes, read_spec
from symconv.sizes import Shape
from symconv.spec import ConvSpec

LAYERS: Final = Path(__file__).with_name("layers.toml")
SHAPES: Final = Path(__file__).with_name("shapes.toml")
OF_SHAPES: Final = ("kernels", "signals", "volumes", "channels")
LARGE: Final[Shape] = (1080, 1920)
IMAGES: Final[tuple[Shape, ...]] = ((8, 8), (28, 28), (112, 112), (224, 224), LARGE)
KERNELS: Final[tuple[Shape, ...]] = ((1, 1), (2, 2), (3, 3), (5, 5), (7, 7))
STRIDES: Final = (1, 2, 3)
SIZES: Final = ("kernel", "stride", "padding", "groups")
MOST_PRODUCTS: Final = 60_000_000
LEAST_SIDE: Final = 14


@dataclass(frozen=True, kw_only=True)
class Preset:
    """How much of the grid is measured.

    Attributes:
        minutes: about how long that takes on two cores with all peers.
        images, kernels, strides, operations: of the planes.
        large: the (kernel, stride) pairs measured at 1080x1920.
        double: the (kernel, stride) pairs measured in float64, too.
        every: one layer of so many is measured, and one of so many other shapes.
        batches: the numbers of images of a layer.
        generation: the images for which a gradient is generated.
        seconds: what the turns at one problem may take.
    """

    minutes: float
    images: tuple[Shape, ...] = IMAGES
    kernels: tuple[Shape, ...] = KERNELS
    strides: tuple[int, ...] = STRIDES
    operations: tuple[str, ...] = OPERATIONS
    large: tuple[tuple[Shape, int], ...] = ()
    double: tuple[tuple[Shape, int], ...] = ()
    every: int = 1
    batches: tuple[int, ...] = (1,)
    generation: tuple[int, ...] = (8, 16, 28)
    seconds: float = 0.15


PRESETS: Final = {
    "quick": Preset(
        minutes=4,
        images=((8, 8), (28, 28), (224, 224)),
        kernels=((3, 3),),
        strides=(1, 2),
        operations=OPERATIONS[:3],
        every=8,
        generation=(8, 16),
        seconds=0.1,
    ),
    "default": Preset(
        minutes=25,
        kernels=((2, 2), (3, 3), (5, 5)),
        strides=(1, 2),
        large=(((3, 3), 1), ((5, 5), 2)),
        double=(((3, 3), 1),),
        every=3,
    ),
    "full": Preset(
        minutes=90,
        large=(((1, 1), 1), ((3, 3), 1), ((3, 3), 2), ((3, 3), 3), ((5, 5), 1), ((7, 7), 2)),
        double=(((3, 3), 1), ((3, 3), 2), ((5, 5), 1)),
        batches=(1, 4),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What of the grid is wanted; empty for everything.

    Attributes:
        operations: names of operations.
        images: sizes of planes.
        kernels: kernel sizes.
        dtypes: names of types.
    """

    operations: tuple[str, ...] = ()
    images: tuple[Shape, ...] = ()
    kernels: tuple[Shape, ...] = ()
    dtypes: tuple[str, ...] = ()

    def takes(self, problem: Problem) -> bool:
        """Return whether a problem is wanted."""
        pairs = (
            (problem.operation, self.operations),
            (problem.input, self.images),
            (problem.spec.kernel_shape, self.kernels),
            (problem.dtype, self.dtypes),
        )
        return all(value in wanted for value, wanted in pairs if wanted)


def planes(preset: Preset) -> list[Problem]:
    """Return the planes of a preset, float32 before float64."""
    found = []
    grid = product(preset.operations, preset.kernels, preset.strides, preset.images)
    for operation, kernel, stride, image in grid:
        if image == LARGE and (kernel, stride) not in preset.large:
            continue
        problem = Problem(
            spec=ConvSpec(kernel_shape=kernel, stride=stride),
            operation=operation,
            input=image,
            workload="planes",
        )
        found.append(problem)
        if (kernel, stride) in preset.double:
            found.append(replace(problem, dtype="float64"))
    return sorted(found, key=lambda problem: problem.dtype)


def layers(preset: Preset, *, path: Path = LAYERS) -> list[Problem]:
    """Return the layers of a preset, large images halved until a layer is small enough."""
    chosen = tomllib.loads(path.read_text(encoding="utf-8"))["layer"][:: preset.every]
    found = []
    for operation, layer, images in product(preset.operations, chosen, preset.batches):
        words = {key: layer[key] for key in SIZES if key in layer}
        problem = Problem(
            spec=read_spec(**words),
            operation=operation,
            input=read_sizes("input", layer["input"]),
            layout="batched",
            images=images,
            inputs=layer["inputs"],
            outputs=layer["outputs"],
            workload="layers",
            name=layer["name"],
        )
        found.append(scaled(problem))
    return found


def shapes(preset: Preset, *, workload: str, path: Path = SHAPES) -> list[Problem]:
    """Return the problems of one of OF_SHAPES, float32 before float64.

    Args:
        preset: how many of them.
        workload: which.
        path: the file they are read from.
    """
    found = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))[workload]:
        for kernel, dtype in product(entry["kernels"], entry.get("dtypes", DTYPES[:1])):
            words = {key: entry[key] for key in SIZES if key in entry}
            sizes = read_sizes("input", entry["input"])
            layered = "inputs" in entry
            problem = Problem(
                spec=read_spec(**{**words, "kernel": kernel}).at(sizes),
                operation="forward",
                input=sizes,
                layout="batched" if layered else "plane",
                inputs=entry.get("inputs", 1),
                outputs=entry.get("outputs", 1),
                dtype=dtype,
                workload=workload,
                name=entry.get("name", ""),
            )
            found.append(problem)
    kept = sorted(found, key=lambda problem: problem.dtype)[:: preset.every]
    return [
        replace(problem, operation=operation) for operation in preset.operations for problem in kept
    ]


def scaled(problem: Problem) -> Problem:
    """Return a problem whose image is halved until it is small enough, or a side has 14 cells."""
    while _products(problem) > MOST_PRODUCTS and min(problem.input) // 2 >= LEAST_SIDE:
        problem = replace(problem, input=tuple(size // 2 for size in problem.input))
    return problem


def _products(problem: Problem) -> int:
    """Return the multiplications of one image in the forward pass."""
    return replace(problem, operation="forward").flops // (2 * problem.images)
