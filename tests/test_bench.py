"""The bench: everybody is checked before being timed, and what was found survives as JSON."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from itertools import cycle, product
from types import SimpleNamespace

import numpy as np
import pytest

import symconv as sc
from symconv.bench import taps, torch_compiled
from symconv.bench.clock import Pace, interleaved
from symconv.bench.contender import Contender, Kind, LeftOut
from symconv.bench.measure import Bench, measured
from symconv.bench.operands import error_of, operands_of, truth
from symconv.bench.problem import OPERATIONS, Problem, problem_from
from symconv.bench.record import Cell, Entry, Run, Status, run_as_dict, run_from, write_json
from symconv.bench.registry import CONTENDERS, PEERS, chosen
from symconv.bench.roofline import MachineLimit, copying, gemm_rate
from symconv.bench.threads import POOLS, checked_threads, cores, limited
from symconv.bench.view import run_view
from symconv.cli.main import run as run_command
from symconv.errors import OptionError, SpecError

PLANES = [
    (sc.ConvSpec(kernel_shape=(3, 2), stride=(1, 2)), (7, 9)),
    (sc.ConvSpec(kernel_shape=(2, 3), stride=3), (9, 8)),
    (sc.ConvSpec(kernel_shape=(2, 2), stride=(3, 1)), (2, 5)),
    (sc.ConvSpec(kernel_shape=(1, 1), stride=2), (4, 5)),
    (sc.ConvSpec(kernel_shape=(3, 2), dilation=(1, 2), padding=((2, 0), (1, 3))), (6, 5)),
    (sc.ConvSpec(kernel_shape=(2, 3), stride=2, padding=((-1, 1), (0, -2))), (7, 9)),
    (sc.ConvSpec(kernel_shape=(3,), stride=2, padding=1), (8,)),
    (sc.ConvSpec(kernel_shape=(2, 1, 3), stride=(1, 2, 1)), (4, 3, 5)),
    (sc.ConvSpec(kernel_shape=(25,), stride=3), (97,)),
    (sc.ConvSpec(kernel_shape=(1, 25)), (4, 60)),
    (sc.ConvSpec(kernel_shape=(15, 13)), (40, 37)),
    (sc.ConvSpec(kernel_shape=(3, 4), stride=2, padding=1), (40, 37)),
]
BATCHES = [
    Problem(
        spec=sc.ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=1),
        operation="forward",
        layout="batched",
        input=(7, 6),
        images=2,
        inputs=3,
        outputs=4,
    ),
    Problem(
        spec=sc.ConvSpec(kernel_shape=(2, 3), groups=2, dilation=2, stride=2, padding=(0, 1)),
        operation="forward",
        layout="batched",
        input=(8, 11),
        images=1,
        inputs=4,
        outputs=6,
        dtype="float64",
    ),
    Problem(
        spec=sc.ConvSpec(kernel_shape=(3, 3), groups=5, stride=2, padding=(0, 1)),
        operation="forward",
        layout="batched",
        input=(8, 11),
        images=2,
        inputs=5,
        outputs=5,
    ),
    Problem(
        spec=sc.ConvSpec(kernel_shape=(2, 3, 2), padding=1),
        operation="forward",
        layout="batched",
        input=(3, 7, 16),
        images=2,
        inputs=3,
        outputs=4,
    ),
    Problem(
        spec=sc.ConvSpec(kernel_shape=(3,), stride=2),
        operation="forward",
        layout="batched",
        input=(33,),
        images=2,
        inputs=8,
        outputs=8,
    ),
]
PROBLEM = Problem(spec=sc.ConvSpec(kernel_shape=(3, 2)), operation="forward", input=(6, 7))
STRIDED = replace(PROBLEM, spec=sc.ConvSpec(kernel_shape=(3, 2), stride=2))


@pytest.mark.parametrize(("spec", "shape"), PLANES)
def test_the_definition_is_the_reference_on_planes(spec, shape):
    x, w = (
        np.random.default_rng(1).integers(-9, 9, shape),
        np.random.default_rng(2).integers(-9, 9, spec.kernel_shape),
    )
    dy = np.random.default_rng(3).integers(-9, 9, spec.output_shape(shape))
    y, dx = sc.reference.forward(spec, x, w), sc.reference.grad_input(spec, dy, w, shape)
    dw = sc.reference.grad_weight(spec, dy, x)
    windows = taps.windows_of(spec, shape)
    assert (taps.plane_forward(windows, x, w) == y).all()
    assert (taps.plane_grad_input(windows, dy, w) == dx).all()
    assert (taps.plane_grad_weight(windows, dy, x) == dw).all()
    x4, w4, dy4 = x[None, None], w[None, None], dy[None, None]
    assert (taps.batched_forward(windows, x4, w4) == y).all()
    assert (taps.batched_grad_input(windows, dy4, w4) == dx).all()
    assert (taps.batched_grad_weight(windows, dy4, x4) == dw).all()


@pytest.mark.parametrize("problem", BATCHES)
def test_the_truth_of_a_batch_is_the_reference(problem):
    operands = operands_of(replace(problem, operation="backward"))
    spec, x, w, dy = problem.spec, operands.x, operands.w, operands.dy
    found = truth(operands)
    assert (found[0] == sc.reference.grad_input(spec, dy, w, x.shape)).all()
    assert (found[1] == sc.reference.grad_weight(spec, dy, x)).all()
    assert (found[2] == dy.sum(axis=(0, *range(2, dy.ndim)))).all()
    (y,) = truth(operands_of(problem))
    assert (y == sc.reference.forward(spec, x, w)).all()


def problems_of(operation):
    return [
        Problem(spec=spec, operation=operation, input=shape, dtype=dtype)
        for (spec, shape), dtype in zip(PLANES, cycle(["float32", "float64"]), strict=False)
    ] + [replace(problem, operation=operation) for problem in BATCHES]


def error_in(contender, problem, threads=1):
    """The error of a contender's result; None where it takes no part."""
    operands = operands_of(problem)
    try:
        call = contender.prepare(operands, threads)
    except LeftOut:
        return None
    if call is None:
        return None
    result = call()
    arrays = result if isinstance(result, tuple | list) else (result,)
    return error_of(tuple(map(np.asarray, arrays)), truth(operands), dtype=problem.dtype)


