"""Batched kernels: equal to the reference and the oracle, and right at every edge."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import ConvSpec, OptionError, Space, generate, load, reference
from symconv.testing import assert_correct
from tests import oracle, strategies
from tests.batches import batch, batches

SPECS = [
    ConvSpec(kernel_shape=(1, 1)),
    ConvSpec(kernel_shape=(1, 1), stride=(3, 2), groups=2),
    ConvSpec(kernel_shape=(3, 5), stride=2, groups=2),
    ConvSpec(kernel_shape=(3, 2), stride=(2, 3), dilation=(2, 1), padding=((0, 4), (3, 0))),
    ConvSpec(kernel_shape=(2, 2), stride=4, groups=3),
    ConvSpec(kernel_shape=(4,), stride=3, padding=5, dilation=2, groups=2),
    ConvSpec(kernel_shape=(2, 1, 3), stride=(1, 2, 2), padding=((0, 1), (0, 0), (2, 0))),
    *(replace(spec, groups=2) for spec in strategies.KINDS[::2]),
    *strategies.KINDS[1::2],
]
CHANNELS = [(1, 1), (1, 4), (4, 1), (2, 3)]  # per group: depthwise, one to many, many to one


STYLES = pytest.mark.parametrize("style", ["unrolled", "fast"])


def kernel_of(spec, style="fast"):
    return load(spec, layout="batched", style=style)


def sizes_of(spec):
    return strategies.some_input(spec, more=0)


def expected(data):
    spec, x, w, b, dy = data
    return (
        reference.forward(spec, x, w, b),
        reference.grad_input(spec, dy, w, x.shape),
        reference.grad_weight(spec, dy, x),
        reference.grad_bias(spec, dy),
    )


def computed(kernel, data, **options):
    _, x, w, b, dy = data
    return (kernel.forward(x, w, b, **options), *kernel.backward(dy, x, w, **options))


def assert_equal(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@STYLES
@settings(max_examples=120)
@given(batches())
def test_integers_equal_the_reference(style, data):
    assert_equal(computed(kernel_of(data.spec, style), data), expected(data))


@settings(max_examples=40)
@given(batches(max_axes=2), st.integers(0, 3000))
def test_any_workspace_gives_the_same(data, more):
    """From the smallest workspace, one row of one group at a time, to one that holds it all."""
    kernel = kernel_of(data.spec)
    workspace = np.empty(least_workspace(kernel, data) + more, int)
    assert_equal(computed(kernel, data, workspace=workspace), expected(data))


def least_workspace(kernel, data):
    least = 0
    calls = (
        lambda given: kernel.forward(data.x, data.w, workspace=given),
        lambda given: kernel.grad_input(data.dy, data.w, data.x.shape, workspace=given),
        lambda given: kernel.grad_weight(data.dy, data.x, workspace=given),
    )
    for call in calls:
        while True:  # the message of a workspace that is too small says what is needed
            try:
                call(np.empty(least, int))
                break
            except ValueError as err:
                least = int(str(err).split("at least ")[1].split()[0])
    return least


@STYLES
@pytest.mark.parametrize("channels", CHANNELS, ids=str)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_integers_equal_the_oracle(spec, channels, style):
    inputs, outputs = channels
    data = batch(spec, sizes_of(spec), inputs=inputs, outputs=outputs)
    sizes = strategies.oracle_sizes(spec, data.x.shape[2:])
    y = np.zeros_like(data.dy) + data.b.reshape(-1, *[1] * spec.axes)
    dx, dw = np.zeros_like(data.x), np.zeros_like(data.w)
    meetings = list(oracle.meetings(**sizes))
    all_channels = (inputs * spec.groups, outputs * spec.groups)
    channels_met = oracle.batched_transposed if spec.transposed else oracle.batched
    for n, o, c, inner in channels_met(len(data.x), *all_channels, spec.groups):
        first = c if spec.transposed else o
        for i, r, u in meetings:
            y[n, o, *i] += data.x[n, c, *u] * data.w[first, inner, *r]
            dx[n, c, *u] += data.dy[n, o, *i] * data.w[first, inner, *r]
            dw[first, inner, *r] += data.dy[n, o, *i] * data.x[n, c, *u]
    db = np.array([data.dy[:, o].sum() for o in range(len(data.b))])
    assert_equal(computed(kernel_of(spec, style), data), (y, dx, dw, db))


@STYLES
@settings(max_examples=40)
@given(batches(), strategies.seeds)
def test_the_gradients_are_the_adjoints_of_the_forward_pass(style, data, seed):
    """<dy, conv(x, w)> = <grad_input, x> = <grad_weight, w>, and <dy, b> = <grad_bias, b>."""
    kernel = kernel_of(data.spec, style)
    dx, dw, db = kernel.backward(data.dy, data.x, data.w)
    product = (data.dy * kernel.forward(data.x, data.w)).sum()
    assert (dx * data.x).sum() == product
    assert (dw * data.w).sum() == product
    with_bias = (data.dy * kernel.forward(data.x, data.w, data.b)).sum()
    assert with_bias - product == (db * data.b).sum()


@STYLES
@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "i", "l", "L", "e", "f", "d", "g", "F", "O"])
@pytest.mark.parametrize("spec", [SPECS[2], SPECS[3]], ids=lambda spec: spec.name)
@pytest.mark.parametrize("channels", [(1, 1), (2, 3), (4, 1)], ids=str)
def test_every_dtype_is_kept(spec, channels, dtype, style):
    inputs, outputs = channels
    data = batch(spec, sizes_of(spec), inputs=inputs, outputs=outputs, low=0, high=2)
    exact = expected(data)
    kernel = kernel_of(spec, style)
    for ours, theirs in zip(computed(kernel, data.of_dtype(dtype)), exact, strict=True):
        assert ours.dtype == dtype
        if dtype != "?":  # for bool, and/or take the place of product and sum
            np.testing.assert_array_equal(ours.astype(object), theirs)


def variants(array):
    """The same entries strided, in Fortran's order, read-only, backwards, big-endian, as a list."""
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    strided = wide[(slice(None, None, 2),) * array.ndim]
    strided[...] = array
    frozen = array.copy()
    frozen.flags.writeable = False
    backwards = np.flip(np.ascontiguousarray(np.flip(array)))
    return strided, np.asfortranarray(array), frozen, backwards, array.astype(">i8"), array.tolist()


