"""C kernels: parity with the reference in every type, arrays of every kind, the same errors."""

import itertools
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings

from symconv import ConvSpec, OptionError, VerificationError, generate, load, reference
from symconv.algebra.derivation import derive_gradients
from symconv.codegen.c import loops
from symconv.codegen.c.loops import CUT_LOOPS
from symconv.codegen.check.compiled import check_numbers
from symconv.codegen.kernel import DTYPES, GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.arrays import SUFFIXES
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of
from tests import strategies

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

SPECS = [
    ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (0, 2))),
    ConvSpec(kernel_shape=(2,), stride=3),
    ConvSpec(kernel_shape=(2, 1, 2), stride=(2, 1, 1), padding=((0, 1), (0, 0), (1, 0))),
]
MANY_TAPS = [
    ConvSpec(kernel_shape=(11, 10), padding=((3, 5), (4, 2))),
    ConvSpec(kernel_shape=(9, 12), stride=(2, 3), padding=4, dilation=(1, 2)),
    ConvSpec(kernel_shape=(8, 13), stride=(3, 14), dilation=(2, 1)),
    ConvSpec(kernel_shape=(1, 101), padding=((0, 0), (60, 3))),
    ConvSpec(kernel_shape=(101, 1), padding=((10, 0), (0, 1))),
    ConvSpec(kernel_shape=(120,), stride=3, dilation=2, padding=7),
    ConvSpec(kernel_shape=(4, 5, 6), stride=(1, 2, 1), padding=1),
]
NOT_FUSED = ("-ffp-contract=off",)
TYPES = [np.float32, np.float64, np.int32, np.int64]


@cache
def kernel_of(spec):
    return load(spec, target="c")


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_numbers_equal_the_reference_in_every_type(spec, dtype):
    kernel = kernel_of(spec)
    for more in (0, 1, 5, 70):
        *leading, last = spec.extent
        shape = (*(e + min(more, 4) for e in leading), last + more)
        x = strategies.integers(shape, 1, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
        y, (dx, dw, db) = kernel.forward(x, w, dtype(5)), kernel.backward(dy, x, w)
        assert {array.dtype for array in (y, dx, dw, db)} == {np.dtype(dtype)}
        np.testing.assert_array_equal(y, reference.forward(spec, x, w, 5))
        np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
        np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))
        assert db == reference.grad_bias(spec, dy)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("flags", [(), CUT_LOOPS], ids=["whole", "cut"])
@pytest.mark.parametrize("spec", MANY_TAPS, ids=lambda spec: spec.name)
def test_kernels_of_many_taps_equal_the_reference_in_every_type(spec, dtype, flags):
    kernel = build_of(request_kernel(spec, target="c")).load(flags=flags)
    for more in (0, 1, 70):
        least = [e - lo - hi for e, (lo, hi) in zip(spec.extent, spec.padding_pairs, strict=True)]
        *leading, last = [max(1, size) for size in least]
        shape = (*(size + min(more, 6) for size in leading), last + more)
        x = strategies.integers(shape, 1, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
        y, (dx, dw, _) = kernel.forward(x, w, dtype(5)), kernel.backward(dy, x, w)
        np.testing.assert_array_equal(y, reference.forward(spec, x, w, 5))
        np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
        np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))


@settings(max_examples=15)
@given(strategies.images(max_kernel=4, max_stride=3, max_padding=3), strategies.seeds)
def test_loops_over_taps_equal_the_reference_for_every_spec(image, seed):
    (spec, shape), dtype = image, np.int32
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loops, "MOST_UNROLLED", 0)
        try:
            build = build_of(request_kernel(spec, target="c", dtype="i32"))
        except OptionError:
            return
        kernel = build.load()
        assert "KERNEL_COLUMNS" in build.unchecked[0].text
    x = strategies.integers(shape, seed, dtype=dtype)
    w = strategies.integers(spec.kernel_shape, seed + 1, dtype=dtype)
    dy = strategies.integers(spec.output_shape(shape), seed + 2, dtype=dtype)
    y, (dx, dw, _) = kernel.forward(x, w, dtype(5)), kernel.backward(dy, x, w)
    np.testing.assert_array_equal(y, reference.forward(spec, x, w, 5))
    np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
    np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))


