"""The grids, what they come to, and the page: exact on made-up cells, nothing is timed."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symconv as sc
from benchmarks.__main__ import main
from benchmarks.charts import charts
from benchmarks.generation import Generation, expected, generations, read_terms
from benchmarks.grid import PRESETS, Choice, layers, planes, scaled
from benchmarks.page import page
from benchmarks.results import Results, as_json, read_results
from benchmarks.summary import AIMS, anybody, bandwidth, generating, outcomes, own_call, ratio
from symconv.bench.contender import Kind
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


WHOLE = results(FIRST, SECOND, THIRD, LARGE)


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
    assert 30 <= len(names) <= 35
    large = replace(LAYER, inputs=64, outputs=128, input=(112, 112))
    assert scaled(large).input == (28, 28)
    assert scaled(replace(large, input=(20, 20), inputs=4096)).input == (20, 20)
    assert scaled(LAYER) == LAYER


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
    (summary, _) = rows_of(text, "planes from 112×112, the frameworks")
    assert summary[1:7] == [
        "NumPy", "1", "3", "**2.83**", "0.80: forward 3x3 t=1, 224x224 float32", "1 of 2",
    ]  # fmt: skip
    (made,) = rows_of(text, "generation at 28×28")
    assert made[3:] == ["20", "**15.0**", "wrenfold", "", "missed"]
    assert ["wrenfold", "300 ms (wrong)"] in rows_of(text, "wrenfold")
    assert "jax is not installed and takes no part." in text


def test_the_page_says_who_was_wrong():
    wrong = replace(FIRST.entries[-1], status=Status.WRONG, samples=(), note="differs")
    text = page(results(replace(FIRST, entries=(*FIRST.entries[:-1], wrong)), found=()))
    assert rows_of(text, "NumPy taps") == [["NumPy taps", "wrong", "1", "differs"]]
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
