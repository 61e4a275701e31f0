"""C kernels under valgrind: nothing unset is used, nothing outside touched, no instruction more."""

import json
import platform
import subprocess
from shutil import which

import pytest

from benchmarks.instructions import (
    CASES,
    KEPT,
    TOLERANCE,
    build,
    instructions,
    name_of,
    run_under,
)
from symconv import ConvSpec
from symconv.codegen.runtime.compiler import find_compiler

pytestmark = [
    pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler"),
    pytest.mark.skipif(which("valgrind") is None, reason="there is no valgrind"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the counts are of x86-64"),
]
PADDED = ConvSpec(kernel_shape=(3, 2), stride=(1, 2), padding=((2, 0), (1, 3)))
PLAIN = ConvSpec(kernel_shape=(2, 4), stride=(2, 1))
LINE = ConvSpec(kernel_shape=(4,), stride=3, dilation=2, padding=1)
OPERATIONS = ("forward", "grad_input", "grad_weight", "grad_bias")
CHECKED = ["--error-exitcode=9", "--quiet"]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("spec", "sizes"), [(PADDED, (6, 37)), (PLAIN, (7, 22)), (LINE, (50,))], ids=["2", "1", "line"]
)
def test_memcheck_has_nothing_to_say(spec, sizes, operation, tmp_path):
    program = build(operation, spec, sizes, tmp_path, flags=["-std=c99", "-O1"])
    done = run_under("memcheck", CHECKED, program)
    assert (done.returncode, done.stderr) == (0, "")


def test_memcheck_finds_a_planted_step_outside(tmp_path):
    build("grad_bias", PLAIN, (7, 22), tmp_path, flags=["-std=c99", "-O1"])
    source = tmp_path / f"{PLAIN.name}.c"
    text = source.read_text()
    assert "cell < h;" in text
    source.write_text(text.replace("cell < h;", "cell < h + 1;"))
    words = ["gcc", "-O1", "-g", "-o", "main", "main.c", source.name]
    subprocess.run(words, cwd=tmp_path, check=True)
    assert run_under("memcheck", CHECKED, tmp_path / "main").returncode == 9


@pytest.mark.parametrize("case", CASES, ids=lambda case: name_of(*case))
def test_no_kernel_takes_more_instructions_than_before(case):
    kept = json.loads(KEPT.read_text())
    if find_compiler().version != kept["compiler"]:
        pytest.skip(f"the counts kept are of {kept['compiler']}")
    before = kept["counts"][name_of(*case)]
    assert before / (1 + TOLERANCE) <= instructions(*case) <= before * (1 + TOLERANCE)
