"""Layers of a claim: which array belongs to which layer, and whether that is consistent.

Layer l reads a^(l-1) through w^l, puts out z^l before and a^l = f(z^l) behind its activation; its
delta is the gradient with respect to z^l. Some number a kernel by the layer it reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.verification.reading.operators.names import Layer, Named, told_role
from symconv.verification.reading.operators.priors import (
    BIASES,
    DELTAS,
    INPUT,
    KERNEL,
    OUTPUT,
    prior,
)
from symconv.verification.reading.operators.sketches import Sketch, Sloped, arrays_of, within
from symconv.verification.reading.roles import Told

UNUSUAL: Final = 0.5


@dataclass(frozen=True)
class Layering:
    """What the layers of a claim say.

    Attributes:
        wrong: why they cannot be right, or "".
        assumes: what they take for granted.
        cost: how unusual that is.
    """

    wrong: str = ""
    assumes: tuple[str, ...] = ()
    cost: float = 0.0


def layering(left: Named, right: Sketch, told: Told) -> Layering:
    """Return what the layers of left = right say."""
    arrays = dict.fromkeys(arrays_of(right))
    slopes = [part.layer for part in within(right) if isinstance(part, Sloped)]
    if not left.gradient:
        return _forward(left, list(arrays), told)
    upstream = next((a.layer for a in arrays if a.gradient and a.layer), None)
    if upstream is None:
        return Layering()
    values = [a for a in arrays if not a.gradient and a.base not in BIASES]
    by_kernel = _role(left, told) == KERNEL
    found = [_slopes(left, slopes)]
    if by_kernel:
        found += [_kernel(left, upstream), *(_input(value, upstream) for value in values)]
    else:
        found += [_below(left, upstream, slopes), *(_kernel(value, upstream) for value in values)]
    wrong = next((one.wrong for one in found if one.wrong), "")
    assumes = tuple(dict.fromkeys(text for one in found for text in one.assumes))
    return Layering(wrong, assumes, sum(one.cost for one in found))


def _role(array: Named, told: Told) -> str:
    said = told_role(array, told)
    if said:
        return KERNEL if said == KERNEL else INPUT
    if array.base in DELTAS:
        return INPUT
    return min((INPUT, KERNEL), key=lambda role: prior(array.base, role))


def _apart(one: Layer | None, other: Layer | None) -> int | None:
    return one - other if one is not None and other is not None else None


def _below(left: Named, upstream: Layer, slopes: list[Layer | None]) -> Layering:
    apart = _apart(left.layer, upstream)
    if apart is None or apart == -1:
        if left.base in DELTAS and not slopes and apart == -1:
            return Layering(assumes=(f"layer {left.layer} has no activation",), cost=UNUSUAL)
        return Layering()
    if apart == 0 and left.base not in DELTAS:
        return Layering(assumes=(f"{left.shown} is with respect to what layer {upstream} reads",))
    return Layering(
        f"a gradient of layer {left.layer} comes from layer {_up(left)}, not from {upstream}"
    )


def _up(left: Named) -> Layer:
    assert left.layer is not None
    return Layer(left.layer.letter, left.layer.number + 1)


def _kernel(kernel: Named, upstream: Layer) -> Layering:
    apart = _apart(kernel.layer, upstream)
    if apart is None or apart == 0:
        return Layering()
    if apart == -1:
        return Layering(assumes=(f"{_base(kernel)} leads from layer {kernel.layer} to the next",))
    return Layering(f"the kernel between is that of layer {upstream}, not of layer {kernel.layer}")


def _base(array: Named) -> str:
    return f"{array.base}^{array.layer}"


def _input(value: Named, upstream: Layer) -> Layering:
    apart = _apart(value.layer, upstream)
    if apart is None or apart == -1:
        return Layering()
    if apart == 0:
        return Layering(assumes=(f"{_base(value)} is what layer {value.layer} reads",), cost=1.0)
    return Layering(f"layer {upstream} does not read what layer {value.layer} puts out")


def _slopes(left: Named, slopes: list[Layer | None]) -> Layering:
    for layer in slopes:
        apart = _apart(layer, left.layer)
        if apart:
            return Layering(f"the slope is that of layer {left.layer}, not of layer {layer}")
    return Layering()


def _forward(left: Named, arrays: list[Named], told: Told) -> Layering:
    """An output of layer l comes from the layer below, through its own kernel and bias."""
    assumes: list[str] = []
    for array in arrays:
        apart = _apart(array.layer, left.layer)
        if apart is None or array.gradient:
            continue
        said = told_role(array, told)
        is_input = (said or _nearest(array)) == INPUT
        if is_input and apart > 0:
            return Layering(f"layer {left.layer} does not read what layer {array.layer} puts out")
        if not is_input and apart > 0:
            return Layering(f"layer {left.layer} has no {array.base} of layer {array.layer}")
    return Layering(assumes=tuple(assumes))


def _nearest(array: Named) -> str:
    if array.base.split("_")[0] in BIASES:
        return "bias"
    return min((INPUT, KERNEL, OUTPUT), key=lambda role: prior(array.base, role))
