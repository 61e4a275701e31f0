"""The derivation against the oracle, entry by entry, and against wrong derivatives."""

import pytest
from hypothesis import given, settings
from sympy import Indexed, KroneckerDelta, Sum, expand

from symconv import ConvSpec, DerivationError, SpecError, derive
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.forward import output_expression
from symconv.algebra.gradients import differentiate
from symconv.algebra.reading import read_equations, read_tap_inputs
from symconv.algebra.symbols import DY, INPUT_INDEX, OUTPUT_INDEX, OUTPUT_SIZE, TAP_INDEX, B, W, X
from tests import oracle, strategies


class Named(dict):
    """An array of SymPy symbols that the oracle's loops can index."""

    def __init__(self, base, shape):
        super().__init__({index: base[index] for index in oracle.ranges(shape)})


def oracle_sizes(spec, input_shape):
    return {
        "input_shape": input_shape,
        "kernel_shape": spec.kernel_shape,
        "stride": spec.stride,
        "padding": spec.padding_pairs,
        "dilation": spec.dilation,
    }


@settings(max_examples=60)
@given(strategies.images(max_kernel=4, max_stride=4, max_padding=3))
def test_every_entry_equals_the_definition(image):
    spec, shape = image
    sizes = oracle_sizes(spec, shape)
    x, w, dy = Named(X, shape), Named(W, spec.kernel_shape), Named(DY, spec.output_shape(shape))
    entries = derive_gradients(spec).written_out(shape)
    assert entries.output == oracle.forward(x, w, B, **sizes)
    assert entries.grad_input == oracle.grad_input(dy, w, **sizes)
    assert entries.grad_weight == oracle.grad_weight(dy, x, **sizes)
    assert entries.grad_bias == oracle.grad_bias(dy)


@pytest.mark.parametrize(
    "spec",
    [
        ConvSpec(kernel_shape=(3, 5), stride=2),
        ConvSpec(kernel_shape=(2, 3), stride=(4, 1), padding=((1, 0), (0, 2))),
        ConvSpec(kernel_shape=(3,), stride=2, dilation=3, padding=2),
        ConvSpec(kernel_shape=(2, 1, 2), stride=(1, 2, 3)),
    ],
)
def test_the_formula_objects_evaluate_to_the_entries(spec):
    """grad_input, grad_weight and grad_bias, with numbers put in, are the written-out entries."""
    derivation = derive(spec)
    shape = tuple(n + 1 for n in spec.smallest_input_shape(range(2, 2 + spec.axes)))
    outputs = spec.output_shape(shape)
    entries = derivation.written_out(shape)
    sizes = dict(zip(OUTPUT_SIZE, outputs, strict=False))
    for cell, entry in entries.grad_input.items():
        value = derivation.grad_input.subs(dict(zip(INPUT_INDEX, cell, strict=False)))
        assert expand(without(DY, value, outputs) - entry) == 0
    for tap, entry in entries.grad_weight.items():
        taps = dict(zip(TAP_INDEX, tap, strict=False))
        value = derivation.grad_weight.subs({**sizes, **taps}).doit()
        assert expand(without(X, value, shape) - entry) == 0
    assert expand(derivation.grad_bias.subs(sizes).doit() - entries.grad_bias) == 0


def without(base, expression, shape):
    """The expression with the entries of `base` outside `shape` set to zero."""
    outside = {
        term: 0
        for term in expression.atoms(Indexed)
        if term.base == base
        and not all(0 <= int(u) < size for u, size in zip(term.indices, shape, strict=True))
    }
    return expression.xreplace(outside)


def test_phases_split_the_taps_without_rest():
    for spec in (
        ConvSpec(kernel_shape=(3, 5), stride=2),
        ConvSpec(kernel_shape=(5, 4), stride=(3, 7), dilation=(2, 3), padding=1),
    ):
        taps = [tap.index for phase in derive(spec).phases for tap in phase.taps]
        assert sorted(taps) == list(oracle.ranges(spec.kernel_shape))


def test_the_phases_of_a_stride_are_as_on_paper():
    d = derive(ConvSpec(kernel_shape=(3,), stride=2))
    assert [str(d.phase_gradient(phase)) for phase in d.phases] == [
        "dy[K - 1]*w[2] + dy[K]*w[0]",
        "dy[K]*w[1]",
    ]


def test_a_huge_stride_costs_nothing():
    table = derive(ConvSpec(kernel_shape=(3, 2), stride=10**9)).phases
    assert len(list(table)) == 6
    assert table.gapped
    assert table.reads((10**9, 1)) == (((1, 0), (0, 1)),)


def test_reads_of_a_cell_stay_inside_the_output():
    table = derive(ConvSpec(kernel_shape=(3,))).phases
    assert table.reads((0,)) == (((0,), (0,)),)
    assert table.reads((4,), output_shape=(4,)) == (((3,), (1,)), ((2,), (2,)))


def test_the_derivation_refuses_what_it_cannot_take():
    with pytest.raises(SpecError, match="at most 4096 taps"):
        derive(ConvSpec(kernel_shape=(65, 64)))
    with pytest.raises(SpecError, match="depends on the input"):
        derive(ConvSpec(kernel_shape=(3,), stride=2, padding="same"))
    with pytest.raises(SpecError, match="at most 4096 cells"):
        derive(ConvSpec(kernel_shape=(3, 3))).written_out((65, 64))


(i,), (u,), (r,) = OUTPUT_INDEX[:1], INPUT_INDEX[:1], TAP_INDEX[:1]


@pytest.mark.parametrize(
    "derivative",
    [
        W[0],
        Sum(W[r], (r, 0, 2)),
        Sum(W[r] * KroneckerDelta(u, i + r) ** 2 * 2, (r, 0, 2)),
        Sum(2 * W[r] * KroneckerDelta(u, i + r), (r, 0, 2)),
        Sum(W[r + 1] * KroneckerDelta(u, i + r), (r, 0, 2)),
        Sum(W[r] * KroneckerDelta(u, i * r), (r, 0, 2)),
        Sum(W[r] * KroneckerDelta(u, i + r), (r, 1, 2)),
        Sum(X[r] * KroneckerDelta(u, i + r), (r, 0, 2)),
        Sum(W[r] * KroneckerDelta(i, r), (r, 0, 2)),
    ],
)
def test_a_derivative_of_another_form_is_refused(derivative):
    with pytest.raises(DerivationError):
        read_equations(derivative, axes=1)


def test_a_weight_derivative_of_another_form_is_refused():
    spec = ConvSpec(kernel_shape=(3,))
    partials = differentiate(output_expression(spec), axes=1)
    assert read_tap_inputs(partials.by_weight, axes=1) == read_equations(partials.by_input, axes=1)
    with pytest.raises(DerivationError):
        read_tap_inputs(partials.by_input, axes=1)
