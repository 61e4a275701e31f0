"""C kernels by fast tiles: right on integers, however they are cut, and nothing outside is read."""

import os
import subprocess
import sys
from shutil import which

import numpy as np
import pytest

import symconv as sc
from symconv import ConvSpec, VerificationError
from symconv.algebra.bilinear import fast_tiles
from symconv.codegen.c.winograd import CUT_TILES, TILED
from symconv.codegen.check.compiled import check_compiled_batches, compiled_trials
from symconv.codegen.check.winograd import tile_trials
from symconv.codegen.kernel import DTYPES, GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.targets import build_of
from tests.batches import Batch, batch
from tests.test_c_sanitized import SANITIZED, needs_sanitizer, runtime
from tests.test_winograd import expected, results

needs_compiler = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
TILES_OF = {
    ConvSpec(kernel_shape=(3, 3), padding=1): (4, 4),
    ConvSpec(kernel_shape=(2, 5), padding=((1, 0), (0, 3)), groups=2): (3, 4),
    ConvSpec(kernel_shape=(3,), padding=((2, 0),)): (6,),
    ConvSpec(kernel_shape=(7, 1)): (2, 1),
}
SPEC, TILE = ConvSpec(kernel_shape=(2, 3), padding=((1, 0), (0, 1))), (2, 2)
THREADS = ("-fopenmp", "-DSYMCONV_THREADS=3")
BY_ROWS = (*TILED, "-DSYMCONV_WEIGHTS=0", "-DSYMCONV_LONG=20000")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]


def requested(spec, tile, dtype="f32"):
    return request_kernel(
        spec, target="c", layout="batched", algorithm="winograd", tile=tile, dtype=dtype
    )


def batches_of(spec):
    """Less than a tile; many tiles and channels; no image."""
    large = (11, 43)[-spec.axes :]
    small = tuple(max(1, axis.least_input) for axis in spec.concrete_axes())
    for sizes, images, inputs, outputs in ((small, 1, 1, 1), (large, 2, 19, 8), (large, 0, 2, 3)):
        yield batch(spec, sizes, images=images, inputs=inputs, outputs=outputs)


def random_batch(spec, sizes=(11, 43), **channels):
    """Arrays of float32 whose sums round."""
    data, draws = batch(spec, sizes, **channels), np.random.default_rng(0)
    arrays = (draws.uniform(-1, 1, array.shape).astype(np.float32) for array in data[1:])
    return Batch(spec, *arrays)


@needs_compiler
@pytest.mark.parametrize(
    "flags", [(), TILED, *CUT_TILES], ids=["as it is", "by tiles", "by strips", "by rows"]
)
@pytest.mark.parametrize(("spec", "tile"), TILES_OF.items(), ids=lambda given: str(given)[:40])
def test_integers_in_float64_round_to_the_exact_ones(spec, tile, flags):
    kernel = build_of(requested(spec, tile)).load(
        flags=("-O3" if flags == TILED else "-O1", *flags)
    )
    for data in batches_of(spec):
        floats = data.of_dtype(np.float64)
        for ours, right in zip(results(kernel, floats), expected(data), strict=True):
            assert ours.dtype == np.float64
            assert (np.rint(ours) == right).all()


@needs_compiler
@pytest.mark.parametrize("order", [TILED, BY_ROWS], ids=["by strips", "by rows"])
def test_threads_change_no_bit(order):
    spec, tile = next(iter(TILES_OF.items()))
    data = random_batch(spec, images=2, inputs=19, outputs=8)
    few = [build_of(requested(spec, tile)).load(flags=(*order, *more)) for more in ((), THREADS)]
    alone, together = (results(kernel, data) for kernel in few)
    assert all((one == other).all() for one, other in zip(alone, together, strict=True))


