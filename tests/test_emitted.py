"""Emitted kernels: parity with the reference and the derivation, dtypes, layouts, errors."""

import itertools
import subprocess
import sys
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from sympy import expand

from symconv import ConvSpec, OptionError, SpecError, derive, generate, load, reference
from symconv.algebra.symbols import DY, B, W, X
from tests import oracle, strategies

STYLES = ["unrolled", "fast"]
ODD = [
    ConvSpec(kernel_shape=(1, 1)),
    ConvSpec(kernel_shape=(3, 3)),
    ConvSpec(kernel_shape=(3, 5), stride=2),
    ConvSpec(kernel_shape=(2, 3), stride=3),
    ConvSpec(kernel_shape=(2, 2), stride=4),
    ConvSpec(kernel_shape=(3, 2), stride=(2, 3), dilation=(2, 1), padding=((0, 4), (3, 0))),
    ConvSpec(kernel_shape=(4,), stride=3, padding=5, dilation=2),
    ConvSpec(kernel_shape=(2, 1, 3), stride=(1, 2, 2), padding=((0, 1), (0, 0), (2, 0))),
    *strategies.KINDS,
]


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=250)
@given(strategies.images() | strategies.whole_images(), strategies.seeds)
def test_numbers_equal_the_reference(style, image, seed):
    spec, shape = image
    kernel = load(spec, style=style)
    x = strategies.integers(shape, seed)
    w = strategies.integers(spec.kernel_shape, seed + 1)
    dy = strategies.integers(spec.output_shape(shape), seed + 2)
    np.testing.assert_array_equal(kernel.forward(x, w, 5), reference.forward(spec, x, w, 5))
    gradients = kernel.backward(dy, x, w)
    np.testing.assert_array_equal(gradients.input, reference.grad_input(spec, dy, w, shape))
    np.testing.assert_array_equal(gradients.weight, reference.grad_weight(spec, dy, x))
    assert gradients.bias == reference.grad_bias(spec, dy)


SMALL = {"max_kernel": 3, "max_stride": 3, "max_padding": 2}


@settings(max_examples=60)
@given(strategies.images(**SMALL) | strategies.whole_images(**SMALL), strategies.seeds)
def test_the_element_form_equals_the_reference(image, seed):
    spec, shape = image
    statements = prod(shape) + prod(spec.output_shape(shape)) + prod(spec.kernel_shape)
    assume(statements <= 600)
    kernel = load(spec, unroll="element", input_shape=shape)
    x = strategies.integers(shape, seed)
    w = strategies.integers(spec.kernel_shape, seed + 1)
    dy = strategies.integers(spec.output_shape(shape), seed + 2)
    np.testing.assert_array_equal(kernel.forward(x, w, 5), reference.forward(spec, x, w, 5))
    gradients = kernel.backward(dy, x, w)
    np.testing.assert_array_equal(gradients.input, reference.grad_input(spec, dy, w, shape))
    np.testing.assert_array_equal(gradients.weight, reference.grad_weight(spec, dy, x))


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=60)
@given(strategies.whole_images(**SMALL), strategies.seeds)
def test_numbers_equal_the_oracle(style, image, seed):
    spec, shape = image
    kernel, sizes = load(spec, style=style), strategies.oracle_sizes(spec, shape)
    x = strategies.integers(shape, seed)
    w = strategies.integers(spec.kernel_shape, seed + 1)
    dy = strategies.integers(spec.output_shape(shape), seed + 2)
    given_x, given_w, given_dy = (dict(np.ndenumerate(array)) for array in (x, w, dy))
    gradients = kernel.backward(dy, x, w)
    for ours, theirs in (
        (kernel.forward(x, w, 5), oracle.forward(given_x, given_w, 5, **sizes)),
        (gradients.input, oracle.grad_input(given_dy, given_w, **sizes)),
        (gradients.weight, oracle.grad_weight(given_dy, given_x, **sizes)),
    ):
        assert dict(np.ndenumerate(ours)) == theirs


