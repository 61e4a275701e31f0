"""The convolution that a resolved claim is about, read off the sizes that it mentions."""

from __future__ import annotations

from symconv.formula.tree import Entry, Expression, Integer, Letter, walk
from symconv.verification.reading.resolving import Resolved
from symconv.verification.truth.algebra import ONE, ZERO
from symconv.verification.truth.convolution import (
    DILATIONS,
    EVEN_PADDINGS,
    GROUPS,
    INPUT,
    KERNEL,
    OUTPUT,
    PADDINGS,
    STRIDES,
    Axis,
    Model,
)


def model_of(resolved: Resolved, *, general_stride: bool, flipped: bool) -> Model:
    """Return the convolution that a resolved claim is about.

    Args:
        resolved: the claim.
        general_stride: what a claim without a stride is about: every stride t, or stride 1.
        flipped: whether the convolution turns the kernel round.
    """
    kernels = _literal_kernel(resolved)
    axes = []
    first = 1 if resolved.axes < len(STRIDES) else 0  # the place of the first axis in these names
    for axis in range(resolved.axes):
        name = KERNEL[0] if resolved.square else KERNEL[axis]
        before, after = _padding(resolved.used, axis + first)
        stride = _per_axis(resolved.used, "t", STRIDES[axis + first], ONE)
        axes.append(
            Axis(
                kernel=kernels[axis] if kernels else Letter(name),
                stride=Letter("t") if general_stride and stride == ONE else stride,
                dilation=_per_axis(resolved.used, "d", DILATIONS[axis + first], ONE),
                before=before,
                after=after,
                input=Letter(INPUT[axis]),
                output=Letter(OUTPUT[axis]),
            )
        )
    return Model(tuple(axes), flipped, resolved.layout, GROUPS.name in resolved.used)


def _per_axis(used: frozenset[str], common: str, own: str, default: Expression) -> Expression:
    if own in used:
        return Letter(own)
    return Letter(common) if common in used else default


def _padding(used: frozenset[str], axis: int) -> tuple[Expression, Expression]:
    if used & set(PADDINGS[axis]):
        before, after = (Letter(name) if name in used else ZERO for name in PADDINGS[axis])
        return before, after
    even = _per_axis(used, "P", EVEN_PADDINGS[axis], ZERO)
    return even, even


def _literal_kernel(resolved: Resolved) -> tuple[Expression, ...] | None:
    """Return the kernel sizes of a claim that spells out w_00, w_01, ...; else None."""
    entries = [
        part.indices
        for part in walk(resolved.claim)
        if isinstance(part, Entry) and part.array == "w"
    ]
    if not entries or resolved.used & {"p", "q"} or not resolved.layout.is_plain:
        return None
    literal = all(isinstance(index, Integer) for indices in entries for index in indices)
    if not literal:
        return None
    return tuple(
        Integer(max(index.value for index in column if isinstance(index, Integer)) + 1)
        for column in zip(*entries, strict=True)
    )
