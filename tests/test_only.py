"""A kernel with another name, and files with some of its functions."""

import ctypes
import itertools
import re
import subprocess
import sys

import numpy as np
import pytest

from symconv import ConvSpec, OptionError, generate, load
from symconv.cli.main import run
from symconv.codegen.kernel import FUNCTIONS
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.cache import load_library
from symconv.codegen.runtime.compiler import find_compiler, require_compiler
from symconv.codegen.spelling.only import only
from symconv.codegen.targets import build_of
from tests import strategies
from tests.test_c_fixed import STRICT

SPECS = [
    (ConvSpec(kernel_shape=(3, 2), stride=2, padding=1), {}),
    (ConvSpec(kernel_shape=(2, 2), stride=(2, 1)), {"unroll": "element", "input_shape": (4, 5)}),
    (ConvSpec(kernel_shape=(2,), padding=1, padding_mode="circular"), {}),
    (ConvSpec(kernel_shape=(3,), padding=1, groups=2), {"layout": "batched"}),
    (ConvSpec(kernel_shape=(3,)), {"layout": "batched", "algorithm": "winograd"}),
    (ConvSpec(kernel_shape=(3,), stride=2, transposed=True), {"layout": "batched"}),
]
SOME = [chosen for count in (1, 2, 3) for chosen in itertools.combinations(FUNCTIONS, count)]


def module(text):
    names = {}
    exec(compile(text, "kernel", "exec"), names)
    return names


def arrays(spec, choices):
    """What each function is called with."""
    batched = choices.get("layout") == "batched"
    shape = choices.get("input_shape", (7,) * spec.axes)
    outer = (2, 2 * spec.groups) if batched else ()
    weight = (2 * spec.groups, 2, *spec.kernel_shape) if batched else spec.kernel_shape
    x, w = strategies.integers((*outer, *shape), 1), strategies.integers(weight, 2)
    dy = strategies.integers((*outer, *spec.output_shape(shape)), 3)
    return {
        "forward": (x, w),
        "grad_input": (dy, w),
        "grad_weight": (dy, x),
        "grad_bias": (dy,),
    }