def ways_taken(files, channels):
    """Per number of channels: whether y, dx and dw have the bits of tiles."""
    request = requested(*next(iter(TILES_OF.items())))
    chosen, direct, tiled = (
        build_of(request).load(files, flags=("-O1", *flags))
        for flags in ((), ("-DSYMCONV_BY_TILES=0",), TILED)
    )
    for number in channels:
        data = random_batch(request.spec, (14, 14), images=1, inputs=number, outputs=number)
        ours, directly, by_tiles = (results(kernel, data)[:3] for kernel in (chosen, direct, tiled))
        taken = [(a == b).all() for a, b in zip(ours, by_tiles, strict=True)]
        others = [(a == b).all() for a, b in zip(ours, directly, strict=True)]
        assert [not each for each in taken] == others
        yield taken


CHANNELS = (1, 3, 8, 16, 32, 48)


@needs_compiler
def test_tiles_are_taken_from_some_number_of_channels_on():
    taken = np.array(list(ways_taken(None, CHANNELS)))
    assert not taken[0].any()
    assert taken[-1].all()
    assert (taken[:-1] <= taken[1:]).all()


@needs_compiler
def test_a_turned_choice_is_found():
    files = build_of(requested(*next(iter(TILES_OF.items())))).unchecked
    piece, wrong = "transforms) < 4 * direct", "transforms) > 4 * direct"
    assert piece in files[0].text, "the mutant no longer touches the code"
    files = [GeneratedFile(each.path, each.text.replace(piece, wrong)) for each in files]
    taken = np.array(list(ways_taken(files, (CHANNELS[0], CHANNELS[-1]))))
    assert taken[0].all()
    assert not taken[-1].any()


@needs_compiler
def test_both_ways_stay_within_the_bound():
    spec, tile = next(iter(TILES_OF.items()))
    kernel, rounding = (
        build_of(requested(spec, tile)).load(),
        fast_tiles(sc.derive(spec), tile).rounding,
    )
    for number in CHANNELS:
        data = random_batch(spec, (9, 14), images=1, inputs=number, outputs=number)
        exact = data.of_dtype(np.float64)
        largest = abs(exact.w).sum(axis=(1, 2, 3)).max() * abs(exact.x).max()
        errors = abs(kernel.forward(data.x, data.w) - sc.reference.forward(spec, exact.x, exact.w))
        assert errors.max() <= float(rounding.bound("float32", summands=number)) * largest


@needs_compiler
def test_other_types_and_wrong_shapes_are_those_of_numpy():
    kernel = sc.load(SPEC, target="c", layout="batched", algorithm="winograd", tile=TILE)
    data = batch(SPEC, (5, 7))
    for dtype in (np.int32, np.int64, np.int8):
        given = data.of_dtype(dtype)
        for ours, right in zip(results(kernel, given), expected(given), strict=True):
            assert ours.dtype == dtype
            assert (ours == right).all()
    with pytest.raises(ValueError, match="weight must have shape"):
        kernel.forward(data.x, data.w[..., :2])


# fault -> (a piece of the emitted text, what the mutant has in its place)
MUTANTS = {
    "a wrong entry of B^T": ("(t, x0 - x2);", "(t, x0 - x1);"),
    "a wrong entry of G": ("x1 * ((double)1 / 2)", "x1 * ((double)1 / 3)"),
    "the kernel is not flipped": (".taps_w = { 2, 1, 0 }", ".taps_w = { 0, 1, 2 }"),
    "the padding is forgotten": (".first = { -1, 0 }", ".first = { 0, 0 }"),
    "the bias is forgotten": ("* COLUMNS_f64 + i] + bias;", "* COLUMNS_f64 + i];"),
    "a row of weights is read twice": ("min_of(row, rows - 1)", "min_of(0, rows - 1)"),
    "only the last strip counts": ("count, first > 0);", "count, 0);"),
    "lanes are written twice": ("min_of(i, count - LANES_f64)", "0"),
    "the last tile is left out": (
        "ceil_div(tiling.target[1], TILE_W)",
        "tiling.target[1] / TILE_W",
    ),
    "channels lie too close": ("source + channel * tiling->source[0]", "source + channel"),
}


def checked(files):
    derivation = sc.derive(SPEC)
    kernels = [build_of(requested(SPEC, TILE, "f64")).load(files, flags=("-O0", *TILED))]
    kernels += [
        build_of(requested(SPEC, TILE, "f64")).load(files, flags=("-O0", *cut)) for cut in CUT_TILES
    ]
    check_compiled_batches(
        {np.float64: kernels},
        derivation.batched,
        trials=(*tile_trials(derivation, TILE), compiled_trials(derivation)[-1]),
        rounding=fast_tiles(derivation, TILE).rounding,
    )