@pytest.mark.parametrize(
    "kernel_shape",
    [(9, 9), (1, 21), (15, 15), (31, 31), (64, 64), (1, 1024), (1024, 1), (16, 16, 16)],
)
@pytest.mark.parametrize("stride", [1, 2, 8])
def test_no_kernel_has_more_statements_than_compile_in_a_few_seconds(kernel_shape, stride):
    spec = ConvSpec(kernel_shape=kernel_shape, stride=stride)
    source, _ = build_of(request_kernel(spec, target="c")).unchecked
    assert len(source.text.splitlines()) < 1500
    if max(kernel_shape) > 9:
        assert len(source.text.splitlines()) < 900


def test_any_number_of_threads_gives_the_same_bits_of_many_taps():
    for spec in (MANY_TAPS[0], MANY_TAPS[5]):
        request = request_kernel(spec, target="c")
        shape = tuple(e + 40 * (3 - spec.axes) ** 6 for e in spec.extent)
        draws = np.random.default_rng(0)
        x, w, dy = (
            draws.standard_normal(each)
            for each in (shape, spec.kernel_shape, spec.output_shape(shape))
        )
        one, two = (build_of(request).load(threads=threads) for threads in (1, 2))
        for ours, theirs in zip(
            (one.forward(x, w), *one.backward(dy, x, w)),
            (two.forward(x, w), *two.backward(dy, x, w)),
            strict=True,
        ):
            assert ours.tobytes() == theirs.tobytes()


def variants(array):
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    view = wide[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    frozen = array.copy()
    frozen.flags.writeable = False
    raw = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    swapped = array.astype(array.dtype.newbyteorder())
    yield from (view, np.asfortranarray(array), frozen, np.flip(np.flip(array).copy()), raw)
    yield from (swapped, array.tolist())


def test_every_kind_of_array_is_read_right():
    spec = SPECS[0]
    x, w = strategies.integers((6, 5), 1), strategies.integers(spec.kernel_shape, 2)
    dy = strategies.integers(spec.output_shape((6, 5)), 3)
    expected = kernel_of(spec).backward(dy, x, w)
    for arrays in itertools.product(variants(dy), variants(x), variants(w)):
        for one, other in zip(kernel_of(spec).backward(*arrays), expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "L", "e", "g", "F", "D", "O"])
def test_other_types_are_kept_as_numpy_keeps_them(dtype):
    spec = SPECS[0]
    x, w = (strategies.integers(shape, 1, 0, 2, dtype) for shape in ((6, 5), spec.kernel_shape))
    y = kernel_of(spec).forward(x, w)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, load(spec).forward(x, w))


def test_types_meet_and_the_bias_is_added_as_in_numpy():
    spec = SPECS[0]
    x, w = strategies.integers((6, 5), 1), strategies.integers(spec.kernel_shape, 2)
    for left, right, bias in itertools.product(
        (x, x.astype("f"), x.astype("i")),
        (w, w.astype("d")),
        (None, 3, 0.5, np.float64(0.5), np.float32(2)),
    ):
        ours, numpys = (
            kernel_of(spec).forward(left, right, bias),
            load(spec).forward(left, right, bias),
        )
        assert ours.dtype == numpys.dtype
        np.testing.assert_array_equal(ours, numpys)


def test_integers_wrap_around():
    kernel = kernel_of(SPECS[1])
    full = np.full(2, 2**31 - 1, np.int32)
    with np.errstate(over="ignore"):
        assert kernel.forward(full, full).tolist() == load(SPECS[1]).forward(full, full).tolist()