@STYLES
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_strided_read_only_and_big_endian_arrays_are_accepted(spec, style):
    for inputs, outputs in ((1, 1), (2, 3)):
        data = batch(spec, sizes_of(spec), inputs=inputs, outputs=outputs)
        kernel, right = kernel_of(spec, style), expected(data)
        for x, w, dy in itertools.product(variants(data.x), variants(data.w), variants(data.dy)):
            assert_equal((kernel.forward(x, w, data.b), *kernel.backward(dy, x, w)), right)


def smallest(spec):
    """The input that grad_input assumes, of an output of some size."""
    return spec.smallest_input_shape(spec.output_shape(sizes_of(spec)))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_out_is_filled_and_returned(spec):
    data = batch(spec, smallest(spec), images=3)
    kernel, (y, dx, dw, _) = kernel_of(spec), expected(data)
    for right, call in (
        (y, lambda out: kernel.forward(data.x, data.w, data.b, out=out)),
        (dx, lambda out: kernel.grad_input(data.dy, data.w, out=out)),
        (dw, lambda out: kernel.grad_weight(data.dy, data.x, out=out)),
    ):
        parent = np.full([2 * size for size in right.shape], 99)
        strided = parent[tuple(slice(0, None, 2) for _ in right.shape)]
        for out in (np.full_like(right, 99), np.asfortranarray(right * 0 + 99), strided):
            assert call(out) is out
            np.testing.assert_array_equal(out, right)
        untouched = parent.sum() - right.sum()
        assert untouched == 99 * (parent.size - right.size)


