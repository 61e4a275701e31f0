"""Fast tiles: the matrices, the identity, the error bound, and which tile is chosen."""

from dataclasses import replace
from fractions import Fraction

import pytest

from symconv import ConvSpec, DerivationError, OptionError, derive
from symconv.algebra.bilinear import Filter, fast_tiles, filters_of, multiplied_out, prove
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.rounding import UNIT_ROUNDOFF, rounding_of
from symconv.algebra.toom_cook import MAX_POINTS, toom_cook
from symconv.codegen.plan.kernel import plan_kernel
from symconv.codegen.plan.sharing import shared_sums
from symconv.codegen.plan.winograd import plan_fast
from symconv.codegen.request import request_kernel

SIZES = [(m, r) for m in range(1, 8) for r in range(1, 8) if m + r - 1 <= MAX_POINTS]
IN_ORDER = {taps: Filter(tuple(range(taps)), 0) for _, taps in SIZES}


def fractions(rows):
    return tuple(tuple(map(Fraction, row.split())) for row in rows)


def times(matrix, vector):
    return [sum(entry * each for entry, each in zip(row, vector, strict=True)) for row in matrix]


def test_f23_is_winograds():
    """Lavin and Gray 2016, equation 8, but for the sign of the last row of B^T and of A."""
    transforms = toom_cook(2, 3)
    assert transforms.input_transform == fractions(["1 0 -1 0", "0 1 1 0", "0 -1 1 0", "0 -1 0 1"])
    halves = ["1 0 0", "1/2 1/2 1/2", "1/2 -1/2 1/2", "0 0 1"]
    assert transforms.weight_transform == fractions(halves)
    assert transforms.output_transform == fractions(["1 0", "1 1", "1 -1", "0 1"])


@pytest.mark.parametrize(("outputs", "taps"), SIZES)
def test_the_identity_holds_and_the_filter_comes_out(outputs, taps):
    transforms = toom_cook(outputs, taps)
    prove(transforms, IN_ORDER[taps])
    x = [Fraction(3 * place**2 - 7, place + 2) for place in range(transforms.inputs)]
    w = [Fraction(5 - 2 * place, 3) for place in range(taps)]
    products = [
        a * b
        for a, b in zip(
            times(transforms.weight_transform, w), times(transforms.input_transform, x), strict=True
        )
    ]
    y = times(zip(*transforms.output_transform, strict=True), products)
    assert y == [sum(w[k] * x[i + k] for k in range(taps)) for i in range(outputs)]
    whole = [*transforms.input_transform, *transforms.output_transform]
    assert all(entry.denominator == 1 for row in whole for entry in row)


@pytest.mark.parametrize("name", ["input_transform", "weight_transform", "output_transform"])
def test_every_wrong_entry_is_found(name):
    right = toom_cook(3, 2)
    matrix = getattr(right, name)
    for row in range(len(matrix)):
        for column in range(len(matrix[0])):
            wrong = [list(entries) for entries in matrix]
            wrong[row][column] += 1
            fault = replace(right, **{name: tuple(map(tuple, wrong))})
            with pytest.raises(DerivationError, match=r"differs by .*dy\d\*w\d\*x\d"):
                prove(fault, IN_ORDER[2])


def test_a_shifted_filter_is_not_the_same():
    transforms = toom_cook(2, 3)
    turned = replace(transforms, input_transform=transforms.input_transform[::-1])
    assert multiplied_out(turned) != multiplied_out(transforms)


def test_points_may_be_given():
    points = tuple(map(Fraction, ("0", "1", "-1", "2", "-2")))
    transforms = toom_cook(4, 3, points)
    prove(transforms, IN_ORDER[3])
    assert transforms.points == points
    assert transforms.amplification == Fraction(88, 3)
    assert toom_cook(4, 3).amplification == Fraction(37, 3)
    with pytest.raises(OptionError, match="points must be 5 different numbers, got 1, 1"):
        toom_cook(4, 3, (Fraction(1), Fraction(1)))
    with pytest.raises(OptionError, match="1 to 8 inputs"):
        toom_cook(7, 3)