def symbols(base, shape):
    array = np.empty(shape, dtype=object)
    for index in oracle.ranges(shape):
        array[index] = base[index]
    return array


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("spec", ODD, ids=lambda spec: spec.name)
def test_sympy_symbols_run_through_emitted_code(spec, style):
    """The parity that `generate` checks in a polynomial ring, here with SymPy's own symbols."""
    shape = strategies.some_input(spec, more=0)
    entries = derive(spec).written_out(shape)
    x, w = symbols(X, shape), symbols(W, spec.kernel_shape)
    dy = symbols(DY, spec.output_shape(shape))
    kernel = load(spec, style=style)
    y, gradients = kernel.forward(x, w, B), kernel.backward(dy, x, w)
    for actual, expected in (
        (y, entries.output),
        (gradients.input, entries.grad_input),
        (gradients.weight, entries.grad_weight),
    ):
        assert {index for index, _ in np.ndenumerate(actual)} == set(expected)
        for index, polynomial in expected.items():
            assert expand(actual[index] - polynomial) == 0
    assert expand(gradients.bias - entries.grad_bias) == 0


FORMS = [{"style": "unrolled"}, {"style": "fast"}, {"unroll": "element"}]
DTYPES = ["?", "b", "B", "h", "i", "l", "L", "e", "f", "d", "g", "F", "D", "O"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_dtype_is_kept(dtype, form):
    spec = ConvSpec(kernel_shape=(2, 2), stride=2, padding=((1, 0), (0, 1)))
    kernel = load(spec, input_shape=(4, 3), **form)
    x, w = strategies.integers((4, 3), 1, 0, 2, dtype), strategies.integers((2, 2), 2, 0, 2, dtype)
    dy = strategies.integers(spec.output_shape((4, 3)), 3, 0, 2, dtype)
    y, (dx, dw, db) = kernel.forward(x, w), kernel.backward(dy, x, w)
    assert (y.dtype, dx.dtype, dw.dtype) == (dtype,) * 3
    assert np.asarray(db).dtype == dtype or dtype == "O"
    exact = reference.grad_input(spec, dy.astype(object), w.astype(object), (4, 3))
    if dtype != "?":  # for bool, and/or take the place of product and sum
        np.testing.assert_array_equal(dx.astype(object), exact)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_small_integers_wrap_like_arrays(form):
    spec = ConvSpec(kernel_shape=(2,))
    kernel = load(spec, input_shape=(3,), **form)
    full = np.full(3, 100, np.int8)
    assert kernel.forward(full, full[:2]).tolist() == [32, 32]  # 20000 modulo 256
    assert kernel.grad_weight(full[:2], full).tolist() == [32, 32]


@pytest.mark.parametrize("style", STYLES)
def test_mixed_dtypes_meet_in_numpys_common_dtype(style):
    kernel = load(ConvSpec(kernel_shape=(2,)), style=style)
    assert kernel.forward(np.ones(3, np.float32), np.ones(2, np.float64)).dtype == np.float64
    assert kernel.forward(np.ones(3, np.float32), np.ones(2, np.float32), 0.5).dtype == np.float32
    assert kernel.grad_input([1, 2], [3.0, 4.0]).tolist() == [3.0, 10.0, 8.0]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("spec", ODD, ids=lambda spec: spec.name)
def test_strided_fortran_and_read_only_arrays_are_accepted(spec, style):
    shape = strategies.some_input(spec)
    x, w = strategies.integers(shape, 1), strategies.integers(spec.kernel_shape, 2)
    dy = strategies.integers(spec.output_shape(shape), 3)
    kernel = load(spec, style=style)
    expected = kernel.backward(dy, x, w)

    def variants(array):
        wide = np.zeros([2 * size for size in array.shape], array.dtype)
        view = wide[(slice(None, None, 2),) * array.ndim]
        view[...] = array
        frozen = array.copy()
        frozen.flags.writeable = False
        reverse = np.ascontiguousarray(np.flip(array))
        yield from (view, np.asfortranarray(array), frozen, np.flip(reverse), array.tolist())

    for dy_, x_, w_ in itertools.product(variants(dy), variants(x), variants(w)):
        got = kernel.backward(dy_, x_, w_)
        for one, other in zip(got, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def smallest(spec):
    """The input that grad_input assumes, of an output of some size."""
    return spec.smallest_input_shape(spec.output_shape(strategies.some_input(spec)))


@pytest.mark.parametrize("spec", ODD, ids=lambda spec: spec.name)
def test_out_is_filled_and_returned(spec):
    shape = smallest(spec)
    x, w = strategies.integers(shape, 1), strategies.integers(spec.kernel_shape, 2)
    dy = strategies.integers(spec.output_shape(shape), 3)
    kernel = load(spec)
    dx, dw = np.full(shape, 99), np.full(spec.kernel_shape, 99)
    assert kernel.grad_input(dy, w, out=dx) is dx
    assert kernel.grad_weight(dy, x, out=dw) is dw
    np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
    np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))
    parent = np.zeros([2 * n for n in shape], int)
    view = parent[tuple(slice(0, 2 * n, 2) for n in shape)]
    kernel.grad_input(dy, w, shape, out=view)
    np.testing.assert_array_equal(view, dx)
    assert parent.sum() == dx.sum()


