"""C kernels of random specs under AddressSanitizer and UBSan, exact, with canaries around results.

`SYMCONV_SANITIZED=5000 pytest tests/test_c_sanitized.py` runs as many specs.
"""

import os
import random
import subprocess
import sys
from pathlib import Path
from shutil import which

import numpy as np
import pytest

from symconv import ConvSpec, reference
from symconv.codegen.c import loops
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests import strategies

SPECS = int(os.environ.get("SYMCONV_SANITIZED", "50"))
TOGETHER = 50
STRICT = ["-std=c99", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
SANITIZED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fPIC", "-shared"]

CALLS = """
import ctypes, sys
import numpy as np

library, cases = ctypes.CDLL(sys.argv[1]), np.load(sys.argv[2], allow_pickle=True)["cases"]
wrong = 0
for name, shape, x, w, dy, expected in cases:
    sizes = [ctypes.c_ssize_t(size) for size in shape]
    for margin in (0, 64):  # without a margin the sanitizer watches the ends
        calls = {
            "forward": (x, w, 5), "grad_input": (dy, w), "grad_weight": (dy, x), "grad_bias": (dy,)
        }
        for word, arguments in calls.items():
            result = np.full(expected[word].size + 2 * margin, -77)
            places = [ctypes.c_void_p(result.ctypes.data + 8 * margin)] + [
                ctypes.c_int64(each) if isinstance(each, int) else ctypes.c_void_p(each.ctypes.data)
                for each in arguments
            ]
            code = library[f"{name}_{word}_i64"](*places, *sizes)
            middle = result[margin : margin + expected[word].size]
            margins = np.delete(result, slice(margin, margin + expected[word].size))
            if code or (middle != expected[word].ravel()).any() or (margins != -77).any():
                print(name, word, shape)
                wrong += 1
    refused = library[f"{name}_forward_i64"](None, None, None, ctypes.c_int64(0), *(
        ctypes.c_ssize_t(size) for size in [-1] * len(shape)
    ))
    wrong += refused != 1
sys.exit(wrong > 0)
"""


def random_spec(rng):
    axes = rng.choice((1, 2, 2, 3))

    def sizes(most):
        return tuple(rng.randint(1, most) for _ in range(axes))

    return ConvSpec(
        kernel_shape=sizes({1: 6, 2: 4, 3: 3}[axes]),
        stride=sizes(4),
        dilation=sizes(3),
        padding=tuple((rng.randint(0, 4), rng.randint(0, 4)) for _ in range(axes)),
    )


def cases_of(spec, rng):
    """A single output, a few with a remainder, and rows longer than the lanes."""
    for most in (0, 3 * max(spec.stride), 45):
        room = [
            rng.randint(most // 2, most) if axis == spec.axes - 1 else rng.randint(0, 5)
            for axis in range(spec.axes)
        ]
        shape = tuple(
            max(1, e - lo - hi) + more
            for e, (lo, hi), more in zip(spec.extent, spec.padding_pairs, room, strict=True)
        )
        seed = rng.randint(0, 2**31)
        x, w = strategies.integers(shape, seed), strategies.integers(spec.kernel_shape, seed + 1)
        dy = strategies.integers(spec.output_shape(shape), seed + 2)
        expected = {
            "forward": reference.forward(spec, x, w, 5),
            "grad_input": reference.grad_input(spec, dy, w, shape),
            "grad_weight": reference.grad_weight(spec, dy, x),
            "grad_bias": np.asarray(reference.grad_bias(spec, dy)),
        }
        yield spec.name, shape, x, w, dy, expected


def runtime():
    """The library of AddressSanitizer, which must be loaded before Python's own."""
    if which("gcc") is None:
        return None
    asked = ["gcc", "-print-file-name=libasan.so"]
    path = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    return path if path.is_absolute() else None


needs_sanitizer = pytest.mark.skipif(
    runtime() is None, reason="there is no gcc with AddressSanitizer"
)


def run_sanitized(folder, specs, cases, *, right="", wrong=""):
    """Compile all specs, with a fault planted, and run all cases in a process of their own."""
    for spec in specs:
        for file in build_of(request_kernel(spec, target="c", dtype="i64")).unchecked:
            (folder / file.path).write_text(file.text.replace(right, wrong))
    table = np.empty((len(cases), 6), dtype=object)
    for row, case in zip(table, cases, strict=True):
        row[:] = case
    np.savez(folder / "cases.npz", cases=table)
    (folder / "all.c").write_text("".join(f'#include "{spec.name}.c"\n' for spec in specs))
    command = ["gcc", *STRICT, *SANITIZED, "-o", "all.so", "all.c"]
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
@pytest.mark.parametrize("most_unrolled", [loops.MOST_UNROLLED, 0], ids=["unrolled", "loops"])
@pytest.mark.parametrize("batch", range(-(-SPECS // TOGETHER)))
def test_nothing_outside_is_read_or_written(batch, most_unrolled, tmp_path, monkeypatch):
    monkeypatch.setattr(loops, "MOST_UNROLLED", most_unrolled)
    rng = random.Random(batch)
    specs = {spec.name: spec for spec in (random_spec(rng) for _ in range(TOGETHER))}
    cases = [case for spec in specs.values() for case in cases_of(spec, rng)]
    done = run_sanitized(tmp_path, specs.values(), cases)
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]


@needs_sanitizer
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("start = 1, stop = LEAST(g", "start = 0, stop = LEAST(g"),
        ("reach >= 0 && reach < m", "reach >= 0 && reach <= m"),
        ("stop = LEAST(g, m - 1)", "stop = m"),
    ],
)
def test_the_sanitizer_finds_a_planted_step_outside(right, wrong, tmp_path):
    spec, rng = ConvSpec(kernel_shape=(3,), padding=1), random.Random(0)
    done = run_sanitized(tmp_path, [spec], list(cases_of(spec, rng)), right=right, wrong=wrong)
    assert "AddressSanitizer" in done.stderr


@needs_sanitizer
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("+ CELLS <= sizes[2]", "<= sizes[2]"),
        ("line.apart, sizes[1], meetings", "line.apart, sizes[1] + 1, meetings"),
        ("FRAME (CELLS + 12)", "FRAME (CELLS + 11)"),
        ("KERNEL_COLUMNS - TAPS)", "KERNEL_COLUMNS)"),
    ],
)
def test_the_sanitizer_finds_a_planted_step_outside_of_loops(right, wrong, tmp_path):
    spec, rng = ConvSpec(kernel_shape=(9, 13), padding=1), random.Random(0)
    done = run_sanitized(tmp_path, [spec], list(cases_of(spec, rng)), right=right, wrong=wrong)
    assert "AddressSanitizer" in done.stderr
