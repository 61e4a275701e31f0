"""The overlap cases: closed form = PhaseTable = differentiation of the written-out sum e."""

import itertools
from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from sympy import ZZ, Indexed, Integer, Symbol, diff, true
from sympy.polys.rings import ring

from symconv import ConvSpec, derive
from symconv.algebra.overlap import general_cases, general_conditions
from symconv.algebra.symbols import DY, INPUT_INDEX, INPUT_SIZE, KERNEL_SIZE, STRIDE, W
from tests import oracle, strategies

CASES = general_cases()
SIZES = range(1, 7)


def axis_terms(form, axis, u, sizes):
    """The (output, tap) pairs that a closed form sums along one axis, at one input index."""
    values = {**sizes, INPUT_INDEX[axis]: Integer(u)}
    letters = {key: value.subs(values) for key, value in form.definitions.items()}
    values = {**values, **letters}
    if form.reached.subs(values) != true:
        return []
    last = int(form.last.subs(values)) if form.overlaps else 0
    pairs = []
    for alpha in range(last + 1):
        at = {**values, form.counter: Integer(alpha)}
        pairs.append((int(form.output.subs(at)), int(form.tap.subs(at))))
    return pairs


def closed_form_table(closed_form, shape, outputs, sizes):
    """Cell -> the set of (output, tap) pairs of a closed form, outputs outside left out."""
    by_axis = [
        [axis_terms(form, axis, u, sizes) for u in range(n)]
        for axis, (form, n) in enumerate(zip(closed_form.axes, shape, strict=True))
    ]
    table = {}
    for cell in oracle.ranges(shape):
        pairs = itertools.product(*(by_axis[axis][u] for axis, u in enumerate(cell)))
        met = [tuple(zip(*pair, strict=True)) for pair in pairs]
        table[cell] = sorted(
            (output, tap)
            for output, tap in met
            if all(0 <= i < size for i, size in zip(output, outputs, strict=True))
        )
    return table


def differentiated_table(spec, shape):
    """Cell -> (output, tap) pairs of de/dx, by differentiating e = sum of dy*y, written out."""
    outputs = spec.output_shape(shape)
    places = [
        *(("x", cell) for cell in oracle.ranges(shape)),
        *(("w", tap) for tap in oracle.ranges(spec.kernel_shape)),
        *(("dy", window) for window in oracle.ranges(outputs)),
    ]
    _, *generators = ring([str(place) for place in places], ZZ)
    letters = dict(zip(places, generators, strict=True))
    sizes = (spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation)
    loss = sum(
        letters["dy", window] * letters["x", cell] * letters["w", tap]
        for window, tap, cell in oracle.meetings(shape, *sizes)
    )
    table = {}
    for cell in oracle.ranges(shape):
        pairs = []
        gradient = loss.diff(letters["x", cell]) if loss else 0
        for monomial, coefficient in gradient.terms() if gradient else ():
            tap, window = (places[place][1] for place, power in enumerate(monomial) if power)
            pairs += [(window, tap)] * int(coefficient)
        table[cell] = sorted(pairs)
    return table


def the_case(p, q, t):
    sizes = {KERNEL_SIZE[0]: p, KERNEL_SIZE[1]: q, STRIDE: t}
    sizes = {letter: Integer(value) for letter, value in sizes.items()}
    matching = [case for case in CASES if case.condition.subs(sizes) == true]
    assert len(matching) == 1  # the four conditions exclude each other and leave nothing out
    return matching[0], sizes


