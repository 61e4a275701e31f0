"""C kernels for one input size: parity with the reference, no warning, no wrong shape."""

import subprocess

import numpy as np
import pytest
from hypothesis import given, settings

from symconv import ConvSpec, OptionError, generate, load, reference
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of
from tests import strategies
from tests.batches import batches

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
STRICT = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
LOOPS = ConvSpec(kernel_shape=(3, 2), stride=(2, 1), dilation=(1, 3), padding=((1, 0), (0, 2)))


def check(kernel, spec, shape, dtype):
    x = strategies.integers(shape, 1, dtype=dtype)
    w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
    dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
    y, (dx, dw, db) = kernel.forward(x, w, dtype(5)), kernel.backward(dy, x, w)
    assert {array.dtype for array in (y, dx, dw, db)} == {np.dtype(dtype)}
    np.testing.assert_array_equal(y, reference.forward(spec, x, w, 5))
    np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
    np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))
    assert db == reference.grad_bias(spec, dy)


@settings(max_examples=6)
@given(strategies.whole_images(max_axes=2, max_kernel=3, max_stride=3, max_padding=2))
def test_few_entries_are_written_out_for_every_kind_of_convolution(image):
    spec, shape = image
    request = request_kernel(spec, target="c", unroll="element", input_shape=shape)
    check(build_of(request).load(), spec, shape, np.int64)


@settings(max_examples=6)
@given(batches(max_axes=2, max_kernel=3, max_stride=3, max_padding=2))
def test_batches_are_summed_in_loops(data):
    spec = data.spec
    if spec.padding_mode != "zeros" or not len(data.x):
        return
    request = request_kernel(
        spec,
        target="c",
        layout="batched",
        fixed=True,
        input_shape=data.x.shape,
        out_channels=data.b.size,
    )
    kernel = build_of(request).load()
    for dtype in (np.float64, np.int32):
        _, x, w, b, dy = data.of_dtype(dtype)
        y, (dx, dw, db) = kernel.forward(x, w, b), kernel.backward(dy, x, w)
        np.testing.assert_array_equal(y, reference.forward(spec, x, w, b))
        np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
        np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, x.shape))
        np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))
        np.testing.assert_array_equal(db, reference.grad_bias(spec, dy))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64, np.int16, object])
def test_many_entries_are_summed_in_loops(dtype):
    kernel = load(LOOPS, target="c", fixed=True, input_shape=(40, 31))
    check(kernel, LOOPS, (40, 31), np.dtype(dtype).type if dtype is not object else int)


@pytest.mark.parametrize("shape", [(4, 5), (40, 31)])
def test_the_text_has_no_size_as_a_parameter_and_compiles_without_a_warning(shape, tmp_path):
    source, header = generate(LOOPS, target="c", fixed=True, input_shape=shape)
    assert "ptrdiff_t" not in header.text
    for file in (source, header):
        (tmp_path / file.path).write_text(file.text)
    command = [*find_compiler().command, *STRICT, "-c", source.path]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_array_that_nothing_reads_raises_no_warning(tmp_path):
    spec = ConvSpec(kernel_shape=(2,), stride=9, padding=((2, 0),))
    for file in build_of(request_kernel(spec, target="c", fixed=True, input_shape=(3,))).unchecked:
        (tmp_path / file.path).write_text(file.text)
    command = [*find_compiler().command, *STRICT, "-c", f"{spec.name}_on3.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_other_shapes_are_refused():
    kernel = load(ConvSpec(kernel_shape=(2,)), target="c", fixed=True, input_shape=(3,))
    x, w, dy = np.ones(3), np.ones(2), np.ones(2)
    for call, message in (
        (lambda: kernel.forward(dy, w), r"^input must have shape \(3,\), got \(2,\)$"),
        (lambda: kernel.forward(x, x), r"^weight must have shape \(2,\), got \(3,\)$"),
        (lambda: kernel.grad_weight(x, x), r"^grad_output must have shape \(2,\), got \(3,\)$"),
        (lambda: kernel.grad_input(dy, w, (4,)), r"^input_shape must be \(3,\), got \(4,\)$"),
        (lambda: kernel.grad_input(dy, w, out=dy), r"^out must have shape \(3,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    out = np.empty(6)[::2]
    assert kernel.grad_input(dy, w, out=out) is out
    assert out.tolist() == [1, 2, 1]


def test_what_is_fixed_has_a_size_and_is_c():
    spec = ConvSpec(kernel_shape=(2,))
    with pytest.raises(OptionError, match=r"^fixed needs the input shape, got none$"):
        generate(spec, target="c", fixed=True)
    with pytest.raises(OptionError, match=r"^fixed needs target=c, got numpy$"):
        generate(spec, fixed=True, input_shape=(3,))
    reflected = ConvSpec(kernel_shape=(2, 2), padding=1, padding_mode="reflect")
    with pytest.raises(OptionError, match=r"^fixed of more than 600 statements needs padding_mode"):
        generate(reflected, target="c", fixed=True, input_shape=(90, 90))
    batch = {"target": "c", "layout": "batched", "fixed": True}
    for input_shape, out_channels in (((3,), 1), ((1, 3, 4), None), ((0, 3, 4), 2)):
        with pytest.raises(OptionError, match=r"^fixed in the batched layout needs "):
            generate(spec, **batch, input_shape=input_shape, out_channels=out_channels)
    grouped = ConvSpec(kernel_shape=(2,), groups=2)
    with pytest.raises(OptionError, match=r"^channels must be multiples of groups=2, got 3 and 4$"):
        generate(grouped, **batch, input_shape=(1, 3, 4), out_channels=4)
    with pytest.raises(OptionError, match=r"^fixed needs arrays of at most 4194304 entries, got "):
        generate(spec, target="c", fixed=True, input_shape=(2**23,))
    with pytest.raises(OptionError, match=r"^fixed needs at most 268435456 products a pass, got "):
        generate(spec, **batch, input_shape=(1, 1024, 1025), out_channels=1024)
    with pytest.raises(OptionError, match=r"^out_channels goes with fixed and the batched layout$"):
        generate(spec, target="c", out_channels=4)
    name = request_kernel(spec, target="c", fixed=True, input_shape=(3,)).command
    assert name == "symconv generate --kernel 2 --target c --fixed --input 3"