@pytest.mark.filterwarnings("ignore")  # those of other libraries
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("threads", [1, 2])
def test_everybody_installed_computes_the_operation(operation, threads):
    took_part = set()
    for contender in CONTENDERS:
        quick = contender.called != "inductor"
        if contender.installed and quick and (threads == 1 or contender.threaded):
            for problem in problems_of(operation):
                error = error_in(contender, problem, threads)
                assert error is None or error <= 1, (contender.name, problem.title)
                took_part |= {contender.package} if error is not None else set()
    assert took_part >= {"symconv", "scipy"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_torch_compiles_computes_the_operation(operation):
    pytest.importorskip("torch")
    chosen_problems = [problems_of(operation)[number] for number in (0, 9, -1)]
    errors = [
        error_in(contender, problem)
        for contender in CONTENDERS
        if contender.called == "inductor"
        for problem in chosen_problems
    ]
    there = [error for error in errors if error is not None]
    assert len(there) == len(chosen_problems)
    assert max(there) <= 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_call_that_is_timed_works_sizes_out(operation, monkeypatch):
    """A rival is not charged for our size rules: they take longer than a small convolution."""
    calls = []
    for contender in CONTENDERS:
        if contender.installed and contender.kind is not Kind.OURS and not contender.peer:
            for problem in (PROBLEM, STRIDED, *BATCHES[:2]):
                operands = operands_of(replace(problem, operation=operation))
                with suppress(LeftOut):
                    calls.append(contender.prepare(operands, 1))

    def refuse(*_, **__):
        raise AssertionError("a timed call asks for sizes")

    for name in ("output_shape", "__init__"):
        monkeypatch.setattr(sc.ConvSpec, name, refuse)
    for call in calls:
        if call is not None:
            call()


def test_who_cannot_compile_is_left_out_with_a_line():
    def broken():
        raise RuntimeError("No working C++ compiler found\nin a long list of places")

    with pytest.raises(LeftOut, match=r"torch\.compile cannot run here: No working C") as caught:
        torch_compiled.tried(broken)
    assert len(str(caught.value).splitlines()) == 1
    many = Problem(spec=sc.ConvSpec(kernel_shape=(31, 31)), operation="forward", input=(64, 64))
    (sliced,) = [each for each in CONTENDERS if each.name == "JAX taps"]
    with pytest.raises(LeftOut, match="961 slices"):
        sliced.prepare(operands_of(many), 1)


def test_a_correlation_of_the_input_s_size_is_compared_where_it_can_be_made_equal():
    filter2d, template = (
        each for each in CONTENDERS if each.name in ("OpenCV filter2D", "OpenCV matchTemplate")
    )
    dense, volume = BATCHES[0], replace(PROBLEM, spec=PLANES[7][0], input=PLANES[7][1])
    wide = replace(PROBLEM, spec=sc.ConvSpec(kernel_shape=(3, 2), padding=2))
    for problem in (dense, volume, wide):
        assert filter2d.prepare(operands_of(problem), 1) is None
        assert template.prepare(operands_of(problem), 1) is None
    assert template.prepare(operands_of(replace(PROBLEM, dtype="float64")), 1) is None


def test_an_error_is_measured_against_what_is_allowed():
    expected = (np.array([[1.0, -40.0], [3.0, 0.0]]),)
    right = expected[0].astype(np.float32)
    assert error_of((right,), expected, dtype="float32") == 0
    off = right.copy()
    off[0, 0] += 2 * 1e-4 * 40
    assert error_of((off,), expected, dtype="float32") == pytest.approx(2, rel=1e-3)
    for wrong in (right[:1], right.astype(np.float64), right * np.float32("nan")):
        assert error_of((wrong,), expected, dtype="float32") == np.inf
    assert error_of((right, right), expected, dtype="float32") == np.inf
    large = (np.array([1e6]),)
    assert error_of((np.array([1e6 + 0.5], np.float32),), large, dtype="float32") > 1


def test_turns_are_taken_in_a_changing_order_and_who_is_slow_has_one():
    now, order = [0.0], []

    def contender(name, seconds):
        def call():
            order.append(name)
            now[0] += seconds

        return call

    calls = {"a": contender("a", 0.01), "b": contender("b", 0.02), "slow": contender("slow", 5.0)}
    pace = Pace(rounds=4, least=2, seconds=0.1, sample=0.001, slow=1.0)
    samples = interleaved(calls, pace=pace, clock=lambda: now[0])
    assert order == ["a", "b", "slow", "a", "b", "b", "a", "a", "b"]
    assert {name: len(taken) for name, taken in samples.items()} == {"a": 3, "b": 3, "slow": 1}
    assert samples["slow"] == (5.0,)
    assert samples["b"] == pytest.approx((0.02, 0.02, 0.02))


def test_quick_calls_are_repeated_and_warmed_up_and_there_is_a_pause():
    now, calls, pauses = [0.0], [0], []

    def call():
        calls[0] += 1
        now[0] += 0.0001

    pace = Pace(rounds=2, least=2, sample=0.001, warm=0.005, rest=0.002)
    samples = interleaved({"a": call}, pace=pace, clock=lambda: now[0], pause=pauses.append)
    assert calls[0] == 1 + 2 * (1 + 10)
    assert samples["a"] == pytest.approx((0.0001, 0.0001))
    assert pauses == [0.002, 0.002]


def planted(name, result, kind=Kind.NUMPY):
    """A contender that gives what `result` makes of the true values."""

    def prepare(operands, threads):
        (expected,) = truth(operands)
        return lambda: result(expected[0, 0].astype(operands.problem.dtype))

    return Contender(name, "numpy", kind, prepare, "what is planted")


def left_out(operands, threads):
    raise LeftOut("too large")


def border_missing(y):
    y = y.copy()
    y[-1, -1] += 1
    return y


def fails(y):
    raise ValueError("no\nway")


FIELD = (
    planted("right", lambda y: y, Kind.OURS),
    planted("border", border_missing),
    planted("transposed", lambda y: y.T),
    planted("fails", fails),
    Contender("large", "numpy", Kind.NUMPY, left_out, "nothing"),
    Contender("absent", "numpy", Kind.NUMPY, lambda operands, threads: None, "nothing"),
)


def test_who_is_wrong_is_found_and_not_timed():
    (cell,) = Bench(FIELD, Pace(rounds=2, least=2)).cells(PROBLEM, threads=[1])
    found = {entry.contender: (entry.status, entry.note) for entry in cell.entries}
    assert found == {
        "right": (Status.TIMED, ""),
        "border": (Status.WRONG, "differs from the definition"),
        "transposed": (Status.WRONG, "differs from the definition"),
        "fails": (Status.FAILED, "ValueError: no"),
        "large": (Status.LEFT_OUT, "too large"),
    }
    assert [len(entry.samples) for entry in cell.entries] == [2, 0, 0, 0, 0]
    assert cell.entry("right").seconds > 0
    assert cell.entry("border") is None
    assert cell.fastest(lambda entry: entry.kind is Kind.NUMPY) is None
    assert cell.limit_seconds > 0


def test_who_is_very_slow_is_called_once():
    calls = []
    right = planted("right", lambda y: calls.append(1) or y)
    (cell,) = Bench((right,), Pace(once=0.0)).cells(PROBLEM, threads=[1])
    assert len(calls) == 1
    assert len(cell.entry("right").samples) == 1


def test_an_interruption_keeps_what_is_there(monkeypatch):
    monkeypatch.setattr("symconv.bench.measure.machine_limit", LIMIT)
    seen = []

    def progress(title, done, total):
        seen.append((title, done, total))
        if done == 1:
            raise KeyboardInterrupt

    bench = Bench(FIELD[:1], Pace(rounds=1, least=1))
    run = measured(bench, [PROBLEM] * 3, threads=[1], command="x", progress=progress)
    assert (len(run.cells), run.complete) == (1, False)
    assert seen == [(PROBLEM.title, 0, 3), (PROBLEM.title, 1, 3)]
    assert measured(bench, [PROBLEM], threads=[1], command="x").complete
    late = measured(bench, [PROBLEM], threads=[1], command="x", most_seconds=-1)
    assert (late.cells, late.complete) == ((), False)


def LIMIT(threads):
    return MachineLimit(threads=threads, copy_bytes=2e10, gemm_flops={"float32": 7.5e10})


def example_run():
    entry = Entry(
        contender="symconv C",
        package="symconv",
        kind=Kind.OURS,
        status=Status.TIMED,
        samples=(1.5e-05, 1.25e-05, 2e-05),
        error=0.0,
    )
    wrong = Entry(
        contender="other",
        package="numpy",
        kind=Kind.BEST,
        status=Status.WRONG,
        error=2.5,
        note="differs from the definition",
    )
    cells = tuple(
        Cell(
            problem=problem, threads=2, copy_seconds=1e-06, gemm_flops=7e10, entries=(entry, wrong)
        )
        for problem in (PROBLEM, *BATCHES)
    )
    return Run(
        command="make bench",
        machine={"processor": "some"},
        limits=(LIMIT(2),),
        missing=("jax",),
        cells=cells,
        seconds=12.5,
    )


def test_a_run_survives_json():
    run = example_run()
    text = write_json(run_as_dict(run))
    assert run_from(json.loads(text)) == run
    assert write_json(run_as_dict(run_from(json.loads(text)))) == text
    assert run.cells[0].entry("symconv C").seconds == 1.5e-05


@pytest.mark.parametrize("planted", [{"schema": 2}, {"cells": [{}]}, {"machine": None}])
def test_json_of_another_form_is_refused(planted):
    with pytest.raises(OptionError):
        run_from({**run_as_dict(example_run()), **planted})
    with pytest.raises(OptionError):
        run_from({})


def test_the_work_of_a_problem_is_counted():
    assert PROBLEM.output_shape == (4, 6)
    assert PROBLEM.flops == 2 * 24 * 6
    assert PROBLEM.bytes == 4 * (42 + 6 + 24)
    backward = replace(PROBLEM, operation="backward", dtype="float64")
    assert (backward.flops, backward.bytes) == (4 * 24 * 6, 8 * (42 + 6 + 24 + 42 + 6))
    first, second = BATCHES[:2]
    assert first.flops == 2 * (2 * 4 * 4 * 7) * (3 * 6)
    assert second.weight_shape == (6, 2, 2, 3)
    assert [problem_from(each.as_dict()) for each in BATCHES] == BATCHES
    assert first.sizes == "3x2 t=2x1, 2x3-4 7x6"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"operation": "sideways"}, SpecError),
        ({"dtype": "float16"}, SpecError),
        ({"images": 2}, OptionError),
        ({"input": (2, 2)}, SpecError),
        ({"spec": sc.ConvSpec(kernel_shape=(3, 2), transposed=True)}, OptionError),
        ({"layout": "batched", "spec": sc.ConvSpec(kernel_shape=(1, 1), groups=2)}, SpecError),
    ],
)
def test_a_problem_that_is_none_is_refused(words, error):
    with pytest.raises(error):
        replace(PROBLEM, **words)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_copy_copies_everything_it_says(threads, monkeypatch):
    copied = []
    real = np.copyto
    monkeypatch.setattr(np, "copyto", lambda to, of: (copied.append(of.nbytes), real(to, of)))
    for moved in (1, 1000, 2**23 + 6):
        with copying(moved, threads=threads) as copy:
            copied.clear()
            copy()
        assert sum(copied) == max(1, moved // 2)
        assert len(copied) == (threads if moved > 2**22 else 1)
    assert gemm_rate(2.0, size=10) == 1000


def test_threads_are_limited_and_given_back():
    before = os.sched_getaffinity(0)
    with limited(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before
    with pytest.raises(OptionError):
        checked_threads(len(cores()) + 1)


@pytest.mark.parametrize(("library", "get", "put"), [(name, *POOLS[name]) for name in POOLS])
def test_a_library_with_threads_of_its_own_is_told_how_many(library, get, put, monkeypatch):
    told = []
    pool = SimpleNamespace(**{get: lambda: 7, put: told.append})
    monkeypatch.setitem(sys.modules, library, pool)
    with limited(1):
        assert told == [1]
    assert told == [1, 7]


def test_a_missing_package_is_named_and_takes_no_part():
    ghosts = [
        Contender(f"ghost {peer}", "no_such_package", Kind.OWN, left_out, "nothing", peer=peer)
        for peer in ("", "phantom")
    ]
    found, missing = chosen(contenders=(*FIELD[:2], *ghosts))
    assert [each.name for each in found] == ["right", "border"]
    assert missing == ("no_such_package", "phantom")
    assert {each.package for each in chosen(["scipy"])[0]} == {"symconv", "scipy"}
    assert {"opencv", "inductor", "numba", "halide"} <= set(PEERS)
    with pytest.raises(OptionError):
        chosen(["tensorflow"])


def test_a_name_stands_for_one_contender_and_each_says_what_it_does():
    names = [each.name for each in CONTENDERS]
    assert len(set(names)) == len(names)
    assert all(each.does and "|" not in each.does for each in CONTENDERS)


def test_the_view_shows_everybody():
    from rich.console import Console

    console = Console(width=100, record=True, file=StringIO())
    console.print(run_view(example_run()))
    text = console.export_text()
    assert all(word in text for word in ("symconv C", "other: wrong", "jax is not installed"))


COMMAND = ["bench", "-p", "3", "-q", "2", "--peers", "numpy"]


def test_the_command_measures(capsys):
    words = ["--input", "6x7", "--operation", "forward,backward", "--json"]
    assert run_command([*COMMAND, *words]) == 0
    run = run_from(json.loads(capsys.readouterr().out))
    assert [cell.problem.operation for cell in run.cells] == ["forward", "backward"]
    assert run.cells[0].entry("symconv NumPy").seconds > 0
    assert {entry.package for cell in run.cells for entry in cell.entries} == {"symconv", "numpy"}
    batched = ["--layout", "batched", "--input", "2x3x6x7", "--outputs", "4", "--dtype", "float64"]
    assert run_command([*COMMAND, *batched, "--operation", "grad_input"]) == 0
    assert "grad_input 3x2 t=1, 2x3-4 6x7 float64, 1 thread" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--input", "6"],
        ["--input", "six"],
        ["--input", "1x1"],
        ["--input", "6x7", "--operation", "sideways"],
        ["--input", "6x7", "--dtype", "int8"],
        ["--input", "6x7", "--layout", "heap"],
        ["--input", "6x7", "--outputs", "3"],
        ["--input", "6x7", "--layout", "batched", "--outputs", "3"],
        ["--input", "1x1x6x7", "--layout", "batched"],
        ["--input", "1x3x6x7", "--layout", "batched", "--outputs", "4", "--groups", "2"],
        ["--input", "6x7", "--threads", "many"],
        ["--input", "6x7", "--threads", "0"],
        ["--input", "6x7", "--peers", "tensorflow"],
        [],
    ],
)
def test_bad_words_are_one_line_and_exit_code_2(words, capsys):
    assert run_command([*COMMAND, *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1


def test_all_pairs_of_kinds_and_packages_have_an_own_call_where_there_are_peers():
    for package, kind in product(("scipy", "torch", "jax"), (Kind.OWN, Kind.BEST)):
        assert any(each.package == package and each.kind is kind for each in CONTENDERS)
