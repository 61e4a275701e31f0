"""C kernels between pages that nobody may touch: nothing outside the arrays is read or written."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symconv import ConvSpec, load, reference
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of

pytestmark = [
    pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs mmap and mprotect of Linux"),
]

ROOT = Path(__file__).resolve().parents[1]
SPECS = [
    {"kernel_shape": (3, 3), "padding": 1},
    {"kernel_shape": (3, 2), "stride": (1, 2), "padding": ((2, 0), (1, 3))},
    {"kernel_shape": (2, 5), "stride": (2, 3), "dilation": (2, 1)},
    {"kernel_shape": (1, 1), "stride": (2, 1)},
    {"kernel_shape": (2, 3), "stride": (1, 4), "padding": ((0, 0), (4, 0))},
    {"kernel_shape": (4,), "stride": 2, "dilation": 3, "padding": 2},
    {"kernel_shape": (2, 2, 3), "stride": (1, 1, 2), "padding": ((1, 0), (0, 1), (0, 2))},
    {"kernel_shape": (9, 12), "padding": ((4, 0), (3, 6))},
    {"kernel_shape": (8, 13), "stride": (2, 3), "dilation": (1, 2)},
    {"kernel_shape": (1, 101), "padding": ((0, 0), (60, 0))},
    {"kernel_shape": (120,), "stride": 2, "padding": 3},
    {"kernel_shape": (4, 5, 6), "stride": (1, 2, 1), "padding": 1},
]
RUN = """
import itertools, json, sys
import numpy as np
from symconv import ConvSpec, reference
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.arrays import SUFFIXES
from symconv.codegen.targets import build_of
from tests.guarded import guarded

options, dtypes, right, wrong = json.loads(sys.argv[1])
options = {
    word: tuple(tuple(e) if isinstance(e, list) else e for e in value)
    if isinstance(value, list) else value
    for word, value in options.items()
}
spec = ConvSpec(**options)
build = build_of(
    request_kernel(spec, target="c", dtype=[SUFFIXES[np.dtype(dtype)] for dtype in dtypes])
)
files = tuple(
    GeneratedFile(file.path, file.text.replace(right, wrong)) for file in build.unchecked
)
kernel = build.load(files)
draws = np.random.default_rng(0)
for dtype in dtypes:
    functions = kernel.forward.__self__.library.functions(np.dtype(dtype))
    for more in (0, 1, 7, 30, 71):
        least = [max(1, e - a - b) for e, (a, b) in zip(spec.extent, spec.padding_pairs)]
        shape = (*(size + min(more, 7) for size in least[:-1]), least[-1] + more)
        x, w, dy = (
            draws.integers(-4, 5, each).astype(dtype)
            for each in (shape, spec.kernel_shape, spec.output_shape(shape))
        )
        calls = {
            "forward": (reference.forward(spec, x, w), x, w),
            "grad_input": (reference.grad_input(spec, dy, w, shape), dy, w),
            "grad_weight": (reference.grad_weight(spec, dy, x), dy, x),
            "grad_bias": (np.asarray(reference.grad_bias(spec, dy)), dy),
        }
        for (word, (expected, *given)), at_end in itertools.product(calls.items(), (0, 1)):
            result = guarded(np.full(expected.shape, 77, dtype), at_end=at_end)
            arrays = [result, *(guarded(each, at_end=at_end) for each in given)]
            places = [each.ctypes.data for each in arrays]
            bias = [0] if word == "forward" else []
            print(word, dtype, shape, "end" if at_end else "start", flush=True)
            assert getattr(functions, word)(*places, *bias, *shape) == 0
            if not right:  # a planted fault may also compute something else
                np.testing.assert_array_equal(result, expected)
"""


def run(options, dtypes, right="", wrong=""):
    words = [sys.executable, "-c", RUN, json.dumps([options, dtypes, right, wrong])]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("options", SPECS, ids=lambda each: ConvSpec(**each).name)
def test_no_page_beside_an_array_is_touched(options):
    done = run(options, ["f", "d"] if len(options["kernel_shape"]) == 2 else ["f"])
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(at + WIDTH - 1)", "(at + WIDTH)"),
        ("stop = LEAST(h, (n - 1) / 2)", "stop = h + 1"),
        ("reach < n", "reach <= n + 1024"),
        ("size; cell++", "size + 1024; cell++"),
    ],
)
def test_a_planted_step_outside_is_found(right, wrong):
    options = {"kernel_shape": (2, 3), "stride": (1, 2), "padding": ((0, 0), (0, 4))}
    assert_found(options, right, wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("+ CELLS <= sizes[2]", "+ CELLS <= sizes[2] + 4096"),
        ("line.apart, sizes[1], meetings", "line.apart, sizes[1] + 4096, meetings"),
        ("count = LEAST(end - first, CELLS)", "count = CELLS + 2048"),
        ("step, size, count)", "step, size + 4096, count + 4096)"),
    ],
)
def test_a_planted_step_outside_of_loops_is_found(right, wrong):
    assert_found({"kernel_shape": (9, 12), "padding": ((4, 0), (3, 6))}, right, wrong)


def assert_found(options, right, wrong):
    texts = [
        file.text for file in build_of(request_kernel(ConvSpec(**options), target="c")).unchecked
    ]
    assert any(right in text for text in texts)
    assert run(options, ["f"], right, wrong).returncode == -signal.SIGSEGV


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize(
    "options", [*SPECS[:4], *SPECS[7:9]], ids=lambda each: ConvSpec(**each).name
)
def test_what_is_no_number_travels_as_in_the_definition(options, dtype):
    spec = ConvSpec(**options)
    kernel, draws = load(spec, target="c"), np.random.default_rng(0)
    padded = any(
        map(any, spec.padding_pairs)
    )  # the reference multiplies the zeros there, C does not
    for more in (0, 5, 40):
        shape = (spec.extent[0] + 3, spec.extent[1] + more)
        arrays = [
            draws.integers(-4, 5, each).astype(dtype)
            for each in (shape, spec.kernel_shape, spec.output_shape(shape))
        ]
        for number, value in ((0, np.nan), (0, np.inf), (2, -np.inf), (2, np.nan), (0, -np.inf)):
            x, w, dy = (each.copy() for each in arrays)
            target = (x, w, dy)[number]
            target[tuple(draws.integers(0, size) for size in target.shape)] = value
            with np.errstate(invalid="ignore"):
                expected = (
                    reference.forward(spec, x, w),
                    reference.grad_input(spec, dy, w, shape),
                    reference.grad_weight(spec, dy, x),
                    reference.grad_bias(spec, dy),
                )
                found = (kernel.forward(x, w), *kernel.backward(dy, x, w))
            for position, pair in enumerate(zip(found, expected, strict=True)):
                if (number, position) != (2, 2) or not padded:
                    np.testing.assert_array_equal(*pair)
