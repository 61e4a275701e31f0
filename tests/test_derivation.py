"""The derivation against the oracle, entry by entry, and against wrong derivatives."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given, settings
from sympy import Add, Indexed, KroneckerDelta, Piecewise, Sum, expand, sympify

from symconv import ConvSpec, DerivationError, SpecError, derive
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.forward import general_output, output_expression
from symconv.algebra.gradients import differentiate
from symconv.algebra.padding import read_copies
from symconv.algebra.reading import (
    read_adjoint_equations,
    read_adjoint_taps,
    read_equations,
    read_tap_inputs,
)
from symconv.algebra.symbols import (
    DY,
    FREE_OUTPUT_INDEX,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    PADDED_INDEX,
    TAP_INDEX,
    B,
    W,
    X,
)
from symconv.algebra.transposed import adjoint_expression, differentiate_adjoint
from tests import oracle, strategies


class Named(dict):
    """An array of SymPy symbols that the oracle's loops can index."""

    def __init__(self, base, shape):
        super().__init__({index: base[index] for index in oracle.ranges(shape)})


small = {"max_kernel": 4, "max_stride": 4, "max_padding": 3}


@settings(max_examples=120)
@given(strategies.images(**small) | strategies.whole_images(**small))
def test_every_entry_equals_the_definition(image):
    spec, shape = image
    sizes = strategies.oracle_sizes(spec, shape)
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
        ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((-1, 0), (2, -1))),
        ConvSpec(kernel_shape=(3,), stride=2, dilation=3, padding=2, true_convolution=True),
        ConvSpec(
            kernel_shape=(3, 2), stride=(2, 3), padding=((2, 1), (0, 1)), padding_mode="reflect"
        ),
        ConvSpec(kernel_shape=(4,), padding=((2, 1),), padding_mode="replicate"),
        ConvSpec(kernel_shape=(2, 3), stride=2, padding=((1, 0), (2, 1)), padding_mode="circular"),
    ],
)
def test_the_formula_objects_evaluate_to_the_entries(spec):
    """grad_input, grad_weight and grad_bias, with numbers put in, are the written-out entries."""
    derivation = derive(spec)
    shape = tuple(n + 1 for n in spec.smallest_input_shape(range(2, 2 + spec.axes)))
    outputs = spec.output_shape(shape)
    entries = derivation.written_out(shape)
    sizes = dict(zip(OUTPUT_SIZE, outputs, strict=False))
    inputs = dict(zip(INPUT_SIZE, shape, strict=False))
    for cell, entry in entries.grad_input.items():
        cells = dict(zip(INPUT_INDEX, cell, strict=False))
        value = derivation.grad_input.subs({**inputs, **cells}).doit()
        assert expand(without(DY, value, outputs) - entry) == 0
    if spec.padding_mode != "zeros":
        return
    for tap, entry in entries.grad_weight.items():
        taps = dict(zip(TAP_INDEX, tap, strict=False))
        value = derivation.grad_weight.subs({**sizes, **taps}).doit()
        assert expand(without(X, value, shape) - entry) == 0
    assert expand(derivation.grad_bias.subs(sizes).doit() - entries.grad_bias) == 0


def summed(expression):
    """The sums of an expression, term by term; SymPy's doit sums deltas wrongly (w[1/2])."""
    total = expression
    for sums in expression.atoms(Sum):
        letters, *ranges = zip(*sums.limits, strict=True)
        terms = [
            sums.function.subs(dict(zip(letters, place, strict=True)))
            for place in product(*(range(a, b + 1) for a, b in zip(*ranges, strict=True)))
        ]
        total = total.xreplace({sums: Add(*terms)})
    return total