def test_out_needs_no_second_result():
    import tracemalloc

    kernel, n = load(ConvSpec(kernel_shape=(3, 3), stride=2)), 801
    dy, w, out = np.ones((400, 400)), np.ones((3, 3)), np.empty((n, n))
    kernel.grad_input(dy, w, out=out)
    tracemalloc.start()
    kernel.grad_input(dy, w, out=out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < out.nbytes  # the frame of dy and the terms of one phase, a quarter each


@pytest.mark.parametrize("style", STYLES)
def test_zero_sized_arrays_give_zero_gradients(style):
    kernel = load(ConvSpec(kernel_shape=(3, 2), stride=2), style=style)
    w = np.ones((3, 2))
    assert kernel.grad_input(np.ones((0, 2)), w).shape == (0, 4)
    assert not kernel.grad_input(np.ones((0, 2)), w, (2, 4)).any()
    assert not kernel.grad_weight(np.ones((0, 2)), np.ones((2, 4))).any()
    assert kernel.grad_bias(np.ones((0, 2))) == 0
    padded = load(ConvSpec(kernel_shape=(2,), padding=1), style=style)
    assert padded.forward(np.ones(0), np.ones(2), 3.0).tolist() == [3.0]
    assert padded.grad_input(np.ones(1), np.ones(2)).shape == (0,)
    for spec, empty in ((ConvSpec(kernel_shape=(3, 2), stride=2), (2, 4)),):
        dy = np.ones((0, 2))
        np.testing.assert_array_equal(reference.grad_input(spec, dy, w, empty), np.zeros(empty))


@pytest.mark.parametrize("unroll", ["taps", "element"])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda k: k.forward(np.ones(5), np.ones((3, 2))),
            "input must have 2 axes, got shape (5,)",
        ),
        (lambda k: k.forward(np.ones((5, 4)), np.ones((2, 3))), "weight must have shape (3, 2)"),
        (lambda k: k.forward(np.ones((5, 4)), np.ones((3, 2)), [1, 2]), "bias must be a scalar"),
        (lambda k: k.forward(np.ones((2, 4)), np.ones((3, 2))), "input must have shape"),
        (lambda k: k.grad_input(np.ones((2, 2)), np.ones((2, 3))), "weight must have shape (3, 2)"),
        (lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (9, 9)), "must"),
        (lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (5,)), "input_shape must be"),
        (lambda k: k.grad_input(np.ones((3, 2)), np.ones((3, 2)), (5, 4)), "grad_output must have"),
        (
            lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (5, 4), np.empty((4, 5))),
            "out must have shape (5, 4) and dtype float64, got (4, 5) and float64",
        ),
        (
            lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), out=np.empty((5, 4), "f")),
            "out must have shape (5, 4) and dtype float64, got (5, 4) and float32",
        ),
        (lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), out=frozen((5, 4))), "read-only"),
        (lambda k: k.grad_input(*sharing()), "out must not share memory"),
        (lambda k: k.grad_weight(np.ones((2, 2)), np.ones((9, 4))), "must have shape"),
        (lambda k: k.grad_weight(np.ones((2, 2)), np.ones((5, 4)), np.empty((2, 3))), "out must"),
        (lambda k: k.grad_bias(np.ones(2)), "grad_output must have 2 axes"),
        (lambda k: k.backward(np.ones((2, 2)), np.ones((7, 4)), np.ones((3, 2))), "must"),
    ],
)
def test_wrong_shapes_are_value_errors_that_name_them(unroll, call, message):
    kernel = load(ConvSpec(kernel_shape=(3, 2), stride=(2, 2)), unroll=unroll, input_shape=(5, 4))
    with pytest.raises(ValueError) as caught:
        call(kernel)
    assert message in str(caught.value)


