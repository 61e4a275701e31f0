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


class LeftOut(Exception):  # noqa: N818  not a fault: a contender bows out, with a reason
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
        threaded: whether the call depends on the number of threads it was prepared for.
    """

    name: str
    package: str
    kind: Kind
    prepare: Callable[[Operands, int], Call | None]
    threaded: bool = False

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.package) is not None
