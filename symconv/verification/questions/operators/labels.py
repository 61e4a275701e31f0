"""Labels of channels and images: which array carries which, and which sum binds it where.

A layer is y_{n,o} = b_o + sum_c w_{o,c} * x_{n,c}: what a sum binds stands inside it, on the kernel
and on what it meets; what no sum binds stands on the left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.verification.outcome import Outcome, Status
from symconv.verification.questions.operators.channels import (
    channels_of,
    consistent,
    extent,
    size_above,
)
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import BIASES, INPUT, KERNEL, prior
from symconv.verification.reading.operators.sketches import (
    Array,
    Channels,
    Gathers,
    Sketch,
    arrays_of,
    parts_of,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.size_hints import COUNTED, family_said


def misplaced(left: Named, right: Sketch) -> str:
    """Return which label stands where it cannot be right, or ""; see the examples at `_faults`."""
    return next(_faults(left, right), "")


def _reordered(left: Named, right: Sketch) -> tuple[str, ...]:
    """Return which arrays of as many labels as the left side have one of its at another place.

    In y_{n,o} = sum_c w_{o,c} * x_{c,n} the images of x come second, those of y first.
    """
    count = len(left.labels)
    places = {label: place for place, label in enumerate(left.labels)}
    moved = [
        f"the indices of {array.shown} stand in another order than those of {left.shown}"
        for array in operands_of(right)
        if count > 1 and len(array.labels) == count and not is_kernel(array)
        if any(places.get(label, place) != place for place, label in enumerate(array.labels))
    ]
    return tuple(dict.fromkeys(moved))


def operands_of(sketch: Sketch) -> list[Named]:
    """Return the arrays of a sketch that are no bias."""
    return [array for array in arrays_of(sketch) if not is_bias(array)]


def is_bias(array: Named) -> bool:
    """Return whether an array is named as a bias is."""
    return not array.gradient and array.base.split("_")[0] in BIASES


def is_kernel(array: Named) -> bool:
    """Return whether an array is rather named as a kernel than as an input."""
    return not array.gradient and prior(array.base, KERNEL) < prior(array.base, INPUT)


def _faults(left: Named, right: Sketch) -> Iterator[str]:
    """Yield what is wrong with labels.

    b_c beside a sum over c, a sum over a label of the left side, w_{c,c}, a bias inside a sum.
    """
    bound = {letter for channels in channels_of(right) for letter in channels.letters}
    for letter in sorted(bound & set(left.labels)):
        yield f"it is summed over {letter}, an index of {left.shown}"
    for array, inside in _scoped(right, ()):
        for label in _labels(array):
            if label in bound and label not in inside:
                yield f"{label} of {array.shown} stands outside the sum over {label}"
            if array.labels.count(label) > 1 and label in inside:
                yield f"{array.shown} has the index {label} more than once"
        if inside and is_bias(array) and not set(inside) & set(array.labels):
            yield f"{array.shown} is added once for each {', '.join(inside)}"


def _labels(array: Named) -> tuple[str, ...]:
    """Return the labels of an array; what looks like its layer, bias(k), may be one."""
    layer = array.layer
    alone = (layer.letter,) if layer is not None and not layer.number else ()
    return (*array.labels, *alone)


def _scoped(sketch: Sketch, inside: Sequence[str]) -> Iterator[tuple[Named, tuple[str, ...]]]:
    """Yield each array with the labels that sums around it bind; no arrays with taps."""
    if isinstance(sketch, Array):
        yield sketch.named, tuple(inside)
    elif not isinstance(sketch, Gathers):
        inner = (*inside, *(sketch.letters if isinstance(sketch, Channels) else ()))
        for part in parts_of(sketch):
            yield from _scoped(part, inner)


def _doubts(left: Named, right: Sketch) -> Iterator[str]:
    """Yield a label of the left side that no operand has, and one that the bias shares with x."""
    operands = operands_of(right)
    carried = {label for array in operands for label in array.labels}
    for label in left.labels:
        if label not in carried:
            yield f"no operand has the index {label} of {left.shown}"
    free = carried - {letter for channels in channels_of(right) for letter in channels.letters}
    for label in sorted(free - set(left.labels)):
        yield f"{left.shown} has no index {label}"
    owned = {label for array in operands if is_kernel(array) for label in array.labels}
    for array in filter(is_bias, arrays_of(right)):
        for label in array.labels:
            if owned and label not in owned:
                yield f"the kernel has no index {label} of {array.shown}"


# Layers and their gradients


def layer_claim(left: Named, right: Sketch, reading: str, told: Told) -> Outcome | None:
    """Return the verdict on a layer's output as a sum over its input channels."""
    sums = channels_of(right)
    if not all(consistent(left, channels) for channels in sums):
        return None
    if any(extent(channels) == "unknown" for channels in sums):
        return None
    reading = f"{reading}; {left.shown} output"
    if doubt := next(_doubts(left, right), ""):
        return Outcome("output", "undecided", reading, doubt)
    reach = "for all sizes: a layer adds up over all of its input channels"
    conditions = "; ".join((*miscounted(left, right, told), *_reordered(left, right)))
    status: Status = "right_when" if conditions else "proved"
    return Outcome("output", status, reading, reach, condition=conditions)


def miscounted(left: Named, right: Sketch, told: Told) -> tuple[str, ...]:
    """Return what sizes above sums over labels must be, where they are said to be another."""
    found: dict[str, None] = {}
    for channels in channels_of(right):
        name = size_above(channels)
        said = family_said(name, told) if name else ""
        for letter in channels.letters:
            meant = _count_of(letter, left, channels.operand)
            if said and meant and said != meant:
                found[f"{name} is {COUNTED[meant]}, too"] = None
    return tuple(found)


def _count_of(letter: str, left: Named, operand: Sketch) -> str:
    """Return what a summed label counts: the kernel shares channels with what it meets."""
    carriers = [array for array in operands_of(operand) if letter in array.labels]
    if left.gradient and is_kernel(Named(left.base)):
        return "batch" if len(carriers) > 1 else ""
    if not any(map(is_kernel, carriers)):
        return ""
    return "outputs" if any(array.gradient for array in carriers) else "inputs"
