"""Index maps of operators say the same as counting out the sums that define them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.verification.truth.affine_sizes import Affine, size
from symconv.verification.truth.fast_algorithms import (
    NoPointError,
    Rows,
    combination_of,
    is_algorithm,
    output_form,
    points,
)
from symconv.verification.truth.matrices import layouts, transposed
from symconv.verification.truth.operator_arrays import (
    MisfitError,
    Table,
    added,
    derivative,
    multiplied,
    symbols,
    table,
)
from symconv.verification.truth.operator_forms import (
    Combination,
    FormlessError,
    ShapeError,
    combination,
    gradient,
    same,
)
from symconv.verification.truth.operators import (
    Convolved,
    Operand,
    Padded,
    Rotated,
    Scaled,
    Spread,
    Whole,
)

X, W, D = Whole("input"), Whole("kernel"), Whole("grad_output")
SIZES: Mapping[str, Affine] = {
    "input": size("g") + size("k") - 1,
    "kernel": size("k"),
    "grad_output": size("g"),
}

arrays = st.sampled_from([X, W, D])
turned = st.builds(lambda array, turn: Rotated(array) if turn else array, arrays, st.booleans())
spread = st.builds(Spread, turned, st.integers(1, 3))
padded = st.builds(Padded, turned, st.just("kernel"))
simple = st.one_of(turned, spread, padded)
convolved = st.builds(
    Convolved,
    simple,
    simple,
    st.booleans(),
    st.sampled_from(["full", "valid"]),
)
operands = st.one_of(
    simple,
    convolved,
    st.builds(Rotated, convolved),
    st.builds(Scaled, st.integers(-2, 2), convolved),
    st.builds(Convolved, convolved, turned, st.booleans(), st.just("full")),
)


def arrays_of(g: int, k: int) -> dict[str, Table]:
    """Return arrays of symbols along one axis."""
    sizes = {"g": g, "k": k}
    return {name: symbols(name, (length.at(sizes),)) for name, length in SIZES.items()}


def counted_out(found: Combination, g: int, k: int) -> Table:
    """Return the table that a combination of forms stands for, from its definition."""
    sizes = {"g": g, "k": k}
    tables = arrays_of(g, k)
    total: dict[tuple[int, ...], dict[tuple[tuple[str, tuple[int, ...]], ...], int]] = {}
    lengths = {form.length.at(sizes) for form, _ in found}
    (length,) = lengths
    for (form, _), many in found.items():
        series = {0: {(): 1}}
        for name, power in form.factors:
            made: dict[int, dict[tuple[tuple[str, tuple[int, ...]], ...], int]] = {}
            for exponent, polynomial in series.items():
                for (place,) in tables[name].places:
                    product = multiplied(polynomial, tables[name].at((place,)))
                    at = exponent + power * place
                    made[at] = added(made.get(at, {}), product)
            series = made
        for i in range(length):
            at = form.step * i + form.shift.at(sizes)
            total[(i,)] = added(total.get((i,), {}), series.get(at, {}), many)
    return Table((length,), {place: entry for place, entry in total.items() if entry})


@given(operand=operands, g=st.integers(1, 3), k=st.integers(1, 3))
def test_the_index_map_of_an_operand_is_what_its_sums_give(
    operand: Operand, g: int, k: int
) -> None:
    try:
        found = combination(operand, SIZES)
        true = table(operand, arrays_of(g, k))
    except (FormlessError, ShapeError, MisfitError):
        return
    if not found:
        assert all(not true.at(place) for place in true.places)
        return
    claimed = counted_out(found, g, k)
    assert claimed.shape == true.shape
    assert all(claimed.at(place) == true.at(place) for place in true.places)


@given(
    flips=st.booleans(),
    by=st.sampled_from(["input", "kernel"]),
    stride=st.integers(1, 3),
    g=st.integers(1, 3),
    k=st.integers(1, 3),
)
def test_the_derivative_of_an_index_map_is_the_derivative_of_its_sums(
    flips: bool, by: str, stride: int, g: int, k: int
) -> None:
    sizes = {**SIZES, "input": (size("g") - 1) * stride + size("k")}
    forward = Convolved(X, W, flips, "valid", stride)
    ((form, _),) = combination(forward, sizes)
    found = {(gradient(form, by, "grad_output", sizes[by]), ()): 1}
    letters = {"g": g, "k": k}
    tables = {name: symbols(name, (length.at(letters),)) for name, length in sizes.items()}
    true = derivative(table(forward, tables), tables[by], tables["grad_output"])
    claimed = (
        Convolved(Spread(D, stride), Rotated(W), flips, "full")
        if by == "input"
        else Convolved(
            X, Rotated(Spread(D, stride)) if flips else Spread(D, stride), flips, "valid"
        )
    )
    if flips and by == "kernel":
        claimed = Rotated(Convolved(X, Spread(D, stride), False, "valid"))
    assert same(found, combination(claimed, sizes))
    assert table(claimed, tables).entries.keys() == true.entries.keys()
    assert all(table(claimed, tables).at(at) == true.at(at) for at in true.places)


def test_forms_of_different_operators_differ() -> None:
    full = Convolved(D, W, True, "full")
    assert not same(combination(full, SIZES), combination(Convolved(D, W, False, "full"), SIZES))
    assert not same(combination(full, SIZES), combination(Rotated(full), SIZES))
    commuted = Convolved(W, D, True, "full")
    assert same(combination(full, SIZES), combination(commuted, SIZES))


def rows(text: str) -> Rows:
    """Return a matrix of fractions, rows separated by semicolons."""
    return tuple(tuple(map(Fraction, row.split())) for row in text.split(";"))


def test_the_usual_matrices_are_an_algorithm_at_their_points() -> None:
    output = rows("1 1 1 0; 0 1 -1 -1")
    kernel = rows("1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1")
    data = rows("1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1")
    assert is_algorithm(output, kernel, data)
    expected = (Fraction(0), Fraction(1), Fraction(-1), None)
    assert points("A^T", output) == points("G", kernel) == points("B^T", data) == expected
    assert not is_algorithm(output, kernel, rows("1 0 -1 0; 0 1 1 0; 0 1 -1 0; 0 1 0 -1"))


@pytest.mark.parametrize(
    "matrix", ["1 1 -1 0; 0 1 -1 -1", "1 1 1 0; 0 1 1 -1", "0 1 1 1; 0 1 -1 2"]
)
def test_columns_that_share_a_point_belong_to_no_algorithm(matrix: str) -> None:
    with pytest.raises(NoPointError):
        points("A^T", rows(matrix))


def test_an_output_is_a_combination_of_products_or_is_not() -> None:
    one, other = {(0, 0): Fraction(1)}, {(1, 1): Fraction(2)}
    assert combination_of([one, other], output_form(0, 2)) == [Fraction(1), Fraction(1, 2)]
    assert combination_of([one], output_form(0, 2)) is None


def test_each_layout_transposes_its_own_matrices() -> None:
    plain = layouts()[0]
    assert plain.word("grad_weight") == (("grad_output", False), ("columns", True))
    for layout in layouts():
        assert transposed(transposed(layout.word("output"))) == layout.word("output")
