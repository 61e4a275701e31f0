"""The grids, what they come to, and the page: exact on made-up cells, nothing is timed."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import symconv as sc
from benchmarks import strategies
from benchmarks.__main__ import main
from benchmarks.aims import AIMS, anybody, depthwise, few_channels, of_squares, own_call
from benchmarks.calls import CallCost, cost_of
from benchmarks.charts import charts
from benchmarks.generation import Generation, expected, generations, read_terms
from benchmarks.grid import OF_SHAPES, PRESETS, Choice, layers, planes, scaled, shapes
from benchmarks.losses import losses
from benchmarks.page import page
from benchmarks.results import Results, as_json, joined, read_results
from benchmarks.summary import bandwidth, generating, outcomes, ratio
from benchmarks.tiles import contenders_of, speed_table
from benchmarks.ways import SPEC, Way, arrays_of, ways
from symconv.bench.clock import Pace
from symconv.bench.contender import Kind
from symconv.bench.measure import Bench
from symconv.bench.problem import OPERATIONS, Problem
from symconv.bench.record import Cell, Entry, Run, Status
from symconv.bench.roofline import MachineLimit
from symconv.errors import OptionError

PLANE = Problem(
    spec=sc.ConvSpec(kernel_shape=(3, 3)),
    operation="grad_input",
    input=(224, 224),
    workload="planes",
)
LAYER = Problem(
    spec=sc.ConvSpec(kernel_shape=(3, 3), padding=1),
    operation="forward",
    input=(14, 14),
    layout="batched",
    images=4,
    inputs=8,
    outputs=6,
    workload="layers",
    name="Net conv1",
)
WHO = {
    "symconv C": ("symconv", Kind.OURS),
    "symconv NumPy": ("symconv", Kind.OURS),
    "PyTorch": ("torch", Kind.OWN),
    "JAX taps": ("jax", Kind.BEST),
    "NumPy taps": ("numpy", Kind.NUMPY),
    "OpenCV filter2D": ("cv2", Kind.OWN),
}


def cell(problem=PLANE, threads=1, **seconds):
    """A cell with the microseconds of some of WHO, in their order."""
    entries = tuple(
        Entry(
            contender=name,
            package=package,
            kind=kind,
            status=Status.TIMED,
            samples=(seconds[name.replace(" ", "_")] / 1e6,),
        )
        for name, (package, kind) in WHO.items()
        if name.replace(" ", "_") in seconds
    )
    return Cell(
        problem=problem, threads=threads, copy_seconds=2e-6, gemm_flops=7e10, entries=entries
    )


FIRST = cell(symconv_C=10, symconv_NumPy=100, PyTorch=1000, JAX_taps=40, NumPy_taps=200)
SECOND = cell(
    replace(PLANE, operation="forward"),
    symconv_C=10,
    symconv_NumPy=50,
    PyTorch=40,
    JAX_taps=90,
)
THIRD = cell(LAYER, threads=2, symconv_C=10, symconv_NumPy=80, PyTorch=20, NumPy_taps=160)
LARGE = cell(replace(PLANE, input=(1080, 1920)), threads=2, symconv_C=4)
FOUND = (
    Generation("symconv, NumPy target", 28, 0.02, right=True),
    Generation("naive SymPy", 28, None, note="takes minutes"),
    Generation("SymForce", 28, 0.5, right=True),
    Generation("wrenfold", 28, 0.3, right=False),
)


def results(*cells, found=FOUND):
    run = Run(
        command="python -m benchmarks --quick",
        machine={"processor": "some, 2 cores used", "torch": "2.13.0"},
        limits=(MachineLimit(threads=1, copy_bytes=2e10, gemm_flops={"float32": 7e10}),),
        missing=("jax",),
        cells=cells,
        seconds=90.0,
    )
    return Results(run, found)


COSTS = (CallCost("C", "plane", "forward", "plain", 1e-6, 1e-6),)
WHOLE = replace(results(FIRST, SECOND, THIRD, LARGE), calls=COSTS)


def test_ratios_are_to_the_fastest_of_the_rivals():
    assert ratio(FIRST, "symconv C", own_call) == pytest.approx(100)
    assert ratio(FIRST, "symconv C", anybody) == pytest.approx(4)
    assert ratio(FIRST, "symconv NumPy", anybody) == pytest.approx(0.4)
    assert ratio(LARGE, "symconv C", anybody) is None
    assert ratio(FIRST, "symconv C Winograd", anybody) is None


def test_outcomes_are_geometric_means_with_the_worst_cell_and_the_lost():
    found = {(each.what, each.contender, each.threads): each for each in outcomes(WHOLE.run.cells)}
    own = found[AIMS[0].what, "symconv C", 1]
    assert own.reached == pytest.approx((100 * 4) ** 0.5)
    assert (own.worst, own.where) == (pytest.approx(4), SECOND.problem.title)
    assert (own.lost, own.cells, own.target) == (0, 2, 12)
    best = found[AIMS[1].what, "symconv NumPy", 1]
    assert best.reached == pytest.approx((0.4 * 0.8) ** 0.5)
    assert (best.lost, best.cells, best.where) == (2, 2, FIRST.problem.title)
    pytorch = found["layers, PyTorch's own call", "symconv C", 2]
    assert (pytorch.reached, pytorch.cells) == (pytest.approx(2), 1)
    plain = found["layers, the best of plain NumPy", "symconv NumPy", 2]
    assert plain.reached == pytest.approx(2)
    assert ("planes 8×8, anybody", "symconv C", 1) not in found


def test_the_share_of_copy_bandwidth_is_of_the_large_image():
    (share,) = bandwidth(WHOLE.run.cells)
    assert (share.reached, share.target, share.threads) == (pytest.approx(0.5), 0.7, 2)


def test_generating_is_compared_with_ours():
    assert [each[:3] for each in generating(FOUND)] == [
        (28, "SymForce", 0.5),
        (28, "wrenfold", 0.3),
    ]
    assert [each[3] for each in generating(FOUND)] == pytest.approx([25, 15])


def test_a_preset_takes_no_more_than_the_next():
    sizes = [(len(planes(each)), len(layers(each))) for each in PRESETS.values()]
    assert sizes == sorted(sizes)
    full = planes(PRESETS["full"])
    assert len(set(full)) == len(full)
    assert {problem.operation for problem in full} == set(OPERATIONS)
    everywhere = {
        (problem.spec.kernel_shape[0], problem.spec.stride[0], problem.input[0])
        for problem in full
        if problem.dtype == "float32" and problem.input != (1080, 1920)
    }
    assert len(everywhere) == 5 * 3 * 4


def test_layers_are_those_of_the_file_made_small_enough():
    found = layers(PRESETS["full"])
    names = {problem.name for problem in found}
    assert len(names) * len(PRESETS["full"].batches) * len(OPERATIONS) == len(found)
    assert len(names) == 36
    large = replace(LAYER, inputs=64, outputs=128, input=(112, 112))
    assert scaled(large).input == (28, 28)
    assert scaled(replace(large, input=(20, 20), inputs=4096)).input == (20, 20)
    assert scaled(LAYER) == LAYER


def test_other_shapes_are_those_that_were_left_out_before():
    found = {name: shapes(PRESETS["full"], workload=name) for name in OF_SHAPES}
    kernels = {problem.spec.kernel_shape for problem in found["kernels"]}
    assert kernels >= {(11, 11), (15, 15), (31, 31), (1, 25), (25, 1), (1, 31), (31, 1)}
    assert {problem.input for problem in found["signals"]} == {(10**6,)}
    assert {len(problem.input) for problem in found["volumes"]} == {3}
    channels = found["channels"]
    assert any(problem.spec.groups == problem.inputs for problem in channels)
    assert any(1 < problem.spec.groups < problem.inputs for problem in channels)
    assert any(problem.inputs <= 4 for problem in channels)
    for problems in found.values():
        assert len(set(problems)) == len(problems)
        assert {problem.operation for problem in problems} == set(OPERATIONS)
    counts = [
        sum(len(shapes(each, workload=name)) for name in OF_SHAPES) for each in PRESETS.values()
    ]
    assert counts == sorted(counts)


def test_a_choice_takes_what_is_named():
    assert Choice().takes(PLANE)
    assert Choice(operations=("grad_input",), kernels=((3, 3),)).takes(PLANE)
    assert not Choice(images=((8, 8),)).takes(PLANE)
    assert not Choice(dtypes=("float64",)).takes(PLANE)


def test_the_gradient_that_others_must_find():
    terms = expected(4)
    assert terms[0, 0] == {((0, 0), (0, 0))}
    assert terms[1, 2] == {((0, 1), (1, 1)), ((0, 2), (1, 0)), ((1, 1), (0, 1)), ((1, 2), (0, 0))}
    assert sum(map(len, terms.values())) == 9 * 4
    assert read_terms("d1_10*w0_1 + w2_0*d1_1") == {((0, 1), (1, 10)), ((2, 0), (1, 1))}


def test_naive_sympy_finds_the_same_gradient_as_ours():
    found = {each.engine: each for each in generations([4])}
    assert found["naive SymPy"].right
    assert found["symconv, C target"].seconds > 0
    for each in found.values():
        assert each.right or each.note.endswith("is not installed")


def test_results_survive_json_and_the_page_is_the_same(tmp_path):
    path = tmp_path / "found.json"
    path.write_text(as_json(WHOLE), encoding="utf-8")
    assert read_results(path) == WHOLE
    assert page(read_results(path)) == page(WHOLE)


def rows_of(text, start):
    """The cells of the table rows that begin with some words."""
    return [
        [part.strip() for part in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(f"| {start}")
    ]


def test_the_page_hides_no_cell_and_no_loss():
    text = page(WHOLE)
    (first,) = rows_of(text, "3x3 t=1, 224x224 | 10.0 µs (127 %) | 100")
    assert first[3:] == ["1.00 ms, PyTorch", "40.0 µs, JAX taps", "4.00", "**0.40**"]
    (third,) = rows_of(text, "Net conv1")
    assert third[0] == "Net conv1, 3x3 t=1, 4x8-6 14x14"
    assert third[-2:] == ["2.00", "**0.25**"]
    (large,) = rows_of(text, "3x3 t=1, 1080x1920")
    assert large[2:] == ["–", "–", "–", "–", "–"]
    (summary, _) = rows_of(text, "planes from 112×112, the own call of PyTorch or JAX")
    assert summary[1:8] == [
        "NumPy", "1", "3", "**2.83**", "0.80 of PyTorch: forward 3x3 t=1, 224x224 float32",
        "1 of 2", "missed",
    ]  # fmt: skip
    (made,) = rows_of(text, "generation at 28×28")
    assert made[3:] == ["20", "**15.0**", "wrenfold", "", "missed"]
    assert ["wrenfold", "300 ms (wrong)"] in rows_of(text, "wrenfold")
    assert "jax is not installed and takes no part." in text


def test_losses_come_first_and_name_the_rival():
    text = page(WHOLE)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["## Losses", "## Aims", "## Calls"]
    (layer, *planes_lost) = losses(WHOLE.run.cells)
    assert (layer.workload, layer.contender, layer.lost, layer.cells) == (
        "layers", "symconv NumPy", 1, 1,
    )  # fmt: skip
    assert (layer.rival, layer.worst) == ("PyTorch", pytest.approx(0.25))
    assert [each.rivals for each in planes_lost] == [(("JAX taps", 1),), (("PyTorch", 1),)]
    (row,) = rows_of(text, "layers, forward")
    where = "forward Net conv1, 3x3 t=1, 4x8-6 14x14 float32"
    assert row[1:6] == ["NumPy", "2", "1 of 1", f"**0.25** of PyTorch: {where}", "PyTorch 1"]
    verdicts = [row[7] for row in rows_of(text, "") if len(row) == 8 and " of " in row[5]]
    assert [each == "missed" for each in verdicts] == sorted(
        (each == "missed" for each in verdicts), reverse=True
    )


def test_without_a_loss_the_page_says_so():
    won = cell(symconv_C=10, symconv_NumPy=20, PyTorch=40)
    assert losses([won]) == []
    assert "Nobody was faster" in page(results(won))


def test_an_aim_may_be_missed_in_its_worst_cell_alone():
    kernels = [
        cell(
            replace(PLANE, workload="kernels", spec=sc.ConvSpec(kernel_shape=(k, k))),
            symconv_C=10,
            OpenCV_filter2D=rival,
        )
        for k, rival in ((3, 9), (15, 90))
    ]
    (found,) = [each for each in outcomes(kernels) if "float32, OpenCV" in each.what]
    assert found.reached == pytest.approx(8.1**0.5)
    assert (found.lost, found.missed, found.rival) == (1, True, "OpenCV filter2D")
    (better,) = [each for each in outcomes(kernels[1:]) if "float32, OpenCV" in each.what]
    assert not better.missed


def test_aims_choose_their_cells():
    spec = sc.ConvSpec(kernel_shape=(3, 3), groups=8)
    single = cell(replace(LAYER, spec=spec, outputs=8, workload="channels"))
    assert depthwise(single)
    assert not depthwise(cell(LAYER))
    stem = replace(LAYER, inputs=3, spec=sc.ConvSpec(kernel_shape=(8, 8), stride=4))
    assert few_channels(cell(stem))
    assert not few_channels(cell(LAYER))
    square = replace(PLANE, workload="kernels", spec=sc.ConvSpec(kernel_shape=(15, 15)))
    assert of_squares("float32")(cell(square))
    narrow = replace(square, spec=sc.ConvSpec(kernel_shape=(1, 15)))
    for other in (replace(square, dtype="float64"), narrow, PLANE):
        assert not of_squares("float32")(cell(other))


def test_the_page_says_what_a_call_costs_dearest_first():
    costs = [
        CallCost("C", "plane", "forward", "bias: float", 2e-6, 1e-6),
        CallCost("C", "plane", "forward", "bias: int", 9e-6, 1e-6, copy=1e-6, rival=3e-6),
        CallCost("NumPy", "plane", "forward", "bfloat16", None, 1e-6, note="TypeError: no"),
    ]
    rows = rows_of(page(replace(WHOLE, calls=tuple(costs))), "b")[:3]
    assert [row[0] for row in rows] == ["bfloat16", "bias: int", "bias: float"]
    assert rows[0][3:] == ["TypeError: no", "", "**–**", ""]
    assert rows[1][3:] == ["9.00 µs", "1.00 µs", "**8.00**", "3.00 µs"]
    assert rows[2][3:] == ["2.00 µs", "", "2.00", ""]


def test_calls_are_compared_before_they_are_timed():
    now, plain = [0.0], np.arange(3.0)

    def call(result):
        def run():
            now[0] += 1
            return result

        return run

    def refuses():
        raise TypeError("no\nway")

    pace = Pace(rounds=1, least=1, slow=10)
    words = {"target": "C", "layout": "plane", "pace": pace, "clock": lambda: now[0]}
    found = [
        cost_of(Way("forward", "x", each, plain), call(plain), **words)
        for each in (call(plain.astype(np.float16)), call(plain + 1), refuses)
    ]
    assert [(each.seconds, each.right) for each in found] == [
        (1, True),
        (None, False),
        (None, True),
    ]
    assert found[2].note == "TypeError: no"
    assert found[0].times == 1


@pytest.mark.parametrize("layout", ["plane", "batched"])
def test_every_way_to_call_is_there_and_right(layout):
    kernel, arrays = sc.load(SPEC, target="numpy", layout=layout), arrays_of(layout)
    found = list(ways(kernel, arrays))
    given = {way.given for way in found}
    assert given >= {
        "plain", "input_shape: list", "input_shape: None", "every second column", "Fortran order",
        "float16", "int8", "int16", "float32 and float64", "out=", "400 shapes in turn",
    }  # fmt: skip
    scalars = {"bias: float", "bias: int", "bias: NumPy scalar", "bias: 0-d array"}
    assert given >= (scalars if layout == "plane" else {"bias: vector", "bias: list"})
    for way in found:
        if "bfloat16" not in way.given:
            assert np.array_equal(way.call(), way.expected), (way.operation, way.given)
    (turns,) = [way for way in found if way.given == "400 shapes in turn"]
    shapes_seen = [turns.call().shape for _ in range(800)]
    assert len(set(shapes_seen)) == 400
    assert shapes_seen[:400] == shapes_seen[400:]


def test_the_copy_that_a_call_needs_is_of_what_is_not_ready():
    kernel, arrays = sc.load(SPEC, target="numpy"), arrays_of("plane")
    copies = {
        (way.operation, way.given): [(each.dtype.name, each.shape) for each in way.copy()]
        for way in ways(kernel, arrays)
        if way.copy
    }
    assert copies["grad_bias", "every second column"] == [("float32", (26, 26))]
    assert copies["forward", "float32 and float64"] == [("float64", (28, 28))]
    assert copies["grad_weight", "float32 and float64"] == [("float64", (26, 26))]
    assert copies["forward", "float16"] == [("float32", (28, 28)), ("float32", (3, 3))]


@pytest.mark.parametrize("dtype", strategies.DTYPES)
def test_the_ways_that_numpy_may_sum_agree(dtype):
    """Every way to a sum is compared with the kernel's, where each exists."""
    names = set()
    for taps in strategies.TAPS:
        for name, each in strategies.ways_of(dtype, taps, strategies.SIZES[0]):
            names.add(name)
            first, *others = [way() for way in each.values()]
            assert all(np.array_equal(first, other) for other in others), (taps, name)
    assert names == {"sum", "grad_weight", "grad_input, stride 1", "grad_input, stride 2"}


