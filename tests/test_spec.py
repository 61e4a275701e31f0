"""ConvSpec: validation, the output-size rule and its inverse, printing, naming, notation."""

import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import given

from symconv import ConvSpec, SpecError
from symconv.notation import read_spec, write_spec
from tests import oracle, strategies

SAME_SIZES = list(itertools.product(range(1, 9), range(1, 5), range(1, 5)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel_shape": (0, 3)}, "kernel_shape[0] must be at least 1, got 0"),
        ({"kernel_shape": (3, -5)}, "kernel_shape[1] must be at least 1, got -5"),
        ({"kernel_shape": (3, 1.5)}, "kernel_shape[1] must be an integer, got 1.5"),
        ({"kernel_shape": (3, True)}, "kernel_shape[1] must be an integer, got True"),
        ({"kernel_shape": ("3", 5)}, "kernel_shape[0] must be an integer, got '3'"),
        ({"kernel_shape": 3}, "kernel_shape must be a tuple of 1 to 3 integers, got 3"),
        ({"kernel_shape": "35"}, "kernel_shape must be a tuple of 1 to 3 integers, got '35'"),
        ({"kernel_shape": ()}, "kernel_shape must have 1 to 3 axes, got ()"),
        ({"kernel_shape": (1,) * 4}, "kernel_shape must have 1 to 3 axes, got (1, 1, 1, 1)"),
        ({"kernel_shape": (2**31,)}, "kernel_shape[0] must be at most 2147483647, got 2147483648"),
        (
            {"kernel_shape": (10**5000,)},
            "kernel_shape[0] must be at most 2147483647, got an integer of 16610 bits",
        ),
        ({"kernel_shape": (3, 5), "stride": 0}, "stride must be at least 1, got 0"),
        ({"kernel_shape": (3, 5), "stride": None}, "stride must be an integer, got None"),
        (
            {"kernel_shape": (3, 5), "stride": (1, 2, 3)},
            "stride must have one entry per axis (2), got (1, 2, 3)",
        ),
        ({"kernel_shape": (3, 5), "dilation": (1, 0)}, "dilation[1] must be at least 1, got 0"),
        ({"kernel_shape": (3, 5), "padding": 1.5}, "padding must be an integer, got 1.5"),
        (
            {"kernel_shape": (3, 5), "padding": -1, "padding_mode": "reflect"},
            "padding must be at least 0 with padding_mode='reflect', got ((-1, -1), (-1, -1))",
        ),
        (
            {"kernel_shape": (3,), "padding_mode": "mirror"},
            "padding_mode must be one of zeros, reflect, replicate, circular, got 'mirror'",
        ),
        (
            {"kernel_shape": (3,), "padding_mode": "reflect", "transposed": True},
            "padding_mode must be 'zeros' if transposed=True, got 'reflect'",
        ),
        ({"kernel_shape": (3,), "transposed": 1}, "transposed must be True or False, got 1"),
        (
            {"kernel_shape": (3,), "true_convolution": None},
            "true_convolution must be True or False, got None",
        ),
        (
            {"kernel_shape": (3,), "stride": 2, "output_padding": 1},
            "output_padding must be 0 unless transposed=True, got 1",
        ),
        (
            {"kernel_shape": (3,), "stride": 2, "transposed": True, "output_padding": 2},
            "output_padding[0] must be less than the stride or the dilation (2, 1), got 2",
        ),
        (
            {"kernel_shape": (3, 5), "padding": ((1, 2), (3,))},
            "padding[1] must have one entry per axis (2), got (3,)",
        ),
        ({"kernel_shape": (3, 5), "padding": ((0, 1),)}, "padding must have one integer or"),
        ({"kernel_shape": (3, 5), "padding": "Same"}, 'padding must be "valid", "same"'),
        ({"kernel_shape": (3, 5), "groups": 0}, "groups must be at least 1, got 0"),
    ],
)
def test_a_bad_size_names_field_rule_and_value(arguments, message):
    with pytest.raises(SpecError) as caught:
        ConvSpec(**arguments)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, ValueError)