@pytest.mark.parametrize(
    "spec",
    [
        ConvSpec(kernel_shape=(3, 5), stride=2, transposed=True),
        ConvSpec(kernel_shape=(2,), stride=3, padding=((1, -1),), dilation=2, transposed=True),
        ConvSpec(kernel_shape=(3, 2), stride=(1, 2), true_convolution=True, transposed=True),
    ],
)
def test_the_formula_objects_of_a_transposed_spec_evaluate_to_the_entries(spec):
    derivation = derive(spec)
    shape = tuple(range(2, 2 + spec.axes))
    outputs = spec.output_shape(shape)
    entries = derivation.written_out(shape)
    sizes = dict(zip(OUTPUT_SIZE, outputs, strict=False))
    sizes |= dict(zip(INPUT_SIZE, shape, strict=False))
    for cell, entry in entries.output.items():
        letters = {**sizes, **dict(zip(INPUT_INDEX, cell, strict=False))}
        value = derivation.gathered.subs(letters) + B
        assert expand(without(X, value, shape) - entry) == 0
        assert expand(summed(derivation.output.subs(letters)) - entry) == 0
    for window, entry in entries.grad_input.items():
        value = derivation.grad_input.subs(dict(zip(OUTPUT_INDEX, window, strict=False))).doit()
        assert expand(without(DY, value, outputs) - entry) == 0
    for tap, entry in entries.grad_weight.items():
        taps = dict(zip(TAP_INDEX, tap, strict=False))
        value = derivation.grad_weight.subs({**sizes, **taps}).doit()
        assert expand(without(DY, value, outputs) - entry) == 0
    assert expand(derivation.grad_bias.subs(sizes).doit() - entries.grad_bias) == 0


@settings(max_examples=25)
@given(strategies.whole_images(max_axes=2, **small))
def test_forward_of_a_transposed_spec_is_grad_input_of_its_adjoint(image):
    """On symbols: dy of the one is x of the other, entry by entry."""
    spec, shape = image
    spec = replace(spec, padding_mode="zeros", transposed=True)
    assume(all(lo + hi < e for e, (lo, hi) in zip(spec.extent, spec.padding_pairs, strict=True)))
    outputs = spec.output_shape(shape)
    one, other = derive(spec).written_out(shape), derive(spec.adjoint).written_out(outputs)
    forward = {cell: (entry - B).xreplace({B: 0}) for cell, entry in one.output.items()}
    exchanged = {DY[place]: X[place] for place in oracle.ranges(shape)}
    assert forward == {cell: sympify(e).xreplace(exchanged) for cell, e in other.grad_input.items()}
    exchanged = {X[place]: DY[place] for place in oracle.ranges(outputs)}
    back = {place: (entry - B).xreplace(exchanged) for place, entry in other.output.items()}
    assert back == one.grad_input
    exchanged |= {DY[place]: X[place] for place in oracle.ranges(shape)}
    assert one.grad_weight == {
        tap: sympify(entry).xreplace(exchanged) for tap, entry in other.grad_weight.items()
    }


@settings(max_examples=50)
@given(strategies.whole_images(**small))
def test_the_copies_are_the_padding_of_the_definition(image):
    """Each piece against the oracle's walk, both ways: from the padded cell and to it."""
    spec, shape = image
    table = derive(spec).phases
    for (lo, hi), n, axis in zip(spec.padding_pairs, shape, table.axes, strict=True):
        cells = range(-lo, n + hi)
        walked = {cell: oracle.source(cell, n, spec.padding_mode) for cell in cells}
        assert {cell: axis.source(cell, size=n) for cell in cells} == walked
        for cell in range(n):
            copies = sorted(axis.padded_cells(cell, size=n))
            assert copies == [v for v, held in walked.items() if held == cell]