def frozen(shape):
    array = np.empty(shape)
    array.flags.writeable = False
    return array


def sharing():
    memory = np.ones(26)
    return memory[:4].reshape(2, 2), np.ones((3, 2)), (5, 4), memory[2:22].reshape(5, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"target": "fortran"}, OptionError, "target must be one of numpy, c, got 'fortran'"),
        ({"layout": "NHWC"}, OptionError, "layout must be one of plane, batched, got 'NHWC'"),
        ({"unroll": "all"}, OptionError, "unroll must be one of taps, element, got 'all'"),
        ({"unroll": "element"}, OptionError, "unroll=element needs the input shape"),
        ({"unroll": "element", "input_shape": (30, 30)}, OptionError, "at most 600 statements"),
        ({"unroll": "element", "input_shape": (2, 2)}, SpecError, "input_shape[0] must be at"),
        ({"style": "plain"}, OptionError, "style must be one of unrolled, fast, got 'plain'"),
        ({"style": "fast", "target": "c"}, OptionError, "style=fast needs target=numpy, got c"),
        (
            {"style": "unrolled", "unroll": "element", "input_shape": (5, 5)},
            OptionError,
            "style=unrolled needs unroll=taps, got element",
        ),
        (
            {"style": "fast", "layout": "batched", "algorithm": "winograd"},
            OptionError,
            "style=fast needs algorithm=direct, got winograd",
        ),
    ],
)
def test_requests_that_cannot_be_met_are_refused(arguments, error, message):
    for function in (generate, load):
        with pytest.raises(error) as caught:
            function(ConvSpec(kernel_shape=(3, 3)), **arguments)
        assert message in str(caught.value)


def test_specs_that_a_plane_kernel_cannot_have_are_refused():
    with pytest.raises(OptionError, match="groups must be 1 in the plane layout, got 2"):
        generate(ConvSpec(kernel_shape=(3,), groups=2))
    with pytest.raises(SpecError, match="at most 4096 taps in the plane layout"):
        generate(ConvSpec(kernel_shape=(65, 64)))
    with pytest.raises(SpecError, match="at most 1024 taps in the batched layout"):
        generate(ConvSpec(kernel_shape=(33, 32)), layout="batched")
    with pytest.raises(SpecError, match="depends on the input"):
        generate(ConvSpec(kernel_shape=(3,), stride=2, padding="same"))


def test_the_statement_budget_is_600():
    spec = ConvSpec(kernel_shape=(3, 3))  # m*n + (m-2)*(n-2) + 9 statements
    assert load(spec, unroll="element", input_shape=(18, 18)).name.endswith("_on18x18")
    with pytest.raises(OptionError, match="got 659 for input 19x19"):
        load(spec, unroll="element", input_shape=(19, 19))


def test_emitted_code_needs_only_numpy(tmp_path):
    (file,) = generate(ConvSpec(kernel_shape=(3, 5), stride=2))
    (tmp_path / file.path).write_text(file.text)
    script = (
        "import sys, numpy as np, conv_k3x5_s2 as k\n"
        "g = k.backward(np.ones((2, 2)), np.ones((5, 7)), np.ones((3, 5)))\n"
        "assert g.input.sum() == 60 and g.bias == 4, g\n"
        "assert not {'sympy', 'symconv', 'jinja2'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)


def test_floats_agree_with_scipy():
    scipy_signal = pytest.importorskip("scipy.signal")
    kernel = load(ConvSpec(kernel_shape=(3, 5)))
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(31, 40)).astype("f"), rng.normal(size=(3, 5)).astype("f")
    y = kernel.forward(x, w)
    np.testing.assert_allclose(y, scipy_signal.correlate2d(x, w, "valid"), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        kernel.grad_input(y, w), scipy_signal.convolve2d(y, w), rtol=1e-4, atol=1e-4
    )