@pytest.mark.parametrize(("spec", "choices"), SPECS, ids=lambda each: getattr(each, "name", ""))
def test_some_functions_are_the_same_as_among_all(spec, choices, tmp_path):
    (whole,) = generate(spec, **choices)
    known, given = module(whole.text), arrays(spec, choices)
    for chosen in SOME:
        (file,) = generate(spec, only=chosen, name="some", **choices)
        found = module(file.text)
        public = {name for name, each in found.items() if callable(each) and name.islower()}
        gradients = set(FUNCTIONS[1:]) <= set(chosen)
        assert {name for name in public if not name.startswith("_")} & {*FUNCTIONS, "backward"} == {
            *chosen,
            *(["backward"] if gradients else []),
        }
        for name in chosen:
            np.testing.assert_array_equal(found[name](*given[name]), known[name](*given[name]))
        (tmp_path / f"{'_'.join(chosen)}.py").write_text(file.text)
    for tool in (["check", "--ignore", "E501"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *tool, str(tmp_path)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


def test_all_functions_are_the_whole_file():
    spec = SPECS[0][0]
    assert generate(spec, only=reversed(FUNCTIONS)) == generate(spec)
    assert generate(spec, only="grad_bias,forward") == generate(spec, only=["forward", "grad_bias"])


@pytest.mark.parametrize("target", ["numpy", "c"])
def test_a_kernel_has_the_name_that_it_is_given(target):
    files = generate(ConvSpec(kernel_shape=(2,)), target=target, name="blur")
    assert (
        [file.path for file in files] == ["blur.py"] if target == "numpy" else ["blur.c", "blur.h"]
    )
    for file in files:
        assert "conv_k2" not in file.text
        assert re.search(r"^Command: .* --name blur$", file.text, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["", "2d", "a-b", "_a", "a b", "π", "class", "int", "numpy", "math", "a" * 81, "../a"]
)
def test_a_name_that_no_file_or_function_can_have_is_one_line(name, capsys):
    with pytest.raises(OptionError, match=r"^name must be a letter and then at most 79"):
        generate(ConvSpec(kernel_shape=(2,)), name=name)
    assert run(["generate", "--kernel", "2", "--name", name]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("only", ["", "backward", "forward,", "forward;grad_bias", []])
def test_a_function_that_is_not_there_is_one_line(only):
    with pytest.raises(OptionError, match=r"^only must be one of forward, grad_input"):
        generate(ConvSpec(kernel_shape=(2,)), only=only)


def test_the_command_line_writes_what_is_asked_for(tmp_path, capsys):
    command = ["generate", "--kernel", "2", "--name", "blur", "--only", "forward,grad_weight"]
    assert run([*command, "-o", str(tmp_path)]) == 0
    (path,) = tmp_path.iterdir()
    assert path.name == "blur.py"
    assert "def grad_input" not in path.read_text()


C_SPECS = [
    (ConvSpec(kernel_shape=(3, 2), stride=2, padding=1), {}),
    (ConvSpec(kernel_shape=(5,)), {"dtype": "f32,i64"}),
    (ConvSpec(kernel_shape=(15, 15)), {}),
    (ConvSpec(kernel_shape=(2, 2)), {"fixed": True, "input_shape": (4, 5)}),
    (ConvSpec(kernel_shape=(3, 3), stride=2), {"fixed": True, "input_shape": (40, 41)}),
    (ConvSpec(kernel_shape=(3, 3), stride=2, padding=1, groups=2), {"layout": "batched"}),
    (ConvSpec(kernel_shape=(3,)), {"layout": "batched", "algorithm": "winograd", "tile": 2}),
]


@pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
@pytest.mark.parametrize(("spec", "choices"), C_SPECS, ids=lambda each: getattr(each, "name", ""))
def test_some_functions_of_c_compile_without_a_warning(spec, choices, tmp_path):
    build = build_of(request_kernel(spec, target="c", name="some", **choices))
    for chosen in SOME:
        for file in build.files:
            (tmp_path / file.path).write_text(only(file, "some", chosen).text)
        command = [
            *require_compiler().command,
            *STRICT,
            "-shared",
            "-fPIC",
            "some.c",
            "-o",
            "some.so",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), chosen
        (tmp_path / "some.so").rename(tmp_path / f"{'_'.join(chosen)}.so")
        library = ctypes.CDLL(str(tmp_path / f"{'_'.join(chosen)}.so"))
        found = {name for name in FUNCTIONS if hasattr(library, f"some_{name}_f32")}
        assert found == set(chosen)
        header = (tmp_path / "some.h").read_text()
        assert {name for name in FUNCTIONS if f"some_{name}_f32(" in header} == set(chosen)


@pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
def test_some_functions_of_c_are_the_same_as_among_all(tmp_path):
    spec = ConvSpec(kernel_shape=(3, 2), stride=2, padding=1)
    whole = load(spec, target="c", layout="batched")
    x, w = np.ones((2, 3, 9, 8), "f"), np.arange(36, dtype="f").reshape(2, 3, 3, 2)
    source, header = generate(spec, target="c", layout="batched", only="forward", name="some")
    library = load_library("some.c", {source.path: source.text, header.path: header.text})
    y, workspace = np.empty_like(whole.forward(x, w)), np.empty(10**6, np.uint8)
    sizes = [ctypes.c_ssize_t(size) for size in (2, 3, 2, 9, 8)]
    library.some_forward_workspace_f32.restype = ctypes.c_ssize_t
    assert library.some_forward_workspace_f32(*sizes) <= workspace.size
    arrays = [ctypes.c_void_p(each.ctypes.data) for each in (y, x, w)]
    pointers = [*arrays, None, ctypes.c_void_p(workspace.ctypes.data)]
    assert library.some_forward_f32(*pointers, *sizes) == 0
    np.testing.assert_array_equal(y, whole.forward(x, w))