@pytest.mark.parametrize(("outputs", "taps"), SIZES)
def test_the_amplification_is_that_of_the_worst_entries(outputs, taps):
    """Some output, tap and signs of x reach it, and none exceeds it."""
    transforms = toom_cook(outputs, taps)
    reached = [
        sum(
            abs(a[i] * g[k] * b)
            for a, g, row in zip(
                transforms.output_transform,
                transforms.weight_transform,
                transforms.input_transform,
                strict=True,
            )
            for b in row
        )
        for i in range(outputs)
        for k in range(taps)
    ]
    assert max(reached) == transforms.amplification >= 1


def test_bounds_grow_with_tiles_and_channels():
    bounds = [rounding_of([toom_cook(m, 3)] * 2).bound("float32") for m in (2, 4, 6)]
    assert bounds == sorted(bounds)
    rounding = rounding_of([toom_cook(2, 3), toom_cook(1, 1)])
    assert rounding.amplification == 4
    assert rounding.bound("float64", summands=9) < rounding.bound("float64", summands=10)


def test_the_bound_of_tiles_holds_for_direct_sums():
    for outputs, taps in ((1, 3), (2, 1), (3, 1), (4, 3)):
        rounding = rounding_of([toom_cook(outputs, taps)])
        for summands in (1, 1000):
            products = max(outputs, taps) * summands
            unit = UNIT_ROUNDOFF["float32"]
            assert rounding.bound("float32", summands=summands) >= products * unit
    assert rounding_of([toom_cook(1, 3)]).amplification < 3


@pytest.mark.parametrize("true_convolution", [False, True])
def test_filters_are_read_off_the_derivation(true_convolution):
    spec = ConvSpec(
        kernel_shape=(2, 3), padding=((1, 0), (0, 2)), true_convolution=true_convolution
    )
    tiles = fast_tiles(derive_gradients(spec), (3, 2))
    taps = [(1, 0), (2, 1, 0)] if true_convolution else [(0, 1), (0, 1, 2)]
    assert tiles.filters == (Filter(taps[0], -1), Filter(taps[1], 0))
    plan = plan_fast(plan_kernel(derive_gradients(spec)), (3, 2))
    assert plan.weigh == tiles.filters
    back = [order[::-1] for order in taps]
    assert plan.gather == (Filter(back[0], 0), Filter(back[1], -2))
    assert plan.tile == (3, 2)


def test_sums_of_another_kind_are_errors():
    strided = derive_gradients(ConvSpec(kernel_shape=(3,), stride=2))
    with pytest.raises(OptionError, match="needs stride 1 and dilation 1"):
        fast_tiles(strided, (2,))
    with pytest.raises(DerivationError, match="neighbours"):
        filters_of([strided.reads_through(tap) for tap in strided.taps])
    with pytest.raises(OptionError, match="tile must have 1 sizes"):
        fast_tiles(derive_gradients(ConvSpec(kernel_shape=(3,))), (2, 2))


@pytest.mark.parametrize(("outputs", "taps"), SIZES)
@pytest.mark.parametrize("name", ["input_transform", "weight_transform", "output_transform"])
@pytest.mark.parametrize("turned", [False, True])
def test_shared_sums_are_the_matrix(outputs, taps, name, turned):
    matrix = getattr(toom_cook(outputs, taps), name)
    matrix = tuple(zip(*matrix, strict=True)) if turned else matrix
    columns = range(len(matrix[0]))
    sums = shared_sums(
        matrix,
        operands=[f"x{place}" for place in columns],
        results=[f"y{place}" for place in range(len(matrix))],
    )
    for column in columns:
        values = {f"x{place}": Fraction(place == column) for place in columns}
        for made in (*sums.steps, *sums.results):
            values[made.name] = sum(
                group.factor * sum(sign * values[operand] for sign, operand in group.terms)
                for group in made.groups
            ) / Fraction(made.divisor)
        assert [values[f"y{row}"] for row in range(len(matrix))] == [row[column] for row in matrix]


