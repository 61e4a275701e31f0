"""Half-precision floats are summed in float32 and rounded once; narrow integers stay exact."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from symconv import ConvSpec, load
from symconv.codegen.runtime import batched_wrapper, halves, plane_wrapper
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.runtime.narrow import Otherwise
from tests.test_refused_arrays import BATCHED, KERNELS, kernel

HALVES = ["float16", "bfloat16"]
INTEGERS = ["i1", "u1", "i2", "u2", "u4", "u8"]
COMPILED = ["C plane", "C batched", "C winograd"]


def dtype_of(name):
    if name != "bfloat16":
        return np.dtype(name)
    return np.dtype(pytest.importorskip("ml_dtypes").bfloat16)


@cache
def operands(name):
    """x, w and dy that are no halves."""
    draws = np.random.default_rng(0)
    shapes = ((2, 4, 6, 5), (4, 4, 3, 3)) if name in BATCHED else ((6, 5), (3, 3))
    x, w = map(draws.standard_normal, shapes)
    return x, w, draws.standard_normal(x.shape)


def results(k, x, w, dy, bias=None):
    return [k.forward(x, w, bias), *k.backward(dy, x, w)]


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", KERNELS)
def test_halves_are_rounded_once(name, half):
    k, dtype = kernel(name), dtype_of(half)
    halves = [each.astype(dtype) for each in operands(name)]
    singles = [each.astype(np.float32) for each in halves]
    bias = np.linspace(-1, 1, 4).astype(dtype) if name in BATCHED else 0.5
    wide = bias.astype(np.float32) if name in BATCHED else 0.5
    for one, other in zip(results(k, *halves, bias), results(k, *singles, wide), strict=True):
        assert one.dtype == dtype
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other).astype(dtype))


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", KERNELS)
def test_halves_are_written_where_they_are_asked_for(name, half):
    k, dtype = kernel(name), dtype_of(half)
    x, w, dy = (each.astype(dtype) for each in operands(name))
    calls = [
        (lambda out: k.grad_input(dy, w, out=out), x),
        (lambda out: k.grad_weight(dy, x, out=out), w),
    ]
    if name in BATCHED:
        calls.append((lambda out: k.forward(x, w, out=out), dy))
    for call, like in calls:
        out = np.full(like.shape[::-1], 99, dtype).T
        assert call(out) is out
        np.testing.assert_array_equal(out, call(None))
        with pytest.raises(ValueError, match=f"dtype {half}, got float32$"):
            call(np.empty(like.shape, np.float32))
    with pytest.raises(ValueError, match=f"dtype float32, got .*{half}$"):
        k.grad_input(dy.astype("f"), w.astype("f"), out=np.empty_like(x))


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", ["plane", "C plane"])
@pytest.mark.parametrize("bias", ["half", np.float32(0.5), np.float64(0.5), 1])
def test_a_bias_decides_the_type_of_halves_as_in_numpy(name, half, bias):
    k, dtype = kernel(name), dtype_of(half)
    x, w, _ = (each.astype(dtype) for each in operands(name))
    bias = dtype.type(0.5) if isinstance(bias, str) else bias
    assert k.forward(x, w, bias).dtype == (x + bias).dtype


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("target", ["numpy", "c"])
def test_long_sums_of_halves_do_not_stop(target, half):
    if target == "c" and find_compiler() is None:
        pytest.skip("there is no C compiler")
    dtype = dtype_of(half)  # sums of ones stop at 2048 in float16, at 256 in bfloat16
    k = load(ConvSpec(kernel_shape=(1, 1)), target=target, layout="batched")
    x, w = np.ones((1, 5000, 2, 2), dtype), np.ones((1, 5000, 1, 1), dtype)
    assert (k.forward(x, w) == dtype.type(5000)).all()
    dy, x = np.ones((1, 1, 70, 70), dtype), np.ones((1, 1, 70, 70), dtype)
    assert (k.grad_weight(dy, x) == dtype.type(4900)).all()
    assert (k.grad_bias(dy) == dtype.type(4900)).all()
    k = load(ConvSpec(kernel_shape=(1, 1)), target=target)
    assert (k.grad_weight(dy[0, 0], x[0, 0]) == dtype.type(4900)).all()
    assert k.grad_bias(dy[0, 0]) == dtype.type(4900)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", ["batched", "C batched"])
def test_halves_work_in_a_workspace_of_float32(name, half):
    k, dtype = kernel(name), dtype_of(half)
    x, w, _ = (each.astype(dtype) for each in operands(name))
    workspace = np.empty(100_000, np.float32)
    y = k.forward(x, w, workspace=workspace)
    np.testing.assert_array_equal(y, k.forward(x, w))


def every_half():
    return np.arange(2**16, dtype=np.uint16).view(np.float16)


def test_every_half_is_widened_as_in_numpy():
    wide, expected = halves.widen(every_half()), every_half().astype(np.float32)
    np.testing.assert_array_equal(wide.view(np.uint32), expected.view(np.uint32))


def test_singles_are_narrowed_as_in_numpy():
    ends = np.sort(every_half()[np.isfinite(every_half())].astype(np.float32))
    between = (ends[1:] + ends[:-1]) / 2
    numbers = [ends, *(np.nextafter(between, np.float32(to)) for to in (-np.inf, np.inf)), between]
    bits = np.arange(0, 2**32, 65_521, dtype=np.uint64).astype(np.uint32)
    singles = np.concatenate([*numbers, bits.view(np.float32), np.float32([65519.996, 65520])])
    with np.errstate(all="ignore"):
        expected = singles.astype(np.float16)
    found = halves.narrow(singles)
    same = (found.view(np.uint16) == expected.view(np.uint16)) | (
        np.isnan(found) & np.isnan(expected)
    )
    assert same.all()


def test_halves_are_converted_where_nothing_can_be_compiled(monkeypatch):
    monkeypatch.setattr(halves, "_functions", dict)
    x = np.linspace(-9, 9, 24, dtype=np.float16).reshape(4, 6)[:, ::2]
    np.testing.assert_array_equal(halves.narrow(halves.widen(x)), x)


def test_float16_needs_no_other_package():
    program = (
        "import sys; sys.modules['ml_dtypes'] = None\n"
        "import numpy as np; from symconv import ConvSpec, load\n"
        "for target in ('numpy', 'auto'):\n"
        "    k = load(ConvSpec(kernel_shape=(2,)), target=target)\n"
        "    print(k.forward(np.ones(3, 'e'), np.ones(2, 'e'), 0.5))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[2.5 2.5]"] * 2, done.stderr


@cache
def integers(name, integer):
    """x, w and dy over the whole range of a type."""
    dtype, draws = np.dtype(integer), np.random.default_rng(1)
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    shapes = [each.shape for each in operands(name)]
    return [draws.integers(low, high, shape, dtype, endpoint=True) for shape in shapes]


@pytest.mark.parametrize("integer", INTEGERS)
@pytest.mark.parametrize("name", ["plane", "batched", "winograd", *COMPILED])
def test_integers_are_exact_modulo_what_they_hold(name, integer):
    arrays, modulus = integers(name, integer), 2 ** (8 * np.dtype(integer).itemsize)
    plain = kernel("batched" if name in BATCHED else "plane")
    exact = results(plain, *(each.astype(object) for each in arrays))
    for one, other in zip(results(kernel(name), *arrays), exact, strict=True):
        assert one.dtype == integer
        assert not np.any((np.asarray(one).astype(object) - other) % modulus)


@pytest.mark.parametrize("dtype", [*INTEGERS, "float16"])
@pytest.mark.parametrize("name", COMPILED)
def test_narrow_types_are_compiled(name, dtype, monkeypatch):
    k = kernel(name)
    arrays = [(each % 8).astype(dtype) for each in integers(name, "i1")]
    for wrapper in (plane_wrapper, batched_wrapper):
        monkeypatch.setattr(wrapper, "Otherwise", lambda kernel, _: Otherwise(kernel, numpy=None))
    results(k, *arrays)  # no NumPy kernel is there to ask
