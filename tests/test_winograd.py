"""NumPy kernels by fast tiles: exact on integers and on symbols, floats within the bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv as sc
from symconv import ConvSpec, VerificationError
from symconv.algebra.rounding import rounding_of
from symconv.algebra.toom_cook import toom_cook
from symconv.codegen.check.winograd import check_tiles, tile_trials
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests.batches import batch

SPEC = ConvSpec(kernel_shape=(2, 3), padding=((1, 0), (0, 1)))
TILE = (2, 2)


@st.composite
def tiled(draw, least_images=0):
    """A spec with tiles of any size that is allowed, and a batch of it."""
    axes = draw(st.integers(1, 2))
    kernel = draw(st.tuples(*[st.integers(1, 5)] * axes).filter(lambda sides: max(sides) > 1))
    spec = ConvSpec(
        kernel_shape=kernel,
        padding=draw(st.tuples(*[st.tuples(st.integers(-1, 3), st.integers(-1, 3))] * axes)),
        groups=draw(st.integers(1, 2)),
        true_convolution=draw(st.booleans()),
    )
    tile = tuple(draw(st.integers(1, 9 - taps)) for taps in kernel)
    least = [max(1, axis.least_input) for axis in spec.concrete_axes()]
    sizes = tuple(most + draw(st.integers(0, 9)) for most in least)
    images = draw(st.integers(least_images, 2))
    data = batch(spec, sizes, images=images, inputs=draw(st.integers(1, 3)), outputs=2)
    return data, tile


def kernel_of(spec, tile):
    return build_of(request_kernel(spec, layout="batched", algorithm="winograd", tile=tile)).load()


def results(kernel, data):
    """Of a kernel, or of the reference."""
    y = kernel.forward(data.x, data.w, data.b)
    dx = kernel.grad_input(data.dy, data.w, data.x.shape)
    return y, dx, kernel.grad_weight(data.dy, data.x), kernel.grad_bias(data.dy)


def expected(data):
    spec = data.spec
    return (
        sc.reference.forward(spec, data.x, data.w, data.b),
        sc.reference.grad_input(spec, data.dy, data.w, data.x.shape),
        sc.reference.grad_weight(spec, data.dy, data.x),
        sc.reference.grad_bias(spec, data.dy),
    )


@settings(max_examples=40)
@given(tiled())
def test_integers_are_exact(drawn):
    data, tile = drawn
    kernel = kernel_of(data.spec, tile)
    for ours, right in zip(results(kernel, data), expected(data), strict=True):
        assert ours.dtype == data.x.dtype
        assert (ours == right).all()
    gradients = kernel.backward(data.dy, data.x, data.w)
    assert (gradients.weight == expected(data)[2]).all()


@settings(max_examples=50)
@given(tiled())
def test_tiles_of_integers_in_float64_round_to_the_exact_ones(drawn):
    data, tile = drawn
    kernel, floats = kernel_of(data.spec, tile), data.of_dtype(np.float64)
    for ours, right in zip(results(kernel, floats), expected(data), strict=True):
        assert ours.dtype == np.float64
        assert (np.rint(ours) == right).all()


@settings(max_examples=30)
@given(tiled(least_images=1), st.integers(0, 10**6))
def test_float32_stays_within_the_bound(drawn, seed):
    """max|x| * sum of |w|, the largest that an entry could be, times the bound of the tiles."""
    data, tile = drawn
    draws = np.random.default_rng(seed)
    x, w, dy = (draws.uniform(-1, 1, a.shape).astype(np.float32) for a in (data.x, data.w, data.dy))
    kernel, spec = kernel_of(data.spec, tile), data.spec
    rounding = rounding_of(tuple(map(toom_cook, tile, spec.kernel_shape)))
    exact = (a.astype(np.float64) for a in (x, w, dy))
    exact_x, exact_w, exact_dy = exact
    spatial = tuple(range(2, w.ndim))
    by_output, by_input = (abs(exact_w).sum(axis=(axis, *spatial)).max() for axis in (1, 0))
    per_output = abs(exact_dy).sum(axis=(0, *spatial)).max()
    tiles = data.dy.size
    cases = (
        (kernel.forward(x, w), sc.reference.forward(spec, exact_x, exact_w),
         by_output * abs(x).max(), x.shape[1]),
        (kernel.grad_input(dy, w, x.shape),
         sc.reference.grad_input(spec, exact_dy, exact_w, x.shape),
         by_input * abs(dy).max(), dy.shape[1]),
        (kernel.grad_weight(dy, x), sc.reference.grad_weight(spec, exact_dy, exact_x),
         per_output * abs(x).max(), tiles),
    )  # fmt: skip
    for ours, right, largest, summands in cases:
        assert ours.dtype == np.float32
        error = abs(ours - right).max(initial=0)
        assert error <= float(rounding.bound("float32", summands=summands)) * largest


def test_three_axes_and_strips_of_one_row():
    spec = ConvSpec(kernel_shape=(2, 3, 1), padding=((1, 0), (1, 1), (0, 0)), groups=2)
    data = batch(spec, (5, 6, 4), images=3)
    kernel = kernel_of(spec, (3, 2, 1))
    kernel.forward.__globals__.update(WORKSPACE=1, LEAST_TILES=1)
    for ours, right in zip(results(kernel, data.of_dtype(np.float64)), expected(data), strict=True):
        assert (np.rint(ours) == right).all()


def test_out_and_one_image():
    data = batch(SPEC, (5, 7)).of_dtype(np.float64)
    kernel = kernel_of(SPEC, TILE)
    out = np.empty(data.dy.shape)
    assert kernel.forward(data.x, data.w, out=out) is out
    assert (kernel.forward(data.x[1], data.w) == out[1]).all()
    with pytest.raises(ValueError, match="weight must have shape"):
        kernel.forward(data.x, data.w[..., :2])
    with pytest.raises(ValueError, match="input must have cells"):
        kernel.forward(data.x[..., :1], data.w)


def checked(text):
    build = build_of(request_kernel(SPEC, layout="batched", algorithm="winograd", tile=TILE))
    files = [GeneratedFile("mutant.py", text)] if text else build.unchecked
    trials = tile_trials(build.derivation, TILE)
    check_tiles(build.load(files), build.plans.channels, trials=trials)


def test_the_tiles_without_a_fault_pass():
    checked("")


# fault -> (a piece of the emitted text, what the mutant has in its place)
MUTANTS = {
    "a wrong entry of B^T": ("np.subtract(x0, x2, out=t[0])", "np.subtract(x0, x1, out=t[0])"),
    "a wrong entry of G": ("odd1 = w1 / 2", "odd1 = w1 / 3"),
    "a wrong entry of A^T": ("plus1 = t0 + t1", "plus1 = t0 - t1"),
    "the padding is forgotten": ("FORWARD = (-1, 0)", "FORWARD = (0, 0)"),
    "dy is read one cell too late": ("GRAD_INPUT = (0, -2)", "GRAD_INPUT = (0, -1)"),
    "the kernel is not flipped in grad_input": ("w[..., ::-1, ::-1], GRAD", "w, GRAD"),
    "the last tile is left out": ("-(-size // tile)", "size // tile"),
    "only the last strip counts in grad_weight": ("sums += np.matmul", "sums[...] = np.matmul"),
    "tiles lie too far apart": (
        "slice(at, at + stop, TILE[axis])",
        "slice(at, at + stop, SPAN[axis])",
    ),
    "channels are mixed up": (
        "np.matmul(matrices, tiles)",
        "np.matmul(matrices[..., ::-1], tiles)",
    ),
}


@pytest.mark.parametrize("fault", MUTANTS)
def test_wrong_tiles_differ_from_the_derivation(fault):
    request = request_kernel(SPEC, layout="batched", algorithm="winograd", tile=TILE)
    text = build_of(request).unchecked[0].text
    piece, wrong = MUTANTS[fault]
    assert piece in text, "the mutant no longer touches the code"
    text = text.replace("WORKSPACE = 2**19", "WORKSPACE = 1").replace("TILES = 64", "TILES = 1")
    with pytest.raises((VerificationError, ValueError)):
        checked(text.replace(piece, wrong))


def test_the_public_road():
    (file,) = sc.generate(SPEC, layout="batched", algorithm="winograd", tile=TILE)
    assert file.path == "conv_k2x3_s1_lo1x0_hi0x1_batched_winograd2x2.py"
    data = batch(SPEC, (4, 5))
    kernel = sc.load(SPEC, layout="batched", error_bound=0.1)
    assert kernel.name.endswith("winograd5x4")
    assert (kernel.forward(data.x, data.w, data.b) == expected(data)[0]).all()
