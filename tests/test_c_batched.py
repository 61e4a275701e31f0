"""Batched C kernels: parity with the reference in every type, threads, arrays, errors, faults."""

import itertools
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from shutil import which

import numpy as np
import pytest

from symconv import ConvSpec, VerificationError, load, reference
from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import derive_gradients
from symconv.codegen.c.batched import CUT_SMALL
from symconv.codegen.check.compiled import check_compiled_batches, compiled_trials
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of
from tests.batches import batch

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

SPECS = [
    ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (0, 2)), groups=2),
    ConvSpec(kernel_shape=(1, 1)),
    ConvSpec(kernel_shape=(2, 1, 2), stride=(2, 1, 3), padding=((0, 1), (0, 0), (1, 0))),
]
QUICK = ("-O1",)
TYPES = [np.float32, np.float64, np.int32, np.int64]
CHANNELS = [(2, 3, 7), (1, 17, 5), (3, 1, 1), (0, 2, 2), (1, 2, 13), (2, 0, 3)]


@cache
def kernel_of(spec, flags=QUICK):
    return build_of(request_kernel(spec, target="c", layout="batched")).load(flags=flags)


def results_of(kernel, given):
    return kernel.forward(given.x, given.w, given.b), *kernel.backward(given.dy, given.x, given.w)