@STYLES
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_one_image_needs_no_batch_axis(spec, style):
    data = batch(spec, smallest(spec), images=1)
    kernel, (y, dx, dw, db) = kernel_of(spec, style), expected(data)
    x, dy = data.x[0], data.dy[0]
    ours = (kernel.forward(x, data.w, data.b), *kernel.backward(dy, x, data.w))
    assert_equal(ours, (y[0], dx[0], dw, db))
    assert kernel.grad_input(dy, data.w).ndim == spec.axes + 1


@STYLES
def test_the_smallest_input_is_the_default(style):
    kernel = kernel_of(ConvSpec(kernel_shape=(3, 5), stride=2, groups=2), style)
    assert kernel.grad_input(np.ones((1, 6, 2, 3)), np.ones((6, 4, 3, 5))).shape == (1, 8, 5, 9)


@STYLES
@pytest.mark.parametrize("dtype", [int, float, object])
@pytest.mark.parametrize(
    ("images", "inputs", "outputs"), [(0, 2, 3), (2, 0, 3), (2, 2, 0), (0, 0, 0)]
)
def test_empty_batches_and_no_channels_give_zeros(images, inputs, outputs, dtype, style):
    for spec in (SPECS[0], SPECS[2]):
        data = batch(spec, sizes_of(spec), images=images, inputs=inputs, outputs=outputs)
        assert_equal(
            computed(kernel_of(spec, style), data.of_dtype(dtype)), expected(data.of_dtype(dtype))
        )


@STYLES
def test_no_window_gives_zero_gradients(style):
    kernel = kernel_of(ConvSpec(kernel_shape=(3, 2), stride=2), style)
    x, w, dy = np.ones((2, 3, 2, 4)), np.ones((5, 3, 3, 2)), np.ones((2, 5, 0, 2))
    assert not kernel.grad_input(dy, w, x.shape).any()
    assert not kernel.grad_weight(dy, x).any()
    assert kernel.grad_weight(dy, x).shape == w.shape


@STYLES
@pytest.mark.parametrize(
    ("spec", "sizes"),
    [
        (ConvSpec(kernel_shape=(2, 3)), (2, 3)),  # one output
        (ConvSpec(kernel_shape=(2, 2), stride=(9, 7)), (4, 3)),  # a stride beyond the input
        (ConvSpec(kernel_shape=(3, 2), dilation=(4, 3), padding=((5, 4), (3, 3))), (2, 1)),
        (ConvSpec(kernel_shape=(1, 1), padding=2, stride=2), (3, 2)),  # windows in the padding
        (ConvSpec(kernel_shape=(2, 2), padding=5), (1, 2)),  # more padding than kernel
    ],
)
def test_sizes_at_the_edge(spec, sizes, style):
    for groups, (inputs, outputs) in itertools.product((1, 2), CHANNELS):
        grouped = ConvSpec(
            kernel_shape=spec.kernel_shape,
            stride=spec.stride,
            dilation=spec.dilation,
            padding=spec.padding,
            groups=groups,
        )
        data = batch(grouped, sizes, inputs=inputs, outputs=outputs)
        assert_equal(computed(kernel_of(grouped, style), data), expected(data))


