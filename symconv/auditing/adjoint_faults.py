"""Faults of transposed convolutions that no axis tells of: layout of the kernel, groups, role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from symconv import reference
from symconv.auditing.arrays import Array
from symconv.auditing.fault import MEETING, Fault, Meaning, tagged, with_arrays
from symconv.auditing.question import Question
from symconv.errors import SpecError


def adjoint_faults() -> Iterator[Fault]:
    """Yield the faults of transposed convolutions that concern whole arrays.

    Example:
        >>> [fault.name for fault in adjoint_faults()]
        ['weight layout', 'groups', 'groups', 'not transposed']
    """
    meanings: tuple[tuple[str, str, Meaning], ...] = (
        (
            "weight layout",
            "the kernel (C_in, C_out/groups, ...) is read as (C_out, C_in/groups, ...)",
            _other_layout,
        ),
        ("groups", "input channels are dealt out to the groups in turn", _dealt_out),
        ("groups", "the groups of the kernel come in reverse order", _reversed_groups),
        ("not transposed", "the convolution is computed instead of its adjoint", _not_transposed),
    )
    for name, sentence, meaning in meanings:
        yield Fault(name, sentence, meaning, MEETING, concerns=tagged("transposed"))


def _other_layout(question: Question, _: Array) -> Array | None:
    """Return what the kernel's numbers mean in the layout of a convolution."""
    if question.case.layout == "plane":
        return None
    groups = question.case.spec.groups
    weight = question.arrays.get("weight", question.expected)
    inner, outer, *taps = weight.shape[0] // groups, *weight.shape[1:]
    if question.role == "grad_weight":
        turned = weight.reshape((groups, inner, outer, *taps)).swapaxes(1, 2)
        return turned.reshape((groups * outer, inner, *taps))
    read = weight.reshape((groups, outer, inner, *taps)).swapaxes(1, 2)
    return with_arrays(question, weight=read.reshape(weight.shape))


def _dealt_out(question: Question, _: Array) -> Array | None:
    """Return the answer where group g has the input channels g, g + groups, g + 2 groups, ..."""
    if question.case.layout == "plane":
        return None
    groups = question.case.spec.groups
    places = np.arange(question.case.in_channels).reshape((-1, groups)).T.ravel()
    if "input" in question.arrays:
        return with_arrays(question, input=question.arrays["input"][:, places])
    dealt = np.empty_like(question.expected)
    dealt[:, places] = question.expected
    return dealt


def _reversed_groups(question: Question, _: Array) -> Array | None:
    """Return the answer with the blocks of the kernel that belong to a group in reverse order."""
    if question.case.layout == "plane":
        return None
    weight = question.arrays.get("weight", question.expected)
    blocks = weight.reshape((question.case.spec.groups, -1, *weight.shape[1:]))[::-1]
    turned = np.asarray(blocks.reshape(weight.shape))
    return turned if question.role == "grad_weight" else with_arrays(question, weight=turned)


def _not_transposed(question: Question, _: Array) -> Array | None:
    """Return what the convolution with these sizes makes of the arrays, if their shapes fit."""
    spec = replace(question.case.concrete, transposed=False)
    try:
        return np.asarray(getattr(reference, question.operation)(spec, **question.keywords()))
    except SpecError:
        return None
