"""Where on its axes a wrong entry lies: which phase, border, copy, or cut, in words.

The words are those of the convolution; of a transposed one, where an output takes the place of a
cell of the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from symconv.auditing.axes import Axis, axes_of

if TYPE_CHECKING:
    from symconv.auditing.result import Failure


def where_of(failure: Failure) -> str:
    """Return which part of each axis a wrong entry lies in; "" where there is nothing to say.

    Example:
        >>> from symconv import ConvSpec, audit, reference
        >>> def dropped(spec, grad_output, weight, input_shape):
        ...     zeros = ConvSpec(kernel_shape=spec.kernel_shape, padding=spec.padding)
        ...     return reference.grad_input(zeros, grad_output, weight, input_shape)
        >>> spec = ConvSpec(kernel_shape=(2,), padding=1, padding_mode="reflect")
        >>> found = audit(dropped, operation="grad_input", space=[(spec, (3,))])
        >>> where_of(found.failures[0])
        'x[1] through its copy at -1 (reflect)'
    """
    if failure.at is None:
        return ""
    places, axes = failure.places, axes_of(failure.answer.question)
    count, transposed = len(axes), failure.case.spec.transposed
    found = []
    for number, axis in enumerate(axes):
        at = {role: index[-count:][number] for role, index in places.items()}
        if transposed:
            at = {**at, "cell": at.get("output", -1), "window": at.get("cell", -1)}
        words = _copy(axis, at, "y" if transposed else "x")
        words += _parts(axis, at, transposed=transposed)
        if words:
            found.append((f"axis {number}: " if count > 1 else "") + ", ".join(words))
    return "; ".join(found)


def _copy(axis: Axis, at: dict[str, int], letter: str) -> list[str]:
    """Return through which copy of a cell its window reads it, if that is known."""
    if axis.mode == "zeros" or not {"cell", "tap", "window"} <= set(at):
        return []
    read = int(axis.reads()[at["window"], at["tap"], 0])
    if 0 <= read < axis.input or axis.source(np.array(read)) != at["cell"]:
        return []
    return [f"{letter}[{at['cell']}] through its copy at {read} ({axis.mode})"]


def _parts(axis: Axis, at: dict[str, int], *, transposed: bool) -> Iterator[str]:
    """Yield the parts of the axis that a cell lies in."""
    if (cell := at.get("cell", -1)) < 0:
        return
    phase = (cell + axis.before) % axis.stride
    if axis.stride > 1:
        taps = sum(r * axis.dilation % axis.stride == phase for r in range(axis.kernel))
        gap = ", which no tap reaches" if not taps else ""
        yield f"phase {phase} of {axis.stride}{gap}"
    if transposed and cell >= axis.input - max(0, axis.before - axis.after):
        yield "among the cells of output_padding"
    if not transposed and cell < -axis.before:
        yield "among the cells cut off in front"
    if not transposed and cell >= axis.input + axis.after:
        yield "among the cells cut off at the end"