X, W, DY = np.ones((2, 4, 5, 4)), np.ones((6, 2, 3, 2)), np.ones((2, 6, 2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: k.forward(X[0, 0], W), "input must have 3 or 4 axes, got shape (5, 4)"),
        (lambda k: k.forward(X, W[0]), "weight must have 4 axes, got shape (2, 3, 2)"),
        (lambda k: k.forward(X, W[:5]), "channels must be multiples of 2, got 5 and 4"),
        (lambda k: k.forward(X[:, :3], W), "channels must be multiples of 2, got 6 and 3"),
        (lambda k: k.forward(X, W[:, :1]), "weight must have shape (6, 2, 3, 2), got (6, 1, 3, 2)"),
        (lambda k: k.forward(X, W, np.ones(2)), "bias must have shape (6,), got (2,)"),
        (lambda k: k.forward(X, W, 1.0), "bias must have 1 axes, got shape ()"),
        (lambda k: k.forward(X[:, :, :2], W), "input must have cells (3, 2) or more"),
        (lambda k: k.forward(X, W, out=np.ones((2, 6, 2, 3))), "out must have shape (2, 6, 2, 2)"),
        (lambda k: k.forward(X, W, out=DY.astype("f")), "and dtype float64, got"),
        (lambda k: k.grad_input(DY, W, (4, 5, 4)), "input_shape must be 4 sizes >= 0"),
        (lambda k: k.grad_input(DY, W, (2, 4, 9, 4)), "grad_output must have shape (2, 6, 4, 2)"),
        (lambda k: k.grad_input(DY, W, (2, 8, 5, 4)), "weight must have shape (6, 4, 3, 2)"),
        (lambda k: k.grad_input(DY, W, out=np.ones((2, 6, 2, 2))), "must have shape"),
        (lambda k: k.grad_weight(DY[:1], X), "grad_output must have shape (2, 6, 2, 2)"),
        (lambda k: k.grad_weight(DY[0], X), "grad_output must have shape (2, 6, 2, 2)"),
        (lambda k: k.grad_weight(DY[:, :5], X), "channels must be multiples of 2, got 5 and 4"),
        (lambda k: k.grad_bias(np.ones(2)), "grad_output must have 3 or 4 axes"),
        (lambda k: k.forward(X, W, workspace=np.empty(3)), "workspace must have one axis of at"),
        (lambda k: k.forward(X, W, workspace=np.empty(999, "f")), "of dtype float64, got"),
        (lambda k: k.forward(X, W, workspace=np.empty((999, 9))), "workspace must have one axis"),
    ],
)
def test_wrong_arguments_are_value_errors_that_name_them(call, message):
    kernel = kernel_of(ConvSpec(kernel_shape=(3, 2), stride=2, groups=2))
    with pytest.raises(ValueError) as caught:
        call(kernel)
    assert message in str(caught.value)


def test_a_workspace_must_not_be_an_operand():
    kernel = kernel_of(ConvSpec(kernel_shape=(3, 2), stride=2, groups=2))
    memory = np.ones(2000)
    x = memory[:160].reshape(X.shape)
    with pytest.raises(ValueError, match="workspace must not share memory with the operands"):
        kernel.forward(x, W, workspace=memory)
    y = memory[: DY.size].reshape(DY.shape)
    with pytest.raises(ValueError, match="workspace must not share memory with the result"):
        kernel.forward(X, W, out=y, workspace=memory)


@STYLES
def test_the_same_call_gives_the_same_bits(style):
    spec = ConvSpec(kernel_shape=(3, 3), padding=1)
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(4, 32, 30, 30)).astype("f"), rng.normal(size=(32, 32, 3, 3)).astype("f")
    kernel = kernel_of(spec, style)
    first, second = (kernel.backward(kernel.forward(x, w), x, w) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()


def test_a_batched_kernel_has_its_own_name_and_no_element_form():
    (file,) = generate(ConvSpec(kernel_shape=(2,), groups=2), layout="batched")
    assert file.path == "conv_k2_s1_g2_batched.py"
    with pytest.raises(OptionError, match="unroll=element needs the plane layout, got batched"):
        load(ConvSpec(kernel_shape=(2,)), layout="batched", unroll="element", input_shape=(3,))


@cache
def audited(spec):
    return kernel_of(spec)


AUDITED = {
    "forward": lambda spec, **arrays: audited(spec).forward(**arrays),
    "grad_input": lambda spec, **arrays: audited(spec).grad_input(**arrays),
    "grad_weight": lambda spec, **arrays: audited(spec).grad_weight(**arrays),
    "grad_bias": lambda spec, **arrays: audited(spec).grad_bias(**arrays),
}


@pytest.mark.parametrize("operation", AUDITED)
def test_the_audit_finds_nothing(operation):
    space = Space(exclude=("same",))  # depends on the input, so a kernel needs spec.at(input_shape)
    assert_correct(AUDITED[operation], operation=operation, layout="batched", space=space, cases=30)
