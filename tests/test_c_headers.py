"""The runtime headers: C by themselves, all of it in the emitted files, which have nothing else."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from symconv import ConvSpec, RenderError
from symconv.codegen.c import batched, winograd
from symconv.codegen.c.headers import RUNTIME, headers
from symconv.codegen.kernel import DTYPES
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]
ALONE = ["-Wno-unused-function", "-Wno-unused-const-variable", "-x", "c"]
NAMES = sorted(path.stem for path in RUNTIME.glob("*.h"))
EMITTED = {
    *(*batched.TABLES, *batched.BASICS, *batched.VECTORS, *batched.PLAN, *batched.SUMS),
    *(*winograd.TABLES, *winograd.PLAN, *winograd.TILES),
}
STRIDE_2 = ConvSpec(kernel_shape=(3, 3), stride=2, padding=1)
SQUARE = ConvSpec(kernel_shape=(3, 3), padding=1)


def emitted(spec, dtype=None, **choices):
    request = request_kernel(spec, target="c", layout="batched", dtype=dtype, **choices)
    return build_of(request).unchecked[0].text


def spelled(text):
    """C without what does not count: comments, spaces, and the commas behind last members."""
    text = re.sub(r"/\*.*?\*/|\s", "", text, flags=re.DOTALL)
    return text.replace(",}", "}")


@pytest.mark.skipif(which("gcc") is None, reason="there is no gcc")
@pytest.mark.parametrize("name", NAMES)
def test_a_header_is_c_by_itself(name):
    subprocess.run(["gcc", *STRICT, *ALONE, RUNTIME / f"{name}.h"], check=True, timeout=60)


@pytest.mark.skipif(find_spec("clang_format") is None, reason="clang-format is not installed")
def test_headers_are_formatted():
    command = [
        Path(sys.executable).parent / "clang-format",
        "--dry-run",
        "--Werror",
        *RUNTIME.glob("*.h"),
    ]
    subprocess.run(command, check=True, timeout=60)


def test_every_header_is_emitted_or_stands_for_what_is():
    assert {name for name in NAMES if not name.startswith("spec")} == EMITTED


def test_a_header_without_a_guard_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("symconv.codegen.c.headers.RUNTIME", tmp_path)
    (tmp_path / "bare.h").write_text("static int bare;\n")
    with pytest.raises(RenderError, match=r"bare\.h must have a guard"):
        headers("bare")


@pytest.mark.parametrize("choices", [{}, {"algorithm": "winograd", "tile": 4}])
def test_an_emitted_file_is_plain_c(choices):
    text = emitted(SQUARE, ",".join(DTYPES), **choices)
    name = request_kernel(SQUARE, target="c", layout="batched", **choices).name
    text = re.sub(r"#ifdef __cplusplus.*?#(else|endif)", "", text, flags=re.DOTALL)  # as C reads it
    assert set(re.findall(r"#include (\S+)", text)) == {f'"{name}.h"', "<omp.h>"}
    assert "##" not in text
    macros = set(re.findall(r"#define (\w+)", text))
    assert {each for each in macros if not each.startswith("SYMCONV_")} == {"VECTOR_BYTES"}
    for dtype, value in zip(DTYPES, ("float", "double", "int32_t", "int64_t"), strict=True):
        for word in ("forward", "grad_input", "grad_weight", "grad_bias"):
            head = rf"^int {name}_{word}_{dtype}\(\n    {value} \*restrict [^;]*\)\n{{"
            assert len(re.findall(head, text, re.MULTILINE)) == 1


def test_what_is_made_for_a_kernel_stands_on_top():
    text = emitted(STRIDE_2)
    places = [
        text.index(piece)
        for piece in (
            "AXES = 2",
            "static void output_shape(",
            "forward_taps[]",
            "phase3_taps[]",
            "int conv_k3x3_s2_p1_batched_forward_f32(",
            "int conv_k3x3_s2_p1_batched_grad_bias_f32(",
            headers("work"),
        )
    ]
    assert places == sorted(places)


def test_the_examples_are_what_emitted_files_have():
    text = spelled(emitted(STRIDE_2))
    for name in ("spec", "spec_tables"):
        assert spelled(headers(name)) in text
    text = spelled(emitted(SQUARE, algorithm="winograd", tile=4))
    assert spelled(headers("spec_filters")) in text
    for number in re.findall(r"\w+=\d+", spelled(headers("spec_tiles"))):
        assert number in text