def test_sizes_are_stored_per_axis():
    spec = ConvSpec(kernel_shape=[np.int64(3), 5], stride=2, padding=(1, (0, 2)), dilation=(1, 3))
    assert spec.kernel_shape == (3, 5)
    assert all(type(k) is int for k in spec.kernel_shape)
    assert (spec.stride, spec.dilation, spec.padding) == ((2, 2), (1, 3), ((1, 1), (0, 2)))
    assert spec.extent == (3, 13)
    assert (spec.axes, spec.groups) == (2, 1)


@pytest.mark.parametrize(
    ("padding", "pairs"),
    [
        ("valid", ((0, 0), (0, 0))),
        ("full", ((2, 2), (8, 8))),
        ("same", ((1, 1), (4, 4))),
        (3, ((3, 3), (3, 3))),
        ((1, 2), ((1, 1), (2, 2))),
    ],
)
def test_padding_that_does_not_depend_on_the_input_becomes_pairs(padding, pairs):
    assert ConvSpec(kernel_shape=(3, 5), dilation=(1, 2), padding=padding).padding == pairs


@pytest.mark.parametrize(
    ("rule", "pairs"), [("same", ((0, 1), (1, 2))), ("same_lower", ((1, 0), (2, 1)))]
)
def test_same_padding_is_resolved_at_an_input(rule, pairs):
    spec = ConvSpec(kernel_shape=(3, 5), stride=2, padding=rule)
    assert spec.padding == rule
    assert spec.at((8, 10)).padding == pairs
    assert spec.output_shape((8, 10)) == spec.at((8, 10)).output_shape((8, 10)) == (4, 5)
    with pytest.raises(SpecError, match="depends on the input"):
        _ = spec.padding_pairs


