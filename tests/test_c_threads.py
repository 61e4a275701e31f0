"""C kernels with OpenMP: threads change nothing but time."""

import subprocess
import sys

import numpy as np
import pytest

from symconv import ConvSpec, OptionError, ToolError, load
from symconv.codegen.request import fastest_request, request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.runtime.threads import require_openmp
from symconv.codegen.targets import build_of

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

SPECS = [
    (ConvSpec(kernel_shape=(3, 2), padding=((1, 0), (0, 2))), (301, 257)),
    (ConvSpec(kernel_shape=(2, 3), stride=(3, 2), dilation=(1, 2)), (421, 203)),
    (ConvSpec(kernel_shape=(1, 2, 1), stride=(1, 2, 1)), (11, 37, 130)),
]


def openmp():
    try:
        require_openmp()
    except ToolError:
        return False
    return True


@pytest.mark.parametrize(("spec", "shape"), SPECS, ids=lambda each: getattr(each, "name", ""))
def test_any_number_of_threads_gives_the_same_bits(spec, shape):
    if not openmp():
        pytest.skip("the compiler has no OpenMP")
    draws = np.random.default_rng(0)
    x, w, dy = (
        draws.standard_normal(each, np.float32)
        for each in (shape, spec.kernel_shape, spec.output_shape(shape))
    )
    expected = None
    for threads in (1, 2, 3):
        kernel = load(spec, target="c", threads=threads)
        for _ in range(3):
            results = (kernel.forward(x, w, 0.5), *kernel.backward(dy, x, w))
            found = [np.asarray(each).tobytes() for each in results]
            expected = expected or found
            assert found == expected


FORKED = """
import os, sys
import numpy as np
from symconv import ConvSpec, load
choices = dict(word.split("=") for word in sys.argv[1:])
kernel = load(ConvSpec(kernel_shape=(3, 3), padding=1), target="c", threads=2, **choices)
images = () if not choices else (2, 8)
x = np.arange(np.prod((*images, 200, 200)), dtype="f").reshape(*images, 200, 200)
w = np.ones((*(images and (8, 8)), 3, 3), "f")
def results():
    y = kernel.forward(x, w)
    return [np.asarray(each).tobytes() for each in (y, *kernel.backward(y, x, w))]
expected = results()
for generation in range(2):
    child = os.fork()
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert results() == expected
        os._exit(0)
    assert results() == expected
"""


@pytest.mark.parametrize(
    "choices",
    [[], ["layout=batched"], ["layout=batched", "algorithm=winograd"]],
    ids=["plane", "batched", "winograd"],
)
def test_the_child_of_a_fork_gives_the_same_bits(choices):
    if not openmp():
        pytest.skip("the compiler has no OpenMP")
    done = subprocess.run(
        [sys.executable, "-c", FORKED, *choices], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


MEANWHILE = """
import os, sys
import numpy as np
from symconv import ConvSpec, load
batched = sys.argv[1:] == ["batched"]
kernel = load(ConvSpec(kernel_shape=(1,)), target="c", layout="batched" if batched else "plane")
functions = kernel.forward.__self__
with (functions if batched else functions.library).locks[os.getpid()]:  # another thread compiles
    child = os.fork()
    if child == 0:
        x, w = (np.ones((1, 2)), np.ones((1, 1, 1))) if batched else (np.ones(2), np.ones(1))
        kernel.forward(x, w)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


@pytest.mark.parametrize("layout", ["plane", "batched"])
def test_the_child_of_a_fork_waits_for_no_compilation_of_its_parent(layout):
    subprocess.run([sys.executable, "-c", MEANWHILE, layout], check=True, timeout=300)


def test_threads_without_openmp_are_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiler = tmp_path / "no-openmp"
    compiler.write_text(
        '#!/bin/sh\ncase "$*" in *-fopenmp*) echo no >&2; exit 1;; esac\nexec cc "$@"\n'
    )
    compiler.chmod(0o700)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(ToolError, match=r"^threads need a C compiler with OpenMP, got [^\n]+$"):
        load(SPECS[0][0], target="c", threads=2)


@pytest.mark.parametrize("threads", [0, -1, 1025])
def test_a_wrong_number_of_threads_is_one_line(threads):
    with pytest.raises(OptionError) as caught:
        load(SPECS[0][0], target="c", threads=threads)
    assert str(caught.value) == f"threads must be from 1 to 1024, got {threads}"


def test_only_c_has_threads():
    with pytest.raises(
        OptionError, match=r"^threads needs target=c for inputs of any size, got target=numpy$"
    ):
        load(SPECS[0][0], threads=2)
    spec = ConvSpec(kernel_shape=(3,), padding=1, padding_mode="circular")
    found = fastest_request(spec, layout="plane", unroll="taps", input_shape=None)
    assert found == request_kernel(spec, style="fast")
    assert build_of(found).load(threads=1).spec == spec
