"""A program that runs the functions for one input and compares them with stored integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.codegen.kernel import FixedShapes, GeneratedFile, Kernel
from symconv.render import render
from symconv.sizes import Shape

FACTOR: Final = 2654435761
BASE: Final = 31
SEEDS: Final[Mapping[str, int]] = {"x": 1 << 16, "w": 2 << 16, "b": 3 << 16, "dy": 4 << 16}


@dataclass(frozen=True)
class Filled:
    """An array that the program fills: its letter, its entries, and where its integers begin."""

    letter: str
    size: int
    seed: int


@dataclass(frozen=True)
class Compared:
    """A call, and the checksum of its result.

    Attributes:
        function: its name.
        arguments: those behind the result.
        size: entries of the result.
        expected: their checksum.
    """

    function: str
    arguments: str
    size: int
    expected: int


@dataclass(frozen=True)
class Main:
    """The context of c/main.c.jinja.

    Attributes:
        name: of the kernel.
        arrays: what is filled.
        largest: entries of the largest result.
        factor, base: of the integers, and of the checksum.
        calls: what is compared.
    """

    name: str
    arrays: tuple[Filled, ...]
    largest: int
    factor: int
    base: int
    calls: tuple[Compared, ...]


def main_file(name: str, shapes: FixedShapes, numpy: Kernel) -> GeneratedFile:
    """Return the program that checks a batched kernel for one input.

    Args:
        name: of the kernel.
        shapes: of its arrays.
        numpy: the NumPy kernel of the same spec, checked.
    """
    outputs = shapes.output[1:2]
    given = {"x": shapes.input, "w": shapes.weight, "b": outputs, "dy": shapes.output}
    x, w, b, dy = (_integers(shape, SEEDS[letter]) for letter, shape in given.items())
    results = {
        "forward": ("x, w, b", numpy.forward(x, w, b)),
        "grad_input": ("dy, w", numpy.grad_input(dy, w, shapes.input)),
        "grad_weight": ("dy, x", numpy.grad_weight(dy, x)),
        "grad_bias": ("dy", numpy.grad_bias(dy)),
    }
    context = Main(
        name=name,
        arrays=tuple(Filled(letter, prod(shape), SEEDS[letter]) for letter, shape in given.items()),
        largest=max(result.size for _, result in results.values()),
        factor=FACTOR,
        base=BASE,
        calls=tuple(
            Compared(function, arguments, result.size, _checksum(result))
            for function, (arguments, result) in results.items()
        ),
    )
    return GeneratedFile(f"{name}_main.c", render("c/main.c.jinja", context))


def _integers(shape: Shape, seed: int) -> npt.NDArray[Any]:
    """Return what `fill` of the program writes."""
    number = np.arange(prod(shape), dtype=np.uint32) * np.uint32(FACTOR) + np.uint32(seed)
    return ((number >> 16).astype(np.int64) % 5 - 2).reshape(shape)


def _checksum(result: npt.NDArray[Any]) -> int:
    """Return what `checksum` of the program returns."""
    total = 0
    for entry in result.reshape(-1).tolist():
        total = (total * BASE + entry) % 2**32
    return total
