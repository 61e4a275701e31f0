"""Where two specs differ: the smallest input at which an output reads another cell, or none.

Axes are independent, and along each everything repeats with the stride: paddings that depend on
the input do so by its remainder, and numbers of outputs grow by one a stride. So comparing all
inputs up to a window, its padding and two strides compares all inputs. Source: derived here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from symconv.algebra.derivation import derive_gradients
from symconv.errors import OptionError, SpecError
from symconv.spec import ConvSpec

MAX_COMPARED: Final = 100_000


@dataclass(frozen=True)
class Difference:
    """What two specs do differently.

    Attributes:
        size: the input size, along every axis; None where they differ at any.
        what: the first difference, in words.
    """

    size: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.size is None else f"at input size {self.size}: {self.what}"


def first_difference(one: ConvSpec, other: ConvSpec) -> Difference | None:
    """Return the first difference of two specs, None if they are equal.

    They are if the other does the same with every input that the one can take. A flipped kernel
    is no difference: the weight says what stands where.

    Args:
        one: a spec.
        other: another.

    Raises:
        OptionError: the sizes are too large to compare.

    Example:
        >>> same = ConvSpec(kernel_shape=(3,), stride=2, padding="same")
        >>> print(first_difference(ConvSpec(kernel_shape=(3,), stride=2, padding=1), same))
        at input size 2: axis 0, output 0, tap 0 reads padding against x[0]
        >>> print(first_difference(ConvSpec(kernel_shape=(3,), padding=1), replace(same, stride=1)))
        None
    """
    return next(differences(one, other), None)


def differences(one: ConvSpec, other: ConvSpec) -> Iterator[Difference]:
    """Yield the differences of two specs, one for each input size that has any, ascending."""
    one, other = unspread(one), unspread(other)
    for name in ("kernel_shape", "groups", "transposed"):
        values = getattr(one, name), getattr(other, name)
        if values[0] != values[1]:
            yield Difference(None, f"{name} {values[0]} against {values[1]}")
            return
    pairs = [(axis, (_axis(one, axis), _axis(other, axis))) for axis in range(one.axes)]
    pairs = [(axis, pair) for axis, pair in pairs if pair[0] != pair[1]]
    last = max((_last_compared(spec) for _, pair in pairs for spec in pair), default=0)
    if last > MAX_COMPARED:
        raise OptionError(f"sizes must be comparable within inputs of {MAX_COMPARED}, got {last}")
    for size in range(1, last + 1):
        for axis, (ours, theirs) in pairs:
            what = _difference_at(ours, theirs, size)
            if what:
                yield Difference(size, f"axis {axis}, {what}")
                break


def unspread(spec: ConvSpec) -> ConvSpec:
    """Return a transposed spec of stride 1 as the convolution that it is, others as they are."""
    if not spec.transposed or set(spec.stride) != {1}:
        return spec
    pairs = zip(spec.padding_pairs, spec.extent, strict=True)
    return replace(
        spec,
        padding=tuple((e - 1 - lo, e - 1 - hi) for (lo, hi), e in pairs),
        transposed=False,
        true_convolution=not spec.true_convolution,
    )


def _axis(spec: ConvSpec, axis: int) -> ConvSpec:
    """Return one axis of a spec, its kernel not flipped."""
    return ConvSpec(
        kernel_shape=spec.kernel_shape[axis : axis + 1],
        stride=spec.stride[axis],
        dilation=spec.dilation[axis],
        padding=spec.padding if isinstance(spec.padding, str) else (spec.padding[axis],),
        padding_mode=spec.padding_mode,
        transposed=spec.transposed,
    )


def _last_compared(spec: ConvSpec) -> int:
    pairs = ((0, 0),) if isinstance(spec.padding, str) else spec.padding
    ((lo, hi),) = pairs
    return spec.extent[0] + abs(lo) + abs(hi) + 2 * spec.stride[0]


def _difference_at(ours: ConvSpec, theirs: ConvSpec, size: int) -> str:
    """Return what two axes do differently with one input, "" for nothing."""
    found = []
    for spec in (ours, theirs):
        try:
            found.append((spec.output_shape((size,))[0], spec.at((size,))))
        except SpecError:
            found.append((0, spec))
    (outputs, one), (others, other) = found
    if outputs == 0 or (outputs, one) == (others, other):
        return ""
    if outputs != others:
        return f"output size {outputs} against {others}"
    reads, others_read = _reads(one, size), _reads(other, size)
    for place in sorted({*reads, *others_read}):
        cell, another = reads.get(place), others_read.get(place)
        if cell != another:
            output, tap = place
            return f"output {output}, tap {tap} reads {_cell(cell)} against {_cell(another)}"
    return ""


def _reads(spec: ConvSpec, size: int) -> dict[tuple[int, int], int]:
    """Return (output, tap) -> the input read, without what reads padding."""
    derivation = derive_gradients(spec)
    outputs = spec.output_shape((size,))
    cells = outputs if spec.transposed else (size,)
    found = {}
    for tap in derivation.taps:
        (read,) = derivation.reads_through(tap)
        for window in range(size if spec.transposed else outputs[0]):
            cell = derivation.phases.source(
                (read.slope * window + read.constant,), input_shape=cells
            )
            if cell is not None:
                output, source = (cell[0], window) if spec.transposed else (window, cell[0])
                found[output, tap[0]] = source
    return found


def _cell(cell: int | None) -> str:
    return "padding" if cell is None else f"x[{cell}]"