def test_tiles_show_themselves():
    tiles = derive(ConvSpec(kernel_shape=(2, 3))).fast((1, 4))
    lines = tiles.to_text().splitlines()
    assert "axis 1: F(4, 3) at the points 0, 3/2, -3/2, 2/3, -2/3, infinity" in lines
    assert "    1/1170   1/780   1/520" in lines
    assert tiles.to_latex().count(r"\begin{matrix}") == 6
    assert tiles.to_latex() == tiles._repr_latex_()
    assert derive(ConvSpec(kernel_shape=(3, 3))).fast(2).rounding.amplification == 16


SPEC = ConvSpec(kernel_shape=(3, 3), padding=1)


def tile_of(spec=SPEC, layout="batched", **choices):
    return request_kernel(spec, layout=layout, **choices).tile


def test_tiles_are_chosen():
    assert tile_of() is None
    assert tile_of(algorithm="winograd") == (4, 4)
    assert tile_of(algorithm="winograd", tile=2) == (2, 2)
    assert tile_of(algorithm="winograd", tile=(6, 1)) == (6, 1)
    assert tile_of(ConvSpec(kernel_shape=(1, 5)), algorithm="winograd") == (1, 2)
    assert tile_of(ConvSpec(kernel_shape=(7,)), algorithm="winograd") == (2,)
    assert request_kernel(SPEC, layout="batched", algorithm="winograd").name == (
        "conv_k3x3_s1_p1_batched_winograd4x4"
    )


def test_an_error_bound_chooses_the_largest_tile_within_it():
    bounds = {m: rounding_of([toom_cook(m, 3)] * 2).bound("float32") for m in (2, 3, 4)}
    for outputs, bound in bounds.items():
        assert tile_of(error_bound=float(bound) * 1.001) == (outputs, outputs)
    assert tile_of(error_bound=1.0) == (4, 4)
    assert tile_of(error_bound=float(bounds[2]) * 0.999) is None
    assert tile_of(ConvSpec(kernel_shape=(3, 3), stride=2), error_bound=1.0) is None


@pytest.mark.parametrize(
    ("spec", "choices", "message"),
    [
        (SPEC, {"algorithm": "fft"}, "algorithm must be one of direct, winograd, got 'fft'"),
        (SPEC, {"tile": 4}, "tile goes with algorithm=winograd"),
        (SPEC, {"algorithm": "winograd", "error_bound": 0.1}, "give it alone"),
        (SPEC, {"tile": 2, "error_bound": 0.1}, "give it alone"),
        (SPEC, {"error_bound": 0.0}, "error_bound must be above 0, got 0.0"),
        (SPEC, {"error_bound": float("nan")}, "error_bound must be above 0, got nan"),
        (SPEC, {"algorithm": "winograd", "tile": 7}, "tile must be 1 to 6 along an axis of 3 taps"),
        (SPEC, {"algorithm": "winograd", "tile": (2, 2, 2)}, "tile must have 2 sizes, or 1"),
        (SPEC, {"algorithm": "winograd", "layout": "plane"}, "needs the batched layout, got plane"),
        (
            ConvSpec(kernel_shape=(3,), stride=2),
            {"algorithm": "winograd"},
            r"needs stride 1 and dilation 1, got stride \(2,\)",
        ),
        (ConvSpec(kernel_shape=(1, 1)), {"algorithm": "winograd"}, "kernel sides of 1 to 7"),
        (ConvSpec(kernel_shape=(8,)), {"algorithm": "winograd"}, "kernel sides of 1 to 7"),
        (
            ConvSpec(kernel_shape=(3, 3, 3)),
            {"algorithm": "winograd", "target": "c"},
            "needs one or two axes in C, got 3",
        ),
        (
            ConvSpec(kernel_shape=(3,), transposed=True),
            {"algorithm": "winograd"},
            "ordinary convolution padded with zeros",
        ),
    ],
)
def test_a_choice_that_does_not_fit_is_one_line(spec, choices, message):
    with pytest.raises(OptionError, match=message) as raised:
        tile_of(spec, **choices)
    assert "\n" not in str(raised.value)
