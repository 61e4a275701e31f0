"""The sizes that documents and figures choose for themselves."""

from __future__ import annotations

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import AxisPhase, AxisTable
from symconv.errors import SpecError
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
    return ConvSpec(
        kernel_shape=(spec.kernel_shape[axis],),
        stride=(spec.stride[axis],),
        dilation=(spec.dilation[axis],),
        padding=(spec.padding_pairs[axis],),
    )


def _telling_size(table: AxisTable, *, spec: ConvSpec) -> int:
    """Return the smallest telling size of one axis; `spec` is that axis by itself."""
    reach = max(phase.taps[-1].shift - phase.taps[0].shift for phase in table.phases)
    outputs = max(2, reach + 1)
    size = _smallest_size(spec, outputs=outputs)
    while not _shows_all(table, size, outputs=spec.output_shape((size,))[0]):
        size += 1
    ((_, after),) = spec.padding_pairs
    longer = range(size, size + min(table.stride, after + 2))
    return next((n for n in longer if spec.unread_tail((n,)) != (0,)), size)


def _smallest_size(spec: ConvSpec, *, outputs: int) -> int:
    try:
        (size,) = spec.smallest_input_shape((outputs,))
    except SpecError:  # the padding alone makes more outputs
        return 2
    return max(2, size)


def _shows_all(table: AxisTable, size: int, *, outputs: int) -> bool:
    """Return whether an axis of this size shows every phase and the gap."""
    inner = all(_has_inner_cell(table, phase, size, outputs=outputs) for phase in table.phases)
    gap = not table.gapped or any(not table.locate(u)[1].taps for u in range(size))
    return inner and gap


def _has_inner_cell(table: AxisTable, phase: AxisPhase, size: int, *, outputs: int) -> bool:
    """Return whether all taps of the phase reach one of its cells."""
    cell, block = table.first_cell(phase)
    skipped = max(0, phase.taps[-1].shift - block)
    return cell + table.stride * skipped < size and block + skipped - phase.taps[0].shift < outputs
