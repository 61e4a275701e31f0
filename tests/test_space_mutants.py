"""Planted faults of copied padding, crops, flips and transposed convolutions, all to be caught."""

from dataclasses import replace

import pytest

from symconv import ConvSpec, SpecError
from symconv.algebra.copies import INPUT_ITSELF, InSize
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.phases import PhaseTable
from symconv.algebra.symbols import DY, B, W, X
from tests import oracle, strategies

SHAPE = (5, 6)
REFLECT = ConvSpec(kernel_shape=(3, 2), padding=((2, 1), (1, 2)), padding_mode="reflect")
REPLICATE = replace(REFLECT, padding_mode="replicate")
CIRCULAR = replace(REFLECT, padding_mode="circular")
CROP = ConvSpec(kernel_shape=(3, 2), stride=2, padding=((-1, 1), (2, -1)))
FLIPPED = ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=1, true_convolution=True)
TRANSPOSED = ConvSpec(
    kernel_shape=(3, 2), stride=(2, 3), dilation=(3, 1), padding=((1, 0), (0, -1)), transposed=True
)


def equals_the_definition(derivation, spec):
    """The check of test_derivation: every entry of y and its gradients against the oracle."""
    sizes = strategies.oracle_sizes(spec, SHAPE)
    outputs = oracle.output_shape(
        SHAPE, spec.kernel_shape, spec.stride, spec.padding, spec.dilation, spec.transposed
    )
    x, w, dy = (
        {index: base[index] for index in oracle.ranges(shape)}
        for base, shape in ((X, SHAPE), (W, spec.kernel_shape), (DY, outputs))
    )
    try:
        entries = derivation.written_out(SHAPE)
    except SpecError:  # the wrong sizes do not even fit
        return False
    return (
        entries.output == oracle.forward(x, w, B, **sizes)
        and entries.grad_input == oracle.grad_input(dy, w, **sizes)
        and entries.grad_weight == oracle.grad_weight(dy, x, **sizes)
    )


def with_copies(change):
    """A mutation of the pieces of every axis."""

    def mutate(spec):
        derivation = derive_gradients(spec)
        tables = tuple(
            replace(table, copies=tuple(change(table.copies))) for table in derivation.phases.axes
        )
        return replace(derivation, phases=PhaseTable(tables))

    return mutate


def derived_from(**changes):
    """The derivation of another spec, taken for this one."""
    return lambda spec: derive_gradients(replace(spec, **changes))


def shifted(piece, by):
    return replace(piece, offset=InSize(piece.offset.constant + by, piece.offset.sizes))


MUTANTS = {
    "the copies get no gradient": (REFLECT, with_copies(lambda pieces: (INPUT_ITSELF,))),
    "only the padding in front is folded": (REFLECT, with_copies(lambda p: (p[0], p[2]))),
    "mirrored beside the border cell": (
        REFLECT,
        with_copies(lambda p: (p[0], p[1], shifted(p[2], -1))),
    ),
    "mirrored cells in their old order": (
        REFLECT,
        with_copies(lambda p: (p[0], p[1], replace(p[2], slope=1, offset=InSize(3)))),
    ),
    "reflect for replicate": (REPLICATE, derived_from(padding_mode="reflect")),
    "zeros for replicate": (REPLICATE, derived_from(padding_mode="zeros")),
    "replicate for circular": (CIRCULAR, derived_from(padding_mode="replicate")),
    "wrapped one cell too far": (
        CIRCULAR,
        with_copies(lambda p: (p[0], shifted(p[1], 1), p[2])),
    ),
    "the end wrapped for the front": (
        CIRCULAR,
        with_copies(lambda p: (p[0], p[1], replace(p[2], offset=p[1].offset))),
    ),
    "a crop taken for none": (CROP, derived_from(padding=((0, 1), (2, 0)))),
    "crops of the two sides exchanged": (CROP, derived_from(padding=((1, -1), (-1, 2)))),
    "the kernel is not flipped": (FLIPPED, derived_from(true_convolution=False)),
    "one axis flipped": (FLIPPED, lambda spec: half_flipped(spec)),
    "the convolution for its adjoint": (TRANSPOSED, derived_from(transposed=False)),
    "the adjoint is flipped": (TRANSPOSED, derived_from(true_convolution=True)),
    "lengthened in front": (TRANSPOSED, derived_from(padding=((1, 0), (-1, 0)))),
    "stride and dilation swapped": (TRANSPOSED, derived_from(stride=(3, 1), dilation=(2, 3))),
    "cut off at the other end": (TRANSPOSED, derived_from(padding=((0, 1), (0, -1)))),
}


def half_flipped(spec):
    """The derivation with the taps of the second axis not flipped."""
    flipped, plain = derive_gradients(spec), derive_gradients(replace(spec, true_convolution=False))
    return replace(
        flipped,
        tap_inputs=(flipped.tap_inputs[0], plain.tap_inputs[1]),
        phases=PhaseTable((flipped.phases.axes[0], plain.phases.axes[1])),
    )


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_caught(name):
    spec, mutate = MUTANTS[name]
    assert equals_the_definition(derive_gradients(spec), spec)
    assert not equals_the_definition(mutate(spec), spec)
