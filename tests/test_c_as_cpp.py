"""C files, renamed, are C++: as in a sketch for Arduino."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

from symconv import ConvSpec, generate, load
from tests import strategies

STRICT = ["-std=gnu++11", "-O2", "-Wall", "-Werror"]
CASES = {
    "plane": (ConvSpec(kernel_shape=(3, 2), stride=2, padding=1), {}),
    "many taps": (ConvSpec(kernel_shape=(13, 13), stride=2), {}),
    "one axis": (ConvSpec(kernel_shape=(5,)), {}),
    "element": (ConvSpec(kernel_shape=(2, 2)), {"fixed": True, "input_shape": (9, 8)}),
    "fixed": (ConvSpec(kernel_shape=(3, 3)), {"fixed": True, "input_shape": (30, 31)}),
    "batched": (ConvSpec(kernel_shape=(3, 3), stride=2, groups=2), {"layout": "batched"}),
    "transposed": (
        ConvSpec(kernel_shape=(3, 3), transposed=True),
        {"layout": "batched", "fixed": True, "input_shape": (1, 2, 5, 4), "out_channels": 3},
    ),
    "winograd": (ConvSpec(kernel_shape=(3, 3)), {"layout": "batched", "algorithm": "winograd"}),
}
pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")


@pytest.mark.parametrize("case", CASES)
def test_a_renamed_file_compiles_and_the_header_finds_it(case, tmp_path):
    spec, choices = CASES[case]
    folder = tmp_path / "sketch"
    folder.mkdir()
    for file in generate(spec, target="c", dtype="f32,i64", name="blur", **choices):
        (folder / file.path.replace("blur.c", "other.cpp")).write_text(file.text)
    command = ["g++", *STRICT, "-shared", "-fPIC", "sketch/other.cpp", "-o", "blur.so"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    library = ctypes.CDLL(str(tmp_path / "blur.so"))
    for word in ("forward", "grad_input", "grad_weight", "grad_bias"):
        for dtype in ("f32", "i64"):
            assert hasattr(library, f"blur_{word}_{dtype}"), "a name of C"


def test_a_renamed_file_computes_the_same(tmp_path):
    spec = ConvSpec(kernel_shape=(3, 2), stride=2, padding=1)
    for file in generate(spec, target="c", name="blur"):
        (tmp_path / file.path.replace("blur.c", "blur.cpp")).write_text(file.text)
    command = ["g++", *STRICT, "-shared", "-fPIC", "blur.cpp", "-o", "blur.so"]
    subprocess.run(command, cwd=tmp_path, check=True)
    x, w = strategies.integers((41, 30), 1, dtype="f"), strategies.integers((3, 2), 2, dtype="f")
    expected = load(spec).forward(x, w, 3)
    y = np.empty_like(expected)
    forward = ctypes.CDLL(str(tmp_path / "blur.so")).blur_forward_f32
    forward.argtypes = [*[ctypes.c_void_p] * 3, ctypes.c_float, *[ctypes.c_ssize_t] * 2]
    assert forward(*(each.ctypes.data for each in (y, x, w)), 3, *x.shape) == 0
    np.testing.assert_array_equal(y, expected)