def assert_equal_results(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("spec", SPECS[:2], ids=lambda spec: spec.name)
def test_numbers_equal_the_reference_in_every_type(spec, dtype):
    for (images, inputs, outputs), size in itertools.product(CHANNELS, (3, 9, 20)):
        sizes = (size, size + 2)
        given = batch(spec, sizes, images=images, inputs=inputs, outputs=outputs).of_dtype(dtype)
        found = results_of(kernel_of(spec), given)
        assert {array.dtype for array in found} == {np.dtype(dtype)}
        np.testing.assert_array_equal(found[0], reference.forward(spec, *given[1:4]))
        np.testing.assert_array_equal(
            found[1], reference.grad_input(spec, given.dy, given.w, given.x.shape)
        )
        np.testing.assert_array_equal(found[2], reference.grad_weight(spec, given.dy, given.x))
        np.testing.assert_array_equal(found[3], reference.grad_bias(spec, given.dy))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_cut_and_no_vectors_give_the_same_integers(spec):
    for flags in ((*QUICK, *CUT_SMALL), (*QUICK, "-DSYMCONV_WITHOUT_VECTORS")):
        for images, inputs, outputs in CHANNELS:
            sizes = (5, 4, 9)[-spec.axes :]
            given = batch(spec, sizes, images=images, inputs=inputs, outputs=outputs)
            expected = results_of(load(spec, layout="batched"), given)
            assert_equal_results(results_of(kernel_of(spec, flags), given), expected)


def test_threads_change_no_bit():
    spec = SPECS[0]
    kernels = [
        kernel_of(spec, (*QUICK, "-fopenmp", f"-DSYMCONV_THREADS={count}")) for count in (1, 2, 3)
    ]
    for images, inputs, outputs in [*CHANNELS[:5], (1, 40, 40)]:
        given = batch(spec, (12, 11), images=images, inputs=inputs, outputs=outputs)
        floats = given.of_dtype(np.float32)
        floats = floats._replace(x=floats.x / 3, dy=floats.dy / 7)
        one, *others = (results_of(kernel, floats) for kernel in kernels)
        for other in others:
            assert_equal_results(one, other)


def test_an_error_of_float_is_that_of_its_sums():
    spec = SPECS[0]
    given = batch(spec, (14, 15), inputs=40, outputs=20).of_dtype(np.float64)
    draws = np.random.default_rng(0)
    given = given._replace(x=draws.normal(size=given.x.shape), w=draws.normal(size=given.w.shape))
    exact = reference.forward(spec, given.x, given.w, given.b)
    y = kernel_of(spec).forward(*(a.astype(np.float32) for a in given[1:4]))
    products = reference.forward(spec, abs(given.x), abs(given.w), abs(given.b))
    count = 40 * 6 + 1
    assert (abs(y - exact) <= (count + 4) * 2.0**-24 * products).all()


def test_nan_and_infinity_travel_as_in_numpy():
    spec = SPECS[0]
    given = batch(spec, (9, 8)).of_dtype(np.float64)
    for name, value in itertools.product(("x", "w", "dy"), (np.nan, np.inf)):
        array = getattr(given, name).copy()
        array.ravel()[array.size // 2] = value
        wild = given._replace(**{name: array})
        with np.errstate(invalid="ignore"):
            expected = results_of(load(spec, layout="batched"), wild)
        for ours, theirs in zip(results_of(kernel_of(spec), wild), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def variants(array):
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    view = wide[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    frozen = array.copy()
    frozen.flags.writeable = False
    raw = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    yield from (view, np.asfortranarray(array), frozen, np.flip(np.flip(array).copy()), raw)
    yield from (array.astype(array.dtype.newbyteorder()), array.tolist())


def test_every_kind_of_array_is_read_right():
    given = batch(SPECS[0], (6, 5))
    expected = results_of(kernel_of(SPECS[0]), given)
    kinds = [list(variants(array)) for array in given[1:]]
    for x, w, b, dy in zip(*kinds, strict=True):
        found = results_of(kernel_of(SPECS[0]), given._replace(x=x, w=w, b=b, dy=dy))
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_one_image_needs_no_axis_of_images():
    spec = SPECS[0]
    given = batch(spec, (6, 5), images=1)
    single = given._replace(x=given.x[0], dy=given.dy[0])
    assert_equal_results(
        results_of(kernel_of(spec), single), results_of(load(spec, layout="batched"), single)
    )


@pytest.mark.parametrize("dtype", ["?", "b", "H", "e", "D", "O"])
def test_other_types_are_kept_as_numpy_keeps_them(dtype):
    given = batch(SPECS[0], (6, 5), low=0, high=2).of_dtype(dtype)
    y = kernel_of(SPECS[0]).forward(given.x, given.w)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, load(SPECS[0], layout="batched").forward(given.x, given.w))


def test_out_and_workspace_are_used():
    spec = SPECS[0]
    given, kernel = batch(spec, (6, 5)), kernel_of(spec)
    y, dx, dw, _ = results_of(kernel, given)
    for entries in (1 << 20, 1 << 16):
        workspace = np.full(entries, 99)
        calls = {
            "forward": ((given.x, given.w, given.b), y),
            "grad_input": ((given.dy, given.w), dx),
            "grad_weight": ((given.dy, given.x), dw),
        }
        for word, (operands, expected) in calls.items():
            for out in (np.full(expected.shape, 77), np.full(expected.shape, 77, order="F")):
                call = getattr(kernel, word)
                assert call(*operands, out=out, workspace=workspace) is out
                np.testing.assert_array_equal(out, expected)
    assert (workspace != 99).any()


def ones(*shape):
    return np.ones(shape)


WRONG = [
    lambda k: k.forward(ones(5), ones(2, 1, 3, 2)),
    lambda k: k.forward(ones(2, 5, 4), ones(2, 2, 3, 2)),
    lambda k: k.forward(ones(3, 5, 4), ones(2, 1, 3, 2)),
    lambda k: k.forward(ones(2, 5, 4), ones(3, 1, 3, 2)),
    lambda k: k.forward(ones(2, 5, 4), ones(2, 1, 3, 2), ones(3)),
    lambda k: k.forward(ones(2, 1, 4), ones(2, 1, 3, 2)),
    lambda k: k.forward(ones(2, 5, 4), ones(2, 1, 3, 2), out=ones(2, 5, 4)),
    lambda k: k.forward(ones(2, 5, 4), ones(2, 1, 3, 2), workspace=np.empty(9, "f")),
    lambda k: k.grad_input(ones(2, 3, 5), ones(2, 1, 2, 2)),
    lambda k: k.grad_input(ones(2, 3, 5), ones(2, 1, 3, 2), (2, 9, 9)),
    lambda k: k.grad_input(ones(2, 3, 5), ones(2, 1, 3, 2), (5,)),
    lambda k: k.grad_input(ones(2, 3, 5), ones(2, 1, 3, 2), (2, 5, -4)),
    lambda k: k.grad_input(np.float64(1), ones(2, 1, 3, 2), (2, 5, 4)),
    lambda k: k.grad_input(ones(2, 3, 5), ones(2, 1, 3, 2), out=frozen()),
    lambda k: k.grad_weight(ones(2, 3, 5), ones(2, 9, 4)),
    lambda k: k.grad_weight(ones(2, 3, 5), ones(3, 5, 4)),
    lambda k: k.grad_weight(ones(1, 2, 3, 5), ones(2, 5, 4)),
    lambda k: k.grad_bias(ones(2)),
]


def frozen():
    array = np.empty((2, 5, 4))
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("call", WRONG)
def test_errors_are_those_of_the_numpy_kernel(call):
    messages = []
    for kernel in (kernel_of(SPECS[0]), load(SPECS[0], layout="batched")):
        with pytest.raises(ValueError) as caught:
            call(kernel)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_callers_share_a_kernel():
    spec = SPECS[0]
    batches = [batch(spec, (20 + 3 * n, 12), inputs=3 + n, seed=n) for n in range(4)]
    kernel = build_of(request_kernel(spec, target="c", layout="batched")).load(flags=QUICK)
    expected = [reference.forward(spec, *given[1:4]) for given in batches]
    with ThreadPoolExecutor(8) as pool:
        numbers = [n % 4 for n in range(64)]
        found = pool.map(lambda n: kernel.forward(*batches[n][1:4]), numbers)
        for number, y in zip(numbers, found, strict=True):
            np.testing.assert_array_equal(y, expected[number])


FAULTS = [
    ("cell + row.left * step", "cell"),
    ("row.right = max_of(row.right, row.left);", "row.right = work->frame[AXES - 1];"),
    ("at[row] = row < rows ? place[row * row_stride] : 0;", "at[row] = 0;"),
    (".adds = begin > 0", ".adds = 0"),
    (".last = begin + depth == work->channels", ".last = begin == 0"),
    ("begin + from[i]", "from[i]"),
    ("(work->how->to[axis] + cell", "(cell"),
    ("runs[run].from + i", "runs[run].from"),
    ("starts[number] = run.from * weights->width", "starts[number] = run.from"),
    ("tap * width + lane", "tap + lane"),
    ("lane < count ? from[lane * cells] : 0", "lane < count ? from[lane] : 0"),
    ("lanes[cell % LANES_i64] += dy[cell];", "lanes[0] = dy[cell];"),
    ("group * work->rows + first_row", "first_row"),
    ("begin + load_i64(tile + i)", "load_i64(tile + i)"),
    (
        "how->start[axis] + how->tap[tap].at[axis] - planes->whole",
        "how->tap[tap].at[axis] - planes->whole",
    ),
    ("frames + row.left, source + row.from", "frames, source + row.from"),
    ("begin + box->count[axis + 1] * step", "begin + box->count[axis + 1]"),
    ("= tile[number * row + i];", "= tile[i];"),
    ("rest < size % JOINED", "rest < 0"),
    ("taps += planes->how[reading]->taps;", ""),
    ("masked_i64(load_i64(source0 + from + whole), mask)", "0 * zero"),
    ("row * operands->row", "row"),
    ("number % parts * planes->together", "number % parts * 0"),
    ("lanes + i * pairs * PADDED_TAPS", "lanes"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS)
def test_planted_faults_are_found(right, wrong):
    spec = ConvSpec(kernel_shape=(2, 3), padding=1, stride=2, groups=3)
    request = request_kernel(spec, target="c", layout="batched", dtype="i64")
    derivation = derive_gradients(spec)
    source, header = build_of(request).unchecked
    assert right in source.text
    files = (GeneratedFile(source.path, source.text.replace(right, wrong)), header)
    mutants = [build_of(request).load(files, flags=("-O0", *cut)) for cut in ((), CUT_SMALL)]
    with pytest.raises(VerificationError, match=r"differs from the derivation"):
        check_compiled_batches(
            {np.int64: mutants}, derive_channels(derivation), trials=compiled_trials(derivation)
        )


@pytest.mark.parametrize(
    ("compiler", "more"),
    [
        ("gcc", ()),
        ("clang", ()),
        ("gcc", ("-DSYMCONV_WITHOUT_VECTORS",)),
        ("gcc", ("-fopenmp",)),
        ("gcc", ("-march=native",)),
    ],
)
def test_compilers_have_nothing_to_say(compiler, more, tmp_path):
    if which(compiler) is None:
        pytest.skip(f"there is no {compiler}")
    gaps = ConvSpec(kernel_shape=(2, 3), stride=(4, 5), dilation=(1, 2), padding=((0, 3), (2, 0)))
    strict = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    for spec in (gaps, ConvSpec(kernel_shape=(4,), groups=3)):
        request = request_kernel(spec, target="c", layout="batched", dtype="f32,i64")
        for file in build_of(request).unchecked:
            (tmp_path / file.path).write_text(file.text)
    paths = [path.name for path in tmp_path.glob("*.c")]
    command = [compiler, *strict, *more, "-c", *paths]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