@pytest.mark.parametrize(("p", "q", "t"), list(itertools.product(SIZES, SIZES, SIZES)))
def test_closed_form_phase_table_and_differentiation_agree(p, q, t):
    spec = ConvSpec(kernel_shape=(p, q), stride=t)
    case, sizes = the_case(p, q, t)
    derivation = derive(spec)
    assert derivation.overlap.overlaps == case.overlaps
    for outputs, remainder in (((1, 2), (0, 0)), ((2, 1), (t - 1, t // 2))):
        exact = spec.smallest_input_shape(outputs)
        shape = tuple(n + rest for n, rest in zip(exact, remainder, strict=True))
        assert spec.output_shape(shape) == outputs
        expected = differentiated_table(spec, shape)
        phases = {
            cell: sorted(derivation.phases.reads(cell, output_shape=outputs)) for cell in expected
        }
        assert phases == expected
        assert closed_form_table(case.closed_form, shape, outputs, sizes) == expected
        assert closed_form_table(derivation.overlap.closed_form, shape, outputs, {}) == expected


@pytest.mark.parametrize(("p", "q", "t"), [(2, 3, 1), (2, 2, 2), (2, 1, 3), (3, 2, 2)])
def test_plain_sympy_differentiation_agrees(p, q, t):
    """The slow way in SymPy's own expressions: build e, call diff for every input cell."""
    spec = ConvSpec(kernel_shape=(p, q), stride=t)
    shape = tuple(n + 1 for n in spec.smallest_input_shape((2, 2)))
    entries = derive(spec).written_out(shape)
    x = {cell: Symbol(f"x_{cell}") for cell in oracle.ranges(shape)}
    loss = 0
    for window in oracle.ranges(spec.output_shape(shape)):
        for tap in oracle.ranges(spec.kernel_shape):
            cell = oracle.read(window, tap, spec.stride, spec.padding_pairs, spec.dilation)
            loss += DY[window] * x[cell] * W[tap]
    for cell, entry in entries.grad_input.items():
        assert diff(loss, x[cell]) == entry


@given(strategies.images())
def test_the_specialised_closed_form_holds_for_every_spec(image):
    """With dilation, padding and unequal strides, in one to three axes."""
    spec, shape = image
    derivation = derive(spec)
    outputs = spec.output_shape(shape)
    table = closed_form_table(derivation.overlap.closed_form, shape, outputs, {})
    for cell, pairs in table.items():
        assert pairs == sorted(derivation.phases.reads(cell, output_shape=outputs))


@given(strategies.whole_images(max_axes=2))
def test_the_closed_form_holds_flipped_cropped_and_transposed(image):
    """Of a transposed spec it is the sum of inputs that meet at an output."""
    spec, shape = image
    spec = replace(spec, padding_mode="zeros")
    derivation = derive(spec)
    outputs = spec.output_shape(shape)
    cells, windows = (outputs, shape) if spec.transposed else (shape, outputs)
    table = closed_form_table(derivation.overlap.closed_form, cells, windows, {})
    for cell, pairs in table.items():
        assert pairs == sorted(derivation.phases.reads(cell, output_shape=windows))


@given(strategies.images(max_axes=2))
def test_the_closed_form_expression_evaluates_to_the_gradient(image):
    """The SymPy expression itself, letters replaced by numbers, at a few cells."""
    spec, shape = image
    derivation = derive(spec)
    outputs = spec.output_shape(shape)
    entries = derivation.written_out(shape).grad_input
    for cell in list(entries)[:: max(1, prod(shape) // 5)]:
        values = dict(zip(INPUT_INDEX, map(Integer, cell), strict=False))
        value = derivation.overlap.closed_form.expression.subs(values).doit()
        outside = {
            term: 0
            for term in value.atoms(Indexed)
            if term.base == DY
            and not all(0 <= i < size for i, size in zip(term.indices, outputs, strict=True))
        }
        assert value.xreplace(outside) == entries[cell]


@pytest.mark.parametrize("kernel", SIZES)
@pytest.mark.parametrize("stride", SIZES)
def test_the_axis_conditions_say_how_windows_lie(kernel, stride):
    (rows, _), table = (
        general_conditions(),
        derive(ConvSpec(kernel_shape=(kernel,), stride=stride)).phases.axes[0],
    )
    sizes = {KERNEL_SIZE[0]: kernel, STRIDE: stride}
    assert (rows.overlap.subs(sizes) == true) == table.overlapping
    assert (rows.gap.subs(sizes) == true) == table.gapped
    assert (rows.tiling.subs(sizes) == true) == (table.kind == "tiling")
    for cells in range(kernel, kernel + 9):
        tail = rows.tail.subs({**sizes, INPUT_SIZE[0]: cells})
        spec = ConvSpec(kernel_shape=(kernel,), stride=stride)
        assert (int(tail),) == spec.unread_tail((cells,))


def test_the_cases_are_named_as_in_the_article():
    assert [case.name for case in CASES] == [
        "no overlap",
        "columns overlap",
        "rows overlap",
        "rows and columns overlap",
    ]
