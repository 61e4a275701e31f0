"""C kernels compiled for small devices without a warning, and run as WebAssembly under Node.

Needs the extra [cross], which carries Zig's C compiler: `make cross`.
"""

import subprocess
import sys
from importlib.util import find_spec
from shutil import which

import numpy as np
import pytest

from symconv import ConvSpec, generate, reference
from symconv.codegen.kernel import DTYPES
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests import strategies

pytestmark = pytest.mark.skipif(
    find_spec("ziglang") is None, reason="Zig is not installed: pip install -e '.[cross]'"
)
STRICT = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
DEVICES = {
    "Cortex-M4": ["-target", "thumb-freestanding-eabi", "-mcpu=cortex_m4"],
    "RISC-V with 32 bits": ["-target", "riscv32-freestanding"],
    "RISC-V with 64 bits": ["-target", "riscv64-linux-musl"],
    "aarch64": ["-target", "aarch64-linux-musl"],
    "WebAssembly": ["-target", "wasm32-wasi"],
}
SPECS = {
    ConvSpec(kernel_shape=(3, 5), stride=2, padding=1): (7, 10),
    ConvSpec(kernel_shape=(2, 3), stride=(3, 1), dilation=(1, 2), padding=((0, 2), (3, 0))): (6, 9),
    ConvSpec(kernel_shape=(4,), stride=3): (12,),
    ConvSpec(kernel_shape=(2, 1, 2)): (3, 4, 5),
}
RUN = """
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";
const wasi = new WASI({ version: "preview1" });
const { instance } = await WebAssembly.instantiate(
  await readFile(process.argv[2]), wasi.getImportObject());
process.exitCode = wasi.start(instance);
"""
MAIN = """
#include "{name}.h"

static const {type} x[] = {{{x}}}, w[] = {{{w}}}, dy[] = {{{dy}}};
{expected}

static int differ(const {type} *result, const {type} *expected, int size)
{{
    int count = 0;
    for (int cell = 0; cell < size; cell++)
        count += result[cell] != expected[cell];
    return count;
}}

int main(void)
{{
    static {type} result[{most}];
    int wrong = 0;
{calls}
    return wrong > 0;
}}
"""


def compiled(folder, *arguments):
    command = [sys.executable, "-m", "ziglang", "cc", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert not done.stderr


def written(folder, spec, shape=None, *, dtype="f32,f64,i32,i64"):
    """Write the files; with a shape, those for that input alone."""
    files = generate(spec, target="c", fixed=shape is not None, input_shape=shape, dtype=dtype)
    for file in files:
        (folder / file.path).write_text(file.text)
    return files[0].path


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_kernel_compiles_for_a_device_without_a_warning(spec, fixed, device, tmp_path):
    source = written(tmp_path, spec, SPECS[spec] if fixed else None)
    compiled(tmp_path, *STRICT, *DEVICES[device], "-c", source, "-o", "kernel.o")
    assert (tmp_path / "kernel.o").stat().st_size > 1000


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("choices", [{}, {"algorithm": "winograd"}], ids=["direct", "winograd"])
def test_a_batched_kernel_compiles_for_a_device_without_a_warning(choices, device, tmp_path):
    spec = ConvSpec(kernel_shape=(3, 3), padding=1)
    request = request_kernel(spec, target="c", layout="batched", dtype=",".join(DTYPES), **choices)
    for file in build_of(request).unchecked:
        (tmp_path / file.path).write_text(file.text)
    source = f"{request.name}.c"
    compiled(tmp_path, *STRICT, *DEVICES[device], "-c", source, "-o", "kernel.o")
    assert (tmp_path / "kernel.o").stat().st_size > 1000


@pytest.mark.skipif(which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("suffix", ["f32", "f64", "i32", "i64"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_webassembly_computes_the_same_integers(spec, suffix, fixed, tmp_path):
    shape = SPECS[spec]
    source = written(tmp_path, spec, shape if fixed else None)
    text = program(source.removesuffix(".c"), spec, shape, suffix, fixed=fixed)
    assert run(tmp_path, text, source) == (0, "")


def run(folder, text, source):
    """Compile a program with a kernel, run it under Node, return what it returns and says."""
    (folder / "main.c").write_text(text)
    (folder / "run.mjs").write_text(RUN)
    compiled(folder, *STRICT, *DEVICES["WebAssembly"], "main.c", source, "-o", "main.wasm")
    command = ["node", "--no-warnings", "run.mjs", "main.wasm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def program(name, spec, shape, suffix, *, fixed=False, bias=5):
    """A program that returns 0 if every function gives what the reference gives."""
    out = spec.output_shape(shape)
    x, w, dy = (
        strategies.integers(sizes, k) for k, sizes in enumerate([shape, spec.kernel_shape, out])
    )
    expected = {
        "forward": reference.forward(spec, x, w, bias),
        "grad_input": reference.grad_input(spec, dy, w, shape),
        "grad_weight": reference.grad_weight(spec, dy, x),
        "grad_bias": reference.grad_bias(spec, dy),
    }
    given = {
        "forward": f"x, w, {bias}",
        "grad_input": "dy, w",
        "grad_weight": "dy, x",
        "grad_bias": "dy",
    }
    kind = {"f32": "float", "f64": "double", "i32": "int32_t", "i64": "int64_t"}[suffix]
    sizes = "" if fixed else "".join(f", {size}" for size in shape)
    begin = "" if fixed else "wrong += "
    return MAIN.format(
        name=name,
        type=kind,
        x=listed(x),
        w=listed(w),
        dy=listed(dy),
        most=max(np.size(array) for array in expected.values()),
        expected="\n".join(
            f"static const {kind} {word}[] = {{{listed(array)}}};"
            for word, array in expected.items()
        ),
        calls="\n".join(
            f"    {begin}{name}_{word}_{suffix}(result, {given[word]}{sizes});\n"
            f"    wrong += differ(result, {word}, {np.size(array)});"
            for word, array in expected.items()
        ),
    )


def listed(array):
    return ", ".join(map(str, np.ravel(array).tolist()))


@pytest.mark.skipif(which("node") is None, reason="Node is not installed")
def test_a_wrong_number_is_noticed(tmp_path):
    spec = ConvSpec(kernel_shape=(2,))
    text = program(spec.name, spec, (3,), "i32")
    wrong = text.replace("forward[] = {", "forward[] = {1 + ")
    assert run(tmp_path, wrong, written(tmp_path, spec)) == (1, "")