def test_out_is_filled_and_returned():
    spec = SPECS[0]
    dy, w = strategies.integers(spec.output_shape((6, 5)), 3), strategies.integers((3, 2), 2)
    expected = reference.grad_input(spec, dy, w, (6, 5))
    parent = np.full((12, 10), 99)
    for out in (np.full((6, 5), 99), np.full((6, 5), 99, order="F"), parent[::2, ::2]):
        assert kernel_of(spec).grad_input(dy, w, out=out) is out
        np.testing.assert_array_equal(out, expected)
    assert (parent[1::2] == 99).all()
    assert (parent[:, 1::2] == 99).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("most_unrolled", [100, 0])
def test_vectors_give_the_bits_of_single_entries(stride, dtype, most_unrolled, monkeypatch):
    monkeypatch.setattr(loops, "MOST_UNROLLED", most_unrolled)
    spec = ConvSpec(kernel_shape=(3, 2), stride=(2, stride), padding=1, dilation=(1, 2))
    request = request_kernel(spec, target="c", dtype=SUFFIXES[np.dtype(dtype)])
    source, header = build_of(request).unchecked
    text = "#define SYMCONV_WITHOUT_VECTORS\n" + source.text
    single = build_of(request).load((GeneratedFile(source.path, text), header), flags=NOT_FUSED)
    vectors = build_of(request).load((source, header), flags=NOT_FUSED)
    draws = np.random.default_rng(0)
    for shape in ((2, 3), (7, 11), (6, 27), (9, 40), (5, 100)):
        x, w, dy = (
            (draws.standard_normal(each) * 2**20).astype(dtype)
            for each in (shape, spec.kernel_shape, spec.output_shape(shape))
        )
        for one, other in zip(
            (vectors.forward(x, w), *vectors.backward(dy, x, w)),
            (single.forward(x, w), *single.backward(dy, x, w)),
            strict=True,
        ):
            assert one.tobytes() == other.tobytes()


def test_empty_arrays_give_zeros():
    kernel, w = kernel_of(ConvSpec(kernel_shape=(3, 2), stride=2)), np.ones((3, 2))
    assert kernel.grad_input(np.ones((0, 2)), w).shape == (0, 4)
    assert not kernel.grad_input(np.ones((0, 2)), w, (2, 4)).any()
    assert not kernel.grad_weight(np.ones((0, 2)), np.ones((2, 4))).any()
    assert kernel.grad_bias(np.ones((0, 2))) == 0


WRONG = [
    lambda k: k.forward(np.ones(5), np.ones((3, 2))),
    lambda k: k.forward(np.ones((5, 4)), np.ones((2, 3))),
    lambda k: k.forward(np.ones((5, 4)), np.ones((3, 2)), [1, 2]),
    lambda k: k.forward(np.ones((2, 4)), np.ones((3, 2))),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((2, 3))),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (9, 9)),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (5,)),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (5, -4)),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), (5, 4), np.empty((4, 5))),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), out=np.empty((5, 4), "f")),
    lambda k: k.grad_input(np.ones((2, 2)), np.ones((3, 2)), out=frozen()),
    lambda k: k.grad_input(*sharing()),
    lambda k: k.grad_weight(np.ones((2, 2)), np.ones((9, 4))),
    lambda k: k.grad_weight(np.ones((2, 2)), np.ones((5, 4)), np.empty((2, 3))),
    lambda k: k.grad_bias(np.ones(2)),
]


@pytest.mark.parametrize("call", WRONG)
def test_errors_are_those_of_the_numpy_kernel(call):
    spec = ConvSpec(kernel_shape=(3, 2), stride=2)
    messages = []
    for kernel in (kernel_of(spec), load(spec)):
        with pytest.raises(ValueError) as caught:
            call(kernel)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def frozen():
    array = np.empty((5, 4))
    array.flags.writeable = False
    return array


def sharing():
    memory = np.ones(26)
    return memory[:4].reshape(2, 2), np.ones((3, 2)), (5, 4), memory[2:22].reshape(5, 4)


