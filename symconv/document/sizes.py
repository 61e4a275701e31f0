"""The sizes that documents and figures choose for themselves."""

from __future__ import annotations

from dataclasses import replace

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import AxisPhase, AxisTable
from symconv.sizes import Shape
from symconv.spec import ConvSpec


def telling_input_shape(derivation: DerivedGradients) -> Shape:
    """Return the smallest input that shows everything there is to see along each axis.

    That is: two cells and two windows; of every phase that some tap reaches, a cell that all its
    taps reach (before it, unless the padding is wide, lie border cells that not all reach); a cell
    in the gap, if there is a gap; and an unread tail, if the sizes allow one.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> telling_input_shape(derive_gradients(ConvSpec(kernel_shape=(3, 5), stride=2)))
        (6, 10)
    """
    return tuple(
        _telling_size(table, spec=axis_spec(derivation.spec, axis))
        for axis, table in enumerate(derivation.phases.axes)
    )


def axis_spec(spec: ConvSpec, axis: int) -> ConvSpec:
    """Return one axis of a spec by itself.

    Raises:
        SpecError: the padding depends on the input.

    Example:
        >>> axis_spec(ConvSpec(kernel_shape=(3, 5), stride=2), 1)
        ConvSpec(kernel_shape=(5,), stride=(2,))
    """
    return replace(
        spec.plane,
        kernel_shape=(spec.kernel_shape[axis],),
        stride=(spec.stride[axis],),
        dilation=(spec.dilation[axis],),
        padding=(spec.padding_pairs[axis],),
    )


def smallest_input_shape(spec: ConvSpec, *, windows: int) -> Shape:
    """Return the smallest input with so many windows along each axis; padding may make more.

    The windows of a transposed spec are its inputs.

    Example:
        >>> smallest_input_shape(ConvSpec(kernel_shape=(3, 5), stride=2), windows=2)
        (5, 7)
    """
    sizes = zip(spec.concrete_axes(), spec.stride, spec.extent, spec.padding_pairs, strict=True)
    return tuple(
        max(
            1,
            axis.least_input,
            windows if spec.transposed else (windows - 1) * t + e - lo - hi,
        )
        for axis, t, e, (lo, hi) in sizes
    )


def _telling_size(table: AxisTable, *, spec: ConvSpec) -> int:
    """Return the smallest telling size of one axis; `spec` is that axis by itself."""
    reach = max(abs(phase.taps[-1].shift - phase.taps[0].shift) for phase in table.phases)
    (smallest,) = smallest_input_shape(spec, windows=max(2, reach + 1))
    size = max(2, smallest)
    while not _shows_all(table, size, outputs=spec.output_shape((size,))[0], spec=spec):
        size += 1
    if spec.transposed:
        return size
    ((_, after),) = spec.padding_pairs
    longer = range(size, size + min(table.stride, after + 2))
    return next((n for n in longer if spec.unread_tail((n,)) != (0,)), size)


def _shows_all(table: AxisTable, size: int, *, outputs: int, spec: ConvSpec) -> bool:
    """Return whether an axis of this size shows every phase and the gap."""
    cells, windows = (outputs, size) if spec.transposed else (size, outputs)
    inner = all(_has_inner_cell(table, phase, cells, windows=windows) for phase in table.phases)
    gap = not table.gapped or any(not table.locate(u)[1].taps for u in range(cells))
    return inner and gap


def _has_inner_cell(table: AxisTable, phase: AxisPhase, size: int, *, windows: int) -> bool:
    """Return whether all taps of the phase reach one of its cells."""
    cell, block = table.first_cell(phase)
    shifts = [tap.shift for tap in phase.taps]
    skipped = max(0, max(shifts) - block)
    last = block + skipped - min(shifts)
    return cell + table.stride * skipped < size and last < windows
