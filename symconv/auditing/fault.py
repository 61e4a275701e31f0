"""Fault: a named wrong meaning of the operation, exact like the right one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import Axis, axes_of
from symconv.auditing.case import OPERATIONS, Case
from symconv.auditing.meetings import result_of
from symconv.auditing.question import Answer, Question
from symconv.sizes import Shape

FORWARD: Final = ("forward",)
GRAD_INPUT: Final = ("grad_input",)
GRAD_WEIGHT: Final = ("grad_weight",)
GRAD_BIAS: Final = ("grad_bias",)
MEETING: Final = FORWARD + GRAD_INPUT + GRAD_WEIGHT  # the operations with windows and taps

Meaning: TypeAlias = Callable[[Question, Array], Array | None]
Concern: TypeAlias = Callable[[Case], bool]


def all_cases(_: Case) -> bool:
    """Return True: a fault that can be seen in every case."""
    return True


def tagged(tag: str) -> Concern:
    """Return the concern of the cases with a tag."""
    return lambda case: tag in case.tags


@dataclass(frozen=True)
class Fault:
    """A class of faults.

    Attributes:
        name: of the class, such as "remainder dropped".
        sentence: what a kernel with this fault does.
        meaning: (question, answered array) -> what such a kernel returns; None where the fault
            says nothing about an answer of that shape.
        operations: which it exists in; of a transposed convolution, those of its adjoint.
        is_open: whether the meaning takes more than the shape from the answered array, such as a
            factor; it then counts only where no other fault does.
        concerns: which cases it can be seen in, if not in all.
    """

    name: str
    sentence: str
    meaning: Meaning
    operations: tuple[str, ...] = OPERATIONS
    is_open: bool = False
    concerns: Concern = all_cases

    def explains(self, answer: Answer) -> bool:
        """Return whether the answer is what a kernel with this fault returns, in every entry."""
        question = answer.question
        if answer.got is None or question.role not in self.operations:
            return False
        if not self.concerns(question.case):
            return False
        meant = self.meaning(question, answer.got)
        if meant is None or meant.shape != answer.got.shape:
            return False
        if meant.dtype.kind == "f":  # a factor such as 1/3; the verdict itself knows no tolerance
            got = answer.got.astype(np.complex128)
            return bool(np.allclose(meant, got, rtol=1e-6, atol=0))
        return bool(np.array_equal(meant, answer.got))

    def spares(self, question: Question) -> bool:
        """Return whether a kernel with this fault answers the question rightly all the same."""
        if not self.concerns(question.case):
            return True
        meant = self.meaning(question, question.expected)
        return meant is None or np.array_equal(meant, question.expected)


def axes_answered(question: Question, got: Array) -> tuple[Axis, ...] | None:
    """Return the axes with the spatial sizes of the answer; None if it differs in more than these.

    A kernel that gets a size wrong returns another shape; its entries can be right or wrong still.
    """
    sizes = spatial(question, got.shape)
    right = question.expected.shape
    if got.ndim != len(right) or got.shape[: got.ndim - len(sizes)] != right[: -len(sizes)]:
        return None
    return axes_of(question, sizes)


def spatial(question: Question, shape: Sequence[int]) -> Shape:
    """Return the spatial sizes of an array's shape, its last ones."""
    return tuple(shape[-question.case.spec.axes :])


def with_axes(change: Callable[[tuple[Axis, ...]], Sequence[Array]]) -> Meaning:
    """Return the meaning whose tables come from the axes by `change`."""

    def meaning(question: Question, got: Array) -> Array | None:
        axes = axes_answered(question, got)
        return None if axes is None else result_of(question, change(axes))

    return meaning


def with_arrays(question: Question, **arrays: Array) -> Array:
    """Return the right operation on other arrays than those of the question."""
    tables = [axis.meetings() for axis in axes_of(question)]
    return result_of(question, tables, arrays={**question.arrays, **arrays})