def test_threads_share_a_kernel():
    spec = SPECS[0]
    x, w = strategies.integers((200, 90), 1, dtype="f"), strategies.integers((3, 2), 2, dtype="f")
    kernel, expected = load(spec, target="c"), reference.forward(spec, x, w)
    with ThreadPoolExecutor(8) as pool:
        for y in pool.map(lambda _: kernel.forward(x, w), range(64)):
            np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("* w[1]", "* w[2]"),
        ("? 0 : right", "? right : right"),
        ("lanes[number][lane + half]", "lanes[number][lane]"),
        ("SUM sum = b", "SUM sum = 0"),
        ("sum +=", "sum -="),
    ],
)
def test_planted_faults_are_found(right, wrong):
    spec = ConvSpec(kernel_shape=(3,), padding=1, dilation=2, stride=2)
    request = request_kernel(spec, target="c", dtype=",".join(DTYPES))
    derivation = derive_gradients(spec)
    source, header = build_of(request).unchecked
    assert right in source.text
    text = source.text.replace(right, wrong)
    mutant = build_of(request).load((GeneratedFile(source.path, text), header))
    with pytest.raises(VerificationError, match="differs from the derivation"):
        check_numbers(mutant, derivation, input_shapes=[(40,), (9,)])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("line.taps, skip, met + 1", "line.taps + 1, skip, met + 1"),
        ("w[tap - 0 * down]", "w[tap + 0 * down + 1]"),
        ("room < 0", "room < 1"),
        ("count - end, 0", "count - end, 1"),
        ("x += column.forward", "x += 1"),
        ("first + step * k", "first + k"),
        ("column.to_step * (first + k)", "column.to_step * first + k"),
        ("begin - first", "0"),
        ("number / groups % line.taps", "number % line.taps"),
        ("{ 1, 2, ", "{ 0, 2, "),
        (", -2, ", ", 2, "),
    ],
)
def test_planted_faults_in_loops_are_found(right, wrong, monkeypatch):
    monkeypatch.setattr(loops, "MOST_UNROLLED", 0)
    spec = ConvSpec(kernel_shape=(5, 7), padding=(2, 3), dilation=(1, 3), stride=(1, 2))
    request = request_kernel(spec, target="c", dtype=",".join(DTYPES))
    derivation = derive_gradients(spec)
    source, header = build_of(request).unchecked
    assert right in source.text
    text = source.text.replace(right, wrong)
    mutants = [
        build_of(request).load((GeneratedFile(source.path, text), header), flags=flags)
        for flags in ((), CUT_LOOPS)
    ]

    def check_all():
        for mutant in mutants:
            check_numbers(mutant, derivation, input_shapes=[(9, 65), (3, 15)])

    with pytest.raises(VerificationError, match="differs from the derivation"):
        check_all()


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_compilers_have_nothing_to_say(compiler, tmp_path):
    from shutil import which

    if which(compiler) is None:
        pytest.skip(f"there is no {compiler}")
    gaps = ConvSpec(kernel_shape=(2, 3), stride=(4, 5), dilation=(1, 2), padding=((0, 3), (2, 0)))
    paths = []
    for spec in (*SPECS, *MANY_TAPS, gaps, ConvSpec(kernel_shape=(1, 1, 1))):
        request = request_kernel(spec, target="c", dtype=",".join(DTYPES))
        for file in build_of(request).unchecked:
            (tmp_path / file.path).write_text(file.text)
            paths += [file.path] if file.path.endswith(".c") else []
    strict = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    subprocess.run([compiler, *strict, "-c", *paths], cwd=tmp_path, check=True, timeout=300)


def test_what_c_does_not_have_is_refused_in_one_line():
    for choices, message in (
        ({"layout": "nhwc"}, "layout must be one of plane, batched, got 'nhwc'"),
    ):
        with pytest.raises(OptionError) as caught:
            generate(ConvSpec(kernel_shape=(3,)), target="c", **choices)
        assert str(caught.value) == message
    with pytest.raises(OptionError, match="sizes of at most 16777216, got 16777217"):
        generate(ConvSpec(kernel_shape=(2,), stride=2**24 + 1), target="c")