def test_tiles_are_compared_with_direct_sums_and_with_pytorch():
    names = [contender.name for contender in contenders_of("numpy")]
    assert names[:4] == ["direct", "F(2x2, 3x3)", "F(4x4, 3x3)", "F(6x6, 3x3)"]
    small = replace(LAYER, name="small", images=1)
    ours = contenders_of("numpy")[:4]
    (found,) = Bench(ours, Pace(rounds=1, least=1)).cells(small, threads=[1])
    assert [entry.status for entry in found.entries] == [Status.TIMED] * 4
    rival = Entry(contender="PyTorch", package="torch", kind=Kind.OWN, status=Status.TIMED,
                  samples=(found.entry("direct").seconds * 2,))  # fmt: skip
    table = speed_table(iter([replace(found, entries=(*found.entries, rival))]))
    assert list(table.columns[3].cells) == ["2.00", "2.00"]


def test_runs_in_pieces_are_joined(tmp_path, capsys):
    costs = (CallCost("C", "plane", "forward", "plain", 1e-6, 1e-6),)
    first = results(FIRST, found=())
    second = replace(results(THIRD), calls=costs)
    whole = joined([first, second])
    assert (whole.run.cells, whole.run.seconds) == ((FIRST, THIRD), 180)
    assert (whole.calls, whole.generations) == (costs, FOUND)
    for bad in (first, replace(second, run=replace(second.run, machine={"processor": "other"}))):
        with pytest.raises(OptionError):
            joined([first, bad])
    paths = [tmp_path / "1.json", tmp_path / "2.json"]
    for path, part in zip(paths, (first, second), strict=True):
        path.write_text(as_json(part), encoding="utf-8")
    assert main(["--from", str(paths[0]), "--from", str(paths[1])]) == 0
    assert "Net conv1" in capsys.readouterr().out