def test_the_copies_of_a_padding_mode_are_as_on_paper():
    def pieces(mode):
        spec = ConvSpec(kernel_shape=(3,), padding=((2, 1),), padding_mode=mode)
        (axis,) = derive(spec).phases.axes
        return [
            (list(piece.padded_cells(5)), [piece.source(v, size=5) for v in piece.padded_cells(5)])
            for piece in axis.copies
        ]

    inside = (list(range(5)), list(range(5)))
    assert pieces("zeros") == [inside]
    assert pieces("reflect") == [inside, ([5], [3]), ([-2, -1], [2, 1])]
    assert pieces("replicate") == [inside, ([5], [4]), ([-2, -1], [0, 0])]
    assert pieces("circular") == [inside, ([5], [0]), ([-2, -1], [3, 4])]


def test_the_taps_of_a_true_convolution_are_flipped():
    spec = ConvSpec(kernel_shape=(3,), stride=2, true_convolution=True)
    d = derive(spec)
    assert [str(d.phase_gradient(phase)) for phase in d.phases] == [
        "dy[K - 1]*w[0] + dy[K]*w[2]",
        "dy[K]*w[1]",
    ]
    assert str(d.output) == "b + Sum(w[r]*x[2*i - r + 2], (r, 0, 2))"


def test_reads_of_copied_padding_need_the_size_of_the_input():
    table = derive(ConvSpec(kernel_shape=(3,), padding=1, padding_mode="circular")).phases
    assert table.reads((0,), input_shape=(4,), output_shape=(4,)) == (
        ((1,), (0,)),
        ((0,), (1,)),
        ((3,), (2,)),
    )
    with pytest.raises(SpecError, match="input shape must be given"):
        table.reads((0,))


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


def test_for_all_sizes_the_equations_of_the_adjoint_are_those_of_the_convolution():
    """With p, q, t, m, n as letters: what meets is the same, and so are the gradients."""
    convolution = general_output()
    reads = read_equations(differentiate(convolution, axes=2).by_input, axes=2)
    partials = differentiate_adjoint(adjoint_expression(convolution, axes=2), axes=2)
    assert read_adjoint_equations(partials.by_input, axes=2) == reads
    assert read_adjoint_taps(partials.by_weight, axes=2) == reads


(i_0,) = FREE_OUTPUT_INDEX[:1]
WINDOWS = ((r, 0, 2), (i, 0, 4))


@pytest.mark.parametrize(
    "derivative",
    [
        Sum(W[r] * KroneckerDelta(u, 2 * i + r), (r, 0, 2)),
        Sum(W[r] * KroneckerDelta(u, 2 * i + r) * KroneckerDelta(r, i_0), *WINDOWS),
        Sum(W[r + 1] * KroneckerDelta(u, 2 * i + r) * KroneckerDelta(i, i_0), *WINDOWS),
        Sum(W[r] * KroneckerDelta(u, i * r) * KroneckerDelta(i, i_0), *WINDOWS),
        Sum(W[r] * KroneckerDelta(u, 2 * i + r) * KroneckerDelta(i, i_0), (r, 0, 2)),
    ],
)
def test_a_derivative_of_an_adjoint_of_another_form_is_refused(derivative):
    with pytest.raises(DerivationError):
        read_adjoint_equations(derivative, axes=1)


def test_a_weight_derivative_of_an_adjoint_of_another_form_is_refused():
    convolution = output_expression(ConvSpec(kernel_shape=(3,)))
    partials = differentiate_adjoint(adjoint_expression(convolution, axes=1), axes=1)
    for wrong in (partials.by_input, differentiate(convolution, axes=1).by_weight):
        with pytest.raises(DerivationError):
            read_adjoint_taps(wrong, axes=1)


(u_p,) = PADDED_INDEX[:1]


@pytest.mark.parametrize(
    "padded",
    [
        W[u_p],
        X[u_p] * W[u_p],
        X[u_p**2],
        X[Piecewise((-u_p, u_p < 3), (u_p, True))],
        X[Piecewise((u_p * INPUT_SIZE[0], u_p < 0), (u_p, True))],
    ],
)
def test_padding_of_another_form_is_refused(padded):
    with pytest.raises(DerivationError):
        read_copies(padded, ConvSpec(kernel_shape=(3,), padding=1))
