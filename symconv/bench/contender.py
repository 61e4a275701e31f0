"""Somebody who computes an operation: who, in which formulation, and how it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Any, TypeAlias

from symconv.bench.operands import Operands

Call: TypeAlias = Callable[[], Any]


class Kind(StrEnum):
    """What a formulation is to its library."""

    OURS = "symconv"
    OWN = "own call"
    BEST = "formulation"
    NUMPY = "NumPy only"


class LeftOut(Exception):  # noqa: N818  not a fault: a contender cannot take part, and says why
    """A contender does not take part in a problem, and says why."""


@dataclass(frozen=True)
class Contender:
    """One way to compute operations.

    Attributes:
        name: what the tables call it.
        package: the module that must be importable.
        kind: what the formulation is to its library.
        prepare: (operands, threads) -> the call to be timed, which takes nothing and returns an
            array, or a tuple of them for "backward"; None where it has no such operation. What a
            user would do once, such as moving arrays to the library, is done here.
        does: what it computes in which problems, and what of it counts, a sentence.
        threaded: whether the call depends on the number of threads it was prepared for.
        peer: what `peers` calls it, where that is not the package.
    """

    name: str
    package: str
    kind: Kind
    prepare: Callable[[Operands, int], Call | None]
    does: str
    threaded: bool = False
    peer: str = ""

    @property
    def called(self) -> str:
        """The name by which `peers` chooses it."""
        return self.peer or self.package

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.package) is not None


def by_operation(
    operands: Operands,
    *,
    forward: Call,
    grad_input: Call,
    grad_weight: Call,
) -> Call:
    """Return the call of the operation; "backward" is both gradients and the sum of dy."""
    dy = operands.dy4
    over = (0, *range(2, dy.ndim))
    return {
        "forward": forward,
        "grad_input": grad_input,
        "grad_weight": grad_weight,
        "backward": lambda: (grad_input(), grad_weight(), dy.sum(axis=over)),
    }[operands.problem.operation]