def test_the_page_says_who_was_wrong():
    wrong = replace(FIRST.entries[-1], status=Status.WRONG, samples=(), note="differs")
    text = page(results(replace(FIRST, entries=(*FIRST.entries[:-1], wrong)), found=()))
    assert ["NumPy taps", "wrong", "1", "differs"] in rows_of(text, "NumPy taps")
    assert "ended early" in page(replace(WHOLE, run=replace(WHOLE.run, complete=False)))


def test_an_empty_run_is_a_page_too():
    assert page(results(found=())).startswith("# Benchmarks")
    assert charts(results(found=())) == {}


def test_charts_are_the_same_every_time_and_name_what_they_show():
    drawn = charts(WHOLE)
    assert list(drawn) == ["bench-planes.svg", "bench-layers.svg", "bench-generation.svg"]
    assert charts(WHOLE) == drawn
    texts = {
        name: {"".join(each.itertext()).strip() for each in ElementTree.fromstring(svg).iter()}
        for name, svg in drawn.items()
    }
    assert {"symconv C", "symconv NumPy", "forward", "grad_input"} <= texts["bench-planes.svg"]
    assert "Net conv1" in texts["bench-layers.svg"]
    assert {"SymForce", "28×28"} <= texts["bench-generation.svg"]


def test_a_file_is_shown_without_measuring(tmp_path, capsys):
    path = tmp_path / "found.json"
    path.write_text(as_json(WHOLE), encoding="utf-8")
    assert main(["--from", str(path), "--json", str(tmp_path / "again.json")]) == 0
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
    assert "Net conv1" in capsys.readouterr().out
    broken = json.loads(path.read_text(encoding="utf-8"))
    broken["cells"][0]["entries"][0]["status"] = "wrong"
    path.write_text(json.dumps(broken), encoding="utf-8")
    assert main(["--from", str(path)]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "no_such_file.json"],
        ["--size", "big"],
        ["--size", "9x9", "--only", "planes"],
        ["--threads", "none"],
        ["--threads", "1000"],
        ["--peers", "tensorflow"],
    ],
)
def test_bad_options_are_one_line_and_exit_code_2(words, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1


def test_a_file_of_another_form_is_refused(tmp_path):
    for number, text in enumerate(["[]", "{}", "{", '{"schema": 1}', '{"schema": 7}']):
        path = Path(tmp_path, f"{number}.json")
        path.write_text(text, encoding="utf-8")
        with pytest.raises(OptionError):
            read_results(path)