@pytest.mark.parametrize(("n", "k", "t"), SAME_SIZES)
def test_same_padding_gives_the_ceiling_of_n_over_t(n, k, t):
    for rule in ("same", "same_lower"):
        spec = ConvSpec(kernel_shape=(k,), stride=t, padding=rule)
        assert spec.output_shape((n,)) == (-(-n // t),)
        ((lo, hi),) = spec.at((n,)).padding_pairs
        assert hi - lo in ((0, 1) if rule == "same" else (0, -1))


@given(strategies.images() | strategies.whole_images())
def test_output_shape_counts_the_windows_that_fit(image):
    spec, shape = image
    counted = oracle.output_shape(
        shape,
        spec.kernel_shape,
        spec.stride,
        spec.padding_pairs,
        spec.dilation,
        spec.transposed,
    )
    assert spec.output_shape(shape) == spec.window_counts(shape) == counted


@given(strategies.whole_images())
def test_no_smaller_input_of_the_whole_space_has_these_outputs(image):
    spec, shape = image
    outputs = spec.output_shape(shape)
    smallest = spec.smallest_input_shape(outputs)
    assert spec.output_shape(smallest) == outputs
    for axis, size in enumerate(smallest):
        for shorter in range(size):
            sizes = (*smallest[:axis], shorter, *smallest[axis + 1 :])
            with contextlib.suppress(SpecError):
                assert spec.output_shape(sizes) != outputs


@given(strategies.images())
def test_the_smallest_input_has_these_outputs_and_no_smaller_one_has(image):
    spec, shape = image
    outputs = spec.output_shape(shape)
    smallest = spec.smallest_input_shape(outputs)
    assert spec.output_shape(smallest) == outputs
    assert all(a <= b for a, b in zip(smallest, shape, strict=True))
    for axis, size in enumerate(smallest):
        shorter = tuple(n - (place == axis) for place, n in enumerate(smallest))
        lo, hi = spec.padding_pairs[axis]
        if size and size - 1 + lo + hi >= spec.extent[axis]:
            assert spec.output_shape(shorter) != outputs


@given(strategies.images() | strategies.whole_images())
def test_the_unread_tail_is_what_no_window_spans_at_the_end(image):
    spec, shape = image
    outputs = spec.output_shape(shape)
    for axis, tail in enumerate(spec.unread_tail(shape)):
        span, stride = spec.extent[axis], spec.stride[axis]
        if not spec.transposed:  # one window as wide as all: what lies between them counts too
            span, stride = (outputs[axis] - 1) * stride + span, 10**6
        meetings = oracle.meetings(
            input_shape=(shape[axis],),
            kernel_shape=(span,),
            stride=(stride,),
            padding=(spec.padding_pairs[axis],),
            dilation=(1,),
            mode=spec.padding_mode,
            transposed=spec.transposed,
        )
        read = [cell for _, _, (cell,) in meetings]
        before, _ = spec.padding_pairs[axis]
        reach = [
            i * stride + span - 1 - before if spec.transposed else i + before
            for i in range(shape[axis])
        ]
        cut = [i for i, last in enumerate(reach) if last < 0]  # in front: that is no tail
        assert tail == shape[axis] - 1 - max(read + cut, default=-1)


@pytest.mark.parametrize(
    ("mode", "n", "rule"),
    [
        ("reflect", 2, "input_shape[0] must be at least 3 for reflect padding (1, 2), got 2"),
        ("circular", 1, "input_shape[0] must be at least 2 for circular padding (1, 2), got 1"),
        ("replicate", 0, "input_shape[0] must be at least 1 for replicate padding (1, 2), got 0"),
    ],
)
def test_padding_is_not_copied_from_an_input_that_is_too_small(mode, n, rule):
    spec = ConvSpec(kernel_shape=(3,), padding=((1, 2),), padding_mode=mode)
    assert spec.output_shape((n + 1,)) == (n + 2,)
    for call in (spec.output_shape, spec.at, spec.unread_tail, spec.window_counts):
        with pytest.raises(SpecError) as caught:
            call((n,))
        assert str(caught.value) == rule


def test_same_padding_is_copied_where_the_input_is_large_enough():
    spec = ConvSpec(kernel_shape=(7,), stride=4, padding="same", padding_mode="reflect")
    assert spec.smallest_input_shape((1,)) == (3,)  # padding (2, 2); two cells need (2, 3)
    assert spec.at((3,)).padding == ((2, 2),)
    with pytest.raises(SpecError, match=r"input_shape\[0\] must be at least 4 for reflect"):
        spec.output_shape((2,))


@pytest.mark.parametrize(("n", "k", "t"), SAME_SIZES)
def test_transposed_same_padding_gives_n_times_t(n, k, t):
    for rule in ("same", "same_lower"):
        spec = ConvSpec(kernel_shape=(k,), stride=t, padding=rule, transposed=True)
        assert spec.output_shape((n,)) == (n * t,)
        convolution = ConvSpec(kernel_shape=(k,), stride=t, padding=rule).at((n * t,))
        ((lo, hi),), ((before, after),) = spec.padding_pairs, convolution.padding_pairs
        assert (lo, max(0, hi)) == (before, after)
    with pytest.raises(SpecError, match="output_padding"):
        ConvSpec(kernel_shape=(k,), stride=t, output_padding=t, transposed=True)


def test_a_transposed_output_is_named_by_its_input():
    spec = ConvSpec(kernel_shape=(3, 2), stride=2, padding=(1, 0), transposed=True)
    assert spec.output_shape((4, 3)) == (7, 6)
    assert spec.smallest_input_shape((7, 6)) == (4, 3)
    longer = ConvSpec(
        kernel_shape=(3, 2), stride=2, padding=(1, 0), output_padding=(1, 0), transposed=True
    )
    assert longer.output_shape((4, 3)) == (8, 6)
    assert longer == spec.at((4, 3), output_shape=(8, 6))
    assert longer.padding == ((1, 0), (0, 0))
    for call, rule in (
        (lambda: spec.smallest_input_shape((8, 6)), "output_shape[0] must be 1 or a multiple of"),
        (lambda: spec.at((4, 3), output_shape=(9, 6)), "output_shape[0] must be from 7 to 8 for"),
        (lambda: spec.output_shape((0, 3)), "input_shape[0] must be at least 1 for one output of"),
        (
            lambda: spec.adjoint.at((7, 6), output_shape=(4, 3)),
            "output_shape must be left out unless transposed=True, got (4, 3)",
        ),
    ):
        with pytest.raises(SpecError) as caught:
            call()
        assert str(caught.value).startswith(rule)


def test_what_copies_its_padding_has_no_transposed_spec():
    with pytest.raises(SpecError, match="padding_mode must be 'zeros'"):
        _ = ConvSpec(kernel_shape=(3,), padding=1, padding_mode="reflect").adjoint


def test_an_output_that_is_cropped_away_needs_a_larger_input():
    spec = ConvSpec(kernel_shape=(2,), stride=3, padding=4, transposed=True)
    assert spec.output_shape((4,)) == (3,)
    with pytest.raises(SpecError, match=r"input_shape\[0\] must be at least 4"):
        spec.output_shape((3,))
    assert spec.unread_tail((4,)) == (1,)


def test_an_input_that_no_window_fits_is_an_error():
    spec = ConvSpec(kernel_shape=(3, 5), padding=((0, 0), (1, 0)))
    with pytest.raises(SpecError) as caught:
        spec.output_shape((3, 3))
    assert str(caught.value) == (
        "input_shape[1] must be at least 4 for a window of extent 5 with padding (1, 0), got 3"
    )
    with pytest.raises(SpecError, match=r"input_shape must have one entry per axis"):
        spec.output_shape((3, 3, 3))


def test_outputs_that_the_padding_alone_exceeds_are_an_error():
    with pytest.raises(SpecError, match=r"output_shape\[0\] must be at least 6"):
        ConvSpec(kernel_shape=(1,), padding=3).smallest_input_shape((1,))


@given(strategies.specs() | strategies.whole_specs())
def test_a_spec_prints_back_as_the_call_that_makes_it(spec):
    assert eval(repr(spec)) == spec
    assert hash(eval(repr(spec))) == hash(spec)


@given(strategies.specs() | strategies.whole_specs())
def test_the_notation_of_the_command_line_reads_back(spec):
    assert read_spec(**write_spec(spec)) == spec


@given(*[strategies.specs() | strategies.whole_specs()] * 2)
def test_names_are_identifiers_and_tell_specs_apart(one, other):
    assert one.name.isidentifier()
    assert (one.name == other.name) == (one == other)


def test_a_spec_is_frozen():
    with pytest.raises(AttributeError):
        ConvSpec(kernel_shape=(3,)).stride = (2,)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"kernel": "3*5"}, "kernel must be integers like 3x5, got '3*5'"),
        ({"kernel": "3x"}, "kernel must be integers like 3x5"),
        ({"kernel": "٣"}, "kernel must be integers like 3x5"),
        ({"kernel": "1x1x1x1"}, "kernel must have 1 to 3 axes"),
        ({"kernel": "3", "padding": "1:2:3"}, "padding must be like 1, 1x2, 1x0:2 or one of"),
        ({"kernel": "3", "padding": "__import__('os')"}, "padding must be like 1, 1x2"),
        ({"kernel": "3x3", "stride": "2x2x2"}, "stride must have one entry per axis (2)"),
    ],
)
def test_words_that_are_no_sizes_are_refused(words, message):
    with pytest.raises(SpecError) as caught:
        read_spec(**words)
    assert str(caught.value).startswith(message)
