"""Batched C kernels of random specs under AddressSanitizer and UBSan, exact, no byte too many.

Every array and every workspace is as large as it must be and no larger. Sums are cut small, or as
they are. `SYMCONV_SANITIZED=5000 pytest tests/test_c_batched_sanitized.py` runs 500 specs.
"""

import os
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from symconv import ConvSpec, reference
from symconv.codegen.c.batched import CUT_SMALL
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests.batches import batch
from tests.test_c_sanitized import (
    SANITIZED,
    STRICT,
    needs_sanitizer,
    random_spec,
    runtime,
)

SPECS = int(os.environ.get("SYMCONV_SANITIZED", "150")) // 10
TOGETHER = 10

CALLS = """
import ctypes, sys
import numpy as np

library, cases = ctypes.CDLL(sys.argv[1]), np.load(sys.argv[2], allow_pickle=True)["cases"]
wrong = 0

def place(array):
    return ctypes.c_void_p(array.ctypes.data)

for name, sizes, operands, expected in cases:
    sizes = [ctypes.c_ssize_t(size) for size in sizes]
    for word, given in operands.items():
        places = [place(each) for each in given]
        if word != "grad_bias":
            needed = library[f"{name}_{word}_workspace_i64"]
            needed.restype = ctypes.c_ssize_t
            workspace = np.full(needed(*sizes), 171, np.uint8)
            places.append(place(workspace))
        result = np.full(expected[word].shape, -77)
        code = library[f"{name}_{word}_i64"](place(result), *places, *sizes)
        if code or (result != expected[word]).any():
            print(name, word, [size.value for size in sizes])
            wrong += 1
    negative = [ctypes.c_ssize_t(-1)] * len(sizes)
    wrong += library[f"{name}_forward_i64"](None, None, None, None, None, *negative) != 1
    huge = [ctypes.c_ssize_t(2**62)] * len(sizes)
    wrong += library[f"{name}_grad_weight_i64"](None, None, None, None, *huge) != 1
sys.exit(wrong > 0)
"""


def cases_of(spec, rng):
    """Few and many channels, on a small image and on one of longer rows."""
    name = request_kernel(spec, target="c", layout="batched").name
    for inputs, outputs, most in ((1, 1, 6), (3, 8, 9), (5, 2, 40), (1, 3, 3)):
        sizes = tuple(
            max(1, e - lo - hi) + rng.randint(0, most if axis == spec.axes - 1 else 4)
            for axis, (e, (lo, hi)) in enumerate(zip(spec.extent, spec.padding_pairs, strict=True))
        )
        images = rng.choice((0, 1, 1, 2, 3))
        given = batch(spec, sizes, images=images, inputs=inputs, outputs=outputs)
        _, x, w, b, dy = given
        operands = {
            "forward": (x, w, b),
            "grad_input": (dy, w),
            "grad_weight": (dy, x),
            "grad_bias": (dy,),
        }
        expected = {
            "forward": reference.forward(spec, x, w, b),
            "grad_input": reference.grad_input(spec, dy, w, x.shape),
            "grad_weight": reference.grad_weight(spec, dy, x),
            "grad_bias": reference.grad_bias(spec, dy),
        }
        yield name, (images, x.shape[1], len(w), *sizes), operands, expected


def run_sanitized(folder, specs, cases, flags, *, right="", wrong=""):
    """Compile all specs, with a fault planted, and run all cases in a process of their own."""
    names = []
    for spec in specs:
        request = request_kernel(spec, target="c", layout="batched", dtype="i64")
        for file in build_of(request).unchecked:
            (folder / file.path).write_text(file.text.replace(right, wrong))
            names += [file.path] if file.path.endswith(".c") else []
    table = np.empty((len(cases), 4), dtype=object)
    for row, case in zip(table, cases, strict=True):
        row[:] = case
    np.savez(folder / "cases.npz", cases=table)
    command = ["gcc", *STRICT, *SANITIZED, *flags, "-o", "all.so", *names]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    return subprocess.run(
        [sys.executable, "-c", CALLS, "./all.so", "cases.npz"],
        cwd=folder,
        env={"LD_PRELOAD": str(runtime()), "ASAN_OPTIONS": "detect_leaks=0", "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@needs_sanitizer
@pytest.mark.parametrize("number", range(-(-SPECS // TOGETHER)))
def test_nothing_outside_is_read_or_written(number, tmp_path):
    rng = random.Random(number)
    drawn = [replace(random_spec(rng), groups=rng.choice((1, 1, 3))) for _ in range(TOGETHER - 1)]
    specs = {spec.name: spec for spec in (*drawn, ConvSpec(kernel_shape=(1, 1)))}
    cases = [case for spec in specs.values() for case in cases_of(spec, rng)]
    flags = () if number % 2 else CUT_SMALL
    done = run_sanitized(tmp_path, specs.values(), cases, flags)
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]


@needs_sanitizer
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("block->end - block->source < furthest + stop", "furthest + stop < 0"),
        ("cell < size ? ceil_div(size - cell, step) : 0", "work->frame[axis]"),
        ("min_of(lanes - lane, box", "min_of(box->count[AXES], box"),
        ("tile_entries_i64(work) + 3 * ALIGNED / (ptrdiff_t)sizeof(uint64_t)", "0"),
    ],
)
def test_the_sanitizer_finds_a_planted_step_outside(right, wrong, tmp_path):
    specs = [ConvSpec(kernel_shape=(3,), padding=1), ConvSpec(kernel_shape=(1,))]
    rng = random.Random(3)
    cases = [case for spec in specs for case in cases_of(spec, rng)]
    done = run_sanitized(tmp_path, specs, cases, (), right=right, wrong=wrong)
    assert "AddressSanitizer" in done.stderr or "runtime error" in done.stderr
