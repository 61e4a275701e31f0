"""The types of entries of C files: those asked for, spelled alike, all of them when loaded."""

import re

import numpy as np
import pytest

from symconv import ConvSpec, OptionError, generate, load, reference
from symconv.cli.main import run
from symconv.codegen.kernel import DTYPES
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of

SPEC = ConvSpec(kernel_shape=(2, 3), padding=1)
FORMS = {
    "plane": {},
    "batched": {"layout": "batched"},
    "winograd": {"layout": "batched", "algorithm": "winograd", "tile": 2},
    "entry by entry": {"fixed": True, "input_shape": (3, 4)},
    "in loops": {"fixed": True, "input_shape": (40, 40)},
}


def files_of(form, dtype=None):
    return build_of(request_kernel(SPEC, target="c", dtype=dtype, **FORMS[form])).unchecked


def declared(header):
    """The suffixes of the functions that a header declares."""
    return set(re.findall(r"_forward_([fi]\d\d)\(", header.text))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_the_types_that_are_asked_for(form):
    assert declared(files_of(form)[1]) == {"f32"}
    for dtype in (*DTYPES, "f64,i32", "f32,f64,i32,i64"):
        assert declared(files_of(form, dtype)[1]) == set(dtype.split(","))


@pytest.mark.parametrize("form", FORMS)
def test_types_are_named_in_any_order_and_any_number_of_times(form):
    assert files_of(form, "i64,f32") == files_of(form, ["f32", "i64", "f32"])


def test_the_command_in_the_file_names_the_types():
    for dtype, words in ((None, ""), ("f32", ""), ("i64,f64", " --dtype f64,i64")):
        text = files_of("plane", dtype)[0].text
        assert f"symconv generate --kernel 2x3 --padding 1 --target c{words}\n" in text


@pytest.mark.parametrize(
    ("target", "dtype", "message"),
    [
        ("c", "f16", "dtype must be one of f32, f64, i32, i64, got 'f16'"),
        ("c", "", "dtype must be one of f32, f64, i32, i64, got ''"),
        ("c", [], "dtype must be one of f32, f64, i32, i64, got ''"),
        ("c", "f32;i32", "dtype must be one of f32, f64, i32, i64, got 'f32;i32'"),
        ("numpy", "f32", "dtype needs target=c, got numpy, which takes arrays of any type"),
    ],
)
def test_what_is_no_type_is_refused_in_one_line(target, dtype, message):
    with pytest.raises(OptionError) as caught:
        generate(SPEC, target=target, dtype=dtype)
    assert str(caught.value) == message


def test_the_command_line_takes_types(tmp_path, capsys):
    line = ["generate", "--kernel", "2", "--target", "c", "--dtype", "f64,i32"]
    assert run([*line, "-o", str(tmp_path)]) == 0
    assert {"conv_k2_s1_forward_f64", "conv_k2_s1_forward_i32"} == set(
        re.findall(r"conv_k2_s1_forward_\w+", (tmp_path / "conv_k2_s1.h").read_text())
    )
    capsys.readouterr()


@pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
@pytest.mark.parametrize("form", FORMS)
def test_a_loaded_kernel_runs_every_type_in_c(form):
    kernel = load(SPEC, target="c", **FORMS[form])
    shape = FORMS[form].get("input_shape") or (3, 4)
    for dtype in (np.float32, np.float64, np.int32, np.int64):
        x, w = np.arange(np.prod(shape), dtype=dtype).reshape(shape), np.ones((2, 3), dtype)
        if "layout" in FORMS[form]:
            x, w = x[None, None], w[None, None]
        y = kernel.forward(x, w)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, reference.forward(SPEC, x, w))