@needs_compiler
def test_the_tiles_without_a_fault_pass():
    checked(build_of(requested(SPEC, TILE, "f64")).unchecked)


@needs_compiler
@pytest.mark.parametrize("fault", MUTANTS)
def test_wrong_tiles_differ_from_the_derivation(fault):
    files = build_of(requested(SPEC, TILE, "f64")).unchecked
    piece, wrong = MUTANTS[fault]
    assert piece in files[0].text, "the mutant no longer touches the code"
    with pytest.raises(VerificationError):
        checked([GeneratedFile(each.path, each.text.replace(piece, wrong)) for each in files])


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_compilers_have_nothing_to_say(compiler, tmp_path):
    if which(compiler) is None:
        pytest.skip(f"there is no {compiler}")
    optimised = "-O1" if compiler == "gcc" else "-O0"  # clang says all it has to say without
    (spec, tile), *_ = TILES_OF.items()
    asked = [(*each, ",".join(DTYPES), optimised) for each in TILES_OF.items()]
    for spec, tile, dtype, optimise in (*asked, *((spec, tile, each, "-O0") for each in DTYPES)):
        for file in build_of(requested(spec, tile, dtype)).unchecked:
            (tmp_path / file.path).write_text(file.text)
        source = f"{requested(spec, tile).name}.c"
        command = [compiler, *STRICT, optimise, "-c", source]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=300)


CALLS = """
import ctypes, sys
import numpy as np

library, wrong = ctypes.CDLL("./all.so"), 0
place = lambda array: ctypes.c_void_p(array.ctypes.data)
for name, sizes, operands, expected in np.load("cases.npz", allow_pickle=True)["cases"]:
    sizes = [ctypes.c_ssize_t(size) for size in sizes]
    for word, given in operands.items():
        needed = library[f"{name}_{word}_workspace_f64"]
        needed.restype = ctypes.c_ssize_t
        workspace = np.full(needed(*sizes), 171, np.uint8)
        result = np.full(expected[word].shape, np.nan)
        places = [place(each) for each in (result, *given, workspace)]
        code = library[f"{name}_{word}_f64"](*places, *sizes)
        if code or (np.rint(result) != expected[word]).any():
            print(name, word, [size.value for size in sizes])
            wrong += 1
    huge = [ctypes.c_ssize_t(2**62)] * len(sizes)
    wrong += library[f"{name}_grad_weight_f64"](None, None, None, None, *huge) != 1
sys.exit(wrong > 0)
"""


@needs_sanitizer
@pytest.mark.parametrize("flags", [(), *CUT_TILES], ids=["as it is", "by strips", "by rows"])
def test_nothing_outside_is_read_or_written(flags, tmp_path):
    cases = []
    for spec, tile in TILES_OF.items():
        for file in build_of(requested(spec, tile, "f64")).unchecked:
            (tmp_path / file.path).write_text(file.text)
        for data in batches_of(spec):
            exact = dict(
                zip(("forward", "grad_input", "grad_weight"), expected(data), strict=False)
            )
            _, x, w, b, dy = data.of_dtype(np.float64)
            operands = {"forward": (x, w, b), "grad_input": (dy, w), "grad_weight": (dy, x)}
            sizes = (len(x), x.shape[1], len(w), *x.shape[2:])
            cases.append((requested(spec, tile).name, sizes, operands, exact))
    table = np.empty((len(cases), 4), dtype=object)
    for row, case in zip(table, cases, strict=True):
        row[:] = case
    np.savez(tmp_path / "cases.npz", cases=table)
    paths = [path.name for path in sorted(tmp_path.glob("*.c"))]
    command = ["gcc", "-std=c99", *SANITIZED, *flags, "-o", "all.so", *paths]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=tmp_path,
        env={"LD_PRELOAD": str(runtime()), "ASAN_OPTIONS": "detect_leaks=0", "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
