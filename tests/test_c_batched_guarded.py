"""Batched C kernels and their workspaces between pages that nobody may touch."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from symconv import ConvSpec
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of

pytestmark = [
    pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs mmap and mprotect of Linux"),
]

ROOT = Path(__file__).resolve().parents[1]
# the spec, the images, the channels of x and y, the rows and columns
CASES = {
    "padded": ({"kernel_shape": (3, 3), "padding": 1}, (2, 5, 7, 9, 21)),
    "strides": ({"kernel_shape": (3, 2), "stride": (2, 3)}, (1, 3, 8, 11, 19)),
    "1x1": ({"kernel_shape": (1, 1)}, (3, 17, 6, 4, 5)),
    "groups": ({"kernel_shape": (2, 3), "groups": 3, "padding": 1}, (1, 15, 18, 6, 17)),
    "depthwise": ({"kernel_shape": (3, 3), "groups": 6, "padding": 1}, (2, 6, 6, 5, 23)),
    "two a group": ({"kernel_shape": (5, 2), "groups": 4, "stride": 2}, (1, 4, 8, 13, 40)),
}
RUN = """
import itertools, json, sys
import numpy as np
from symconv import ConvSpec, load
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests.guarded import guarded

options, sizes, choices, right, wrong = json.loads(sys.argv[1])
images, inputs, outputs, *image = sizes
spec = ConvSpec(**options)
build = build_of(request_kernel(spec, target="c", layout="batched", dtype="f32,f64", **choices))
files = tuple(
    GeneratedFile(file.path, file.text.replace(right, wrong)) for file in build.unchecked
)
kernel, known = build.load(files), load(spec, layout="batched")
draws = np.random.default_rng(0)
shapes = (
    (images, inputs, *image),
    (outputs, inputs // spec.groups, *spec.kernel_shape),
    (images, outputs, *spec.output_shape(image)),
)
for dtype in ("f", "d"):
    functions = kernel.forward.__self__.functions(np.dtype(dtype))
    x, w, dy = (draws.integers(-3, 4, shape).astype(dtype) for shape in shapes)
    calls = {
        "forward": (known.forward(x, w), x, w),
        "grad_input": (known.grad_input(dy, w, x.shape), dy, w),
        "grad_weight": (known.grad_weight(dy, x), dy, x),
    }
    for (word, (expected, *given)), at_end in itertools.product(calls.items(), (False, True)):
        needed = functions[word + "_workspace"](*sizes)
        arrays = [np.full(expected.shape, 77, dtype), *given, np.full(needed, 77, np.uint8)]
        arrays = [guarded(each, at_end=at_end) for each in arrays]
        places = [each.ctypes.data for each in arrays]
        if word == "forward":
            places.insert(3, None)
        print(word, dtype, "end" if at_end else "start", flush=True)
        assert functions[word](*places, *sizes) == 0
        if not right:  # a planted fault may also compute something else
            np.testing.assert_allclose(arrays[0], expected, rtol=0, atol=1e-3 if choices else 0)
"""


def run(case, choices, right="", wrong=""):
    options, sizes = CASES[case]
    told = json.dumps([options, sizes, choices, right, wrong])
    return subprocess.run(
        [sys.executable, "-c", RUN, told],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("case", CASES)
def test_no_page_beside_an_array_or_the_workspace_is_touched(case):
    done = run(case, {})
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]


def test_tiles_touch_no_page_beside_an_array_or_the_workspace():
    done = run("padded", {"algorithm": "winograd"})
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("return gather_bytes_f32(&work);", "return gather_bytes_f32(&work) / 2;"),
        (
            "(weights_bytes_f32(&weights), thread_count())",
            "(weights_bytes_f32(&weights) / 4, thread_count())",
        ),
    ],
)
def test_a_planted_step_outside_is_found(right, wrong):
    request = request_kernel(ConvSpec(**CASES["padded"][0]), target="c", layout="batched")
    assert any(right in file.text for file in build_of(request).unchecked)
    assert run("padded", {}, right, wrong).returncode == -signal.SIGSEGV
