"""The audit: what it asks, what it accepts, what it finds, and how it says so."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import symconv
from symconv import ConvSpec, OptionError, Space, audit, load, reference
from symconv.auditing.arrays import to_numpy
from symconv.auditing.axes import axes_of
from symconv.auditing.case import OPERATIONS, Case
from symconv.auditing.faults import FAULTS
from symconv.auditing.kinds import KINDS, kinds_of
from symconv.auditing.meetings import result_of
from symconv.auditing.question import Answer, dense, units
from symconv.auditing.shrink import shrink, smaller_cases
from symconv.auditing.tags import TAGS
from symconv.cli.main import run
from symconv.testing import assert_correct

ROOT = Path(__file__).parents[1]
LAYOUTS = ("plane", "batched")
OF_KINDS = ("crop", "reflect", "replicate", "circular", "transposed", "output_padding", "flipped")
PLAIN = [tag for tag in TAGS if tag not in OF_KINDS]
ON_PLANES = [tag for tag in PLAIN if tag not in ("groups", "channels", "batch")]
EVERY_KIND = Space(kinds=KINDS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_reference_is_right_everywhere(operation, layout):
    found = audit(getattr(reference, operation), operation=operation, layout=layout, cases=90)
    assert found.ok, found.to_text()
    assert (found.checked, found.failed, found.complete) == (90, 0, True)
    assert 20 < found.exact <= 90
    assert "90 configurations tested with dense integers" in found.reach
    met = {tag for tag, _, _ in found.tags}
    assert met == set(PLAIN if layout == "batched" else ON_PLANES)


@pytest.mark.parametrize("kind", [*KINDS, ("transposed", "flipped"), ("reflect", "flipped")])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_reference_is_right_for_every_kind(operation, layout, kind):
    found = audit(
        getattr(reference, operation),
        operation=operation,
        layout=layout,
        space=Space(kinds=kind),
        cases=30,
    )
    assert found.ok, found.to_text()
    assert (found.checked, found.complete) == (30, True)


EMITTED = {
    "crop": ConvSpec(kernel_shape=(2, 3), stride=(2, 1), padding=((-1, 1), (0, -2))),
    "reflect": ConvSpec(kernel_shape=(3,), stride=2, padding=((2, 1),), padding_mode="reflect"),
    "replicate": ConvSpec(kernel_shape=(2, 3), padding=((1, 0), (2, 2)), padding_mode="replicate"),
    "circular": ConvSpec(kernel_shape=(3,), dilation=2, padding=2, padding_mode="circular"),
    "transposed": ConvSpec(
        kernel_shape=(3, 2), stride=(2, 3), padding=((1, 0), (0, 1)), transposed=True
    ),
    "output_padding": ConvSpec(
        kernel_shape=(3,), stride=2, padding=1, output_padding=1, transposed=True
    ),
    "flipped": ConvSpec(kernel_shape=(2, 3), stride=(1, 2), padding=1, true_convolution=True),
}


@pytest.mark.parametrize(
    ("layout", "kind"),
    [*(("plane", kind) for kind in EMITTED), ("batched", "reflect"), ("batched", "output_padding")],
)
def test_emitted_kernels_of_every_kind_are_right(layout, kind):
    kernel = load(EMITTED[kind], layout=layout)
    for operation in OPERATIONS:

        def fn(spec, *, operation=operation, **arrays):
            return getattr(kernel, operation)(**arrays)

        space = [EMITTED[kind]]
        found = audit(fn, operation=operation, layout=layout, space=space, cases=8)
        assert found.ok, found.to_text()


# the space


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_space_holds_every_tag_several_times_on_every_number_of_axes(layout):
    cases = Space().cases(operation="grad_input", layout=layout, count=300)
    assert len(set(cases)) == 300
    assert {case.layout for case in cases} == {layout}
    for tag in PLAIN if layout == "batched" else ON_PLANES:
        tagged = [case for case in cases if tag in case.tags]
        assert len(tagged) >= 15, tag
        assert len({case.spec.axes for case in tagged}) >= 2, tag


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_space_of_every_kind_holds_each_of_their_tags(layout):
    cases = EVERY_KIND.cases(operation="grad_input", layout=layout, count=300)
    for tag in OF_KINDS:
        tagged = [case for case in cases if tag in case.tags]
        assert len(tagged) >= 15, tag
        assert {case.spec.axes for case in tagged} == {1, 2, 3}, tag
    both = [case for case in cases if {"transposed", "flipped"} <= case.tags]
    assert both
    assert all(0 not in case.windows for case in cases if case.allows("forward"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_space_of_one_kind_holds_no_other(kind):
    cases = Space(kinds=kind).cases(operation="forward", layout="batched", count=60)
    only = frozenset(() if kind == "plain" else {kind})
    assert {kinds_of(case.spec) for case in cases} == {only}


@pytest.mark.parametrize("tag", TAGS)
def test_an_excluded_tag_is_never_drawn(tag):
    cases = Space(exclude=tag, kinds=KINDS).cases(
        operation="grad_weight", layout="batched", count=100
    )
    assert len(cases) == 100
    assert not any(tag in case.tags for case in cases)


def test_the_draw_depends_on_the_seed_alone():
    draw = [
        Space(axes=2).cases(operation="forward", layout="plane", count=40, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert draw[0] == draw[1] != draw[2]
    assert all(case.windows > (0, 0) and 0 not in case.windows for case in draw[0])


def test_a_space_can_be_one_spec_a_list_of_specs_or_pairs():
    spec, other = ConvSpec(kernel_shape=(3, 5), stride=2), ConvSpec(kernel_shape=(2,), padding=1)
    asked = []

    def spy(spec, grad_output, weight, input_shape):
        asked.append((spec, input_shape))
        return reference.grad_input(spec, grad_output, weight, input_shape)

    assert audit(spy, operation="grad_input", space=spec, cases=40).ok
    assert {case for case, _ in asked} == {spec}
    assert len({shape for _, shape in asked}) == 40
    asked.clear()
    assert audit(spy, operation="grad_input", space=[spec, other], cases=40).ok
    assert {case for case, _ in asked} == {spec, other}
    asked.clear()
    assert audit(spy, operation="grad_input", space=[(spec, (9, 12)), (other, [4])]).checked == 2
    assert set(asked) == {(spec, (9, 12)), (other, (4,))}
    asked.clear()
    batched = ConvSpec(kernel_shape=(2,), groups=2)
    found = audit(spy, operation="grad_input", layout="batched", space=[(batched, (2, 4, 5))])
    assert (found.ok, set(asked)) == (True, {(batched, (2, 4, 5))})


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"operation": "gradient"}, "operation must be one of forward, grad_input"),
        ({"layout": "nchw"}, "layout must be one of plane, batched, got 'nchw'"),
        ({"space": "dilation"}, "space must be a Space, a ConvSpec or a list of specs"),
        ({"space": []}, "space must be a Space, a ConvSpec or a list of specs"),
        ({"space": [3]}, "space must hold specs or (spec, input_shape) pairs, got 3"),
        ({"space": ConvSpec(kernel_shape=(2,), groups=2)}, "space must hold at least one case"),
        ({"cases": 0}, "cases must be an integer of at least 1, got 0"),
        ({"seconds": 0}, "seconds must be a number above 0, got 0"),
        ({"seconds": float("nan")}, "seconds must be a number above 0, got nan"),
        ({"arrays": "cupy"}, "arrays must be one of numpy, torch, jax, got 'cupy'"),
        ({"dtype": "float16"}, "dtype must be one of int64, float64, float32, got 'float16'"),
        ({"fn": 3}, "fn must be callable, got 3"),
    ],
)
def test_a_wrong_choice_names_its_field_rule_and_value(choice, message):
    given = {"fn": reference.grad_input, "operation": "grad_input", **choice}
    with pytest.raises(OptionError, match=re.escape(message)):
        audit(given.pop("fn"), **given)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"axes": 4}, "axes must be of 1, 2, 3, got 4"),
        ({"axes": ()}, "axes must hold at least one of 1, 2, 3"),
        ({"axes": (True,)}, "axes must be of 1, 2, 3, got True"),
        ({"axes": "2"}, "axes must be of 1, 2, 3, got '2'"),
        ({"exclude": ("dilatation",)}, "exclude must be of remainder, gap,"),
        ({"exclude": None}, "got None"),
        ({"exclude": [["gap"]]}, "got ['gap']"),
        ({"only": 3}, "space must hold specs or (spec, input_shape) pairs, got 3"),
        ({"kinds": "mirrored"}, "kinds must be of plain, crop, reflect, replicate, circular"),
        ({"kinds": ()}, "kinds must hold at least one of plain, crop,"),
    ],
)
def test_a_wrong_bound_of_a_space_names_its_field_rule_and_value(bounds, message):
    with pytest.raises(OptionError, match=re.escape(message)):
        Space(**bounds)


def test_a_shape_of_a_pair_is_checked():
    with pytest.raises(ValueError, match=r"input_shape must have one entry per axis \(1\)"):
        Space(only=[(ConvSpec(kernel_shape=(2,)), (3, 4))])


# what a function may do


def right(spec, grad_output, weight, input_shape):
    return reference.grad_input(spec, grad_output, weight, input_shape)


def floats_only(spec, grad_output, weight, input_shape):
    if grad_output.dtype.kind != "f":
        raise TypeError("floats, please")
    return right(spec, grad_output, weight, input_shape)


ACCEPTED = {
    "floats that are integers": lambda *a, **k: right(*a, **k).astype(np.float32),
    "nested lists": lambda *a, **k: right(*a, **k).tolist() or np.zeros(k["input_shape"]),
    "an array of objects": lambda *a, **k: right(*a, **k).astype(object),
    "a view": lambda *a, **k: np.stack([right(*a, **k)] * 2)[1],
    "a read-only view": lambda *a, **k: np.broadcast_to(right(*a, **k), k["input_shape"]),
    "floats are what it wants": floats_only,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_values_decide_not_dtypes_nor_who_owns_the_memory(name):
    found = audit(ACCEPTED[name], operation="grad_input", cases=40)
    assert found.ok, found.to_text()
    assert found.arrays == ("numpy float64" if "wants" in name else "numpy int64")


def changing(spec, grad_output, weight, input_shape):
    result = right(spec, grad_output, weight, input_shape)
    weight[...] = 0
    return result


REFUSED = {
    "nothing comes back": (lambda *a, **k: None, "no array", "NoneType instead of an array"),
    "a text comes back": (lambda *a, **k: "dx", "no array", "str instead of an array"),
    "a tuple comes back": (lambda *a, **k: (right(*a, **k),), "shape", ""),
    "a flat result": (lambda *a, **k: right(*a, **k).ravel(), "shape", ""),
    "not a number": (lambda *a, **k: right(*a, **k) * np.nan, "value", ""),
    "nearly right": (lambda *a, **k: right(*a, **k) * (1 + 1e-12), "value", ""),
    "an argument is changed": (changing, "changed argument", "weight"),
    "it exits": (lambda *a, **k: sys.exit(3), "exception", "SystemExit: 3"),
    "another signature": (lambda spec, dy, w: dy, "exception", "TypeError: "),
    "an error of two lines": (lambda *a, **k: 1 / 0, "exception", "ZeroDivisionError: division"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_a_failure_that_says_what_came(name):
    fn, kind, message = REFUSED[name]
    found = audit(fn, operation="grad_input", space=Space(axes=2), cases=40)
    assert not found.ok
    first = found.failures[0]
    assert first.kind == kind
    assert message in first.answer.message
    assert first.case.size <= first.found.size
    assert message in found.to_text().replace("│", "")
    json.dumps(found.to_dict(), allow_nan=False)


def test_results_are_read_as_numbers_or_refused():
    assert to_numpy([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert to_numpy(7).shape == ()
    for wrong in ([[1], [2, 3]], {"dx": 1}, object(), np.array(["x"]), b"x"):
        with pytest.raises(TypeError, match="instead of"):
            to_numpy(wrong)


def test_a_dtype_or_a_library_can_be_asked_for():
    seen = set()

    def spy(spec, grad_output):
        seen.add((type(grad_output).__module__, str(grad_output.dtype)))
        return reference.grad_bias(spec, grad_output)

    found = audit(spy, operation="grad_bias", arrays="numpy", dtype="float32", cases=20)
    assert (found.ok, found.arrays, seen) == (True, "numpy float32", {("numpy", "float32")})


def test_neither_pytorch_nor_jax_is_imported_by_an_audit():
    script = (
        "import sys, symconv;"
        "wrong = lambda spec, **arrays: 1 / 0;"
        "assert not symconv.audit(wrong, operation='forward', cases=10).ok;"
        "assert symconv.audit(symconv.reference.forward, operation='forward', cases=10).ok;"
        "assert not {'torch', 'jax', 'sympy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


# what the audit finds


def without_remainder(spec, grad_output, weight, input_shape):
    dx = reference.grad_input(spec, grad_output, weight, input_shape)
    dx[tuple(slice(n // t * t, None) for n, t in zip(dx.shape, spec.stride, strict=True))] = 0
    return dx


def test_a_failure_has_the_smallest_spec_the_tap_and_the_cell():
    found = audit(without_remainder, operation="grad_input", space=Space(axes=1))
    (failure,) = found.failures
    assert failure.fault == "remainder dropped"
    assert (failure.case.spec, failure.case.input_shape) == (
        ConvSpec(kernel_shape=(1,), stride=2),
        (1,),
    )
    assert failure.places == {"tap": (0,), "cell": (0,), "window": (0,)}
    assert (failure.at, failure.expected, failure.got) == ((0,), 1, 0)
    assert {"remainder", "stride"}.isdisjoint(failure.tags) or failure.tags
    assert failure.count == found.failed


def test_the_snippet_asks_the_question_again():
    failure = audit(without_remainder, operation="grad_input").failures[0]
    calls = []

    def fn(spec, **arrays):
        calls.append(without_remainder(spec, **arrays))

    exec(failure.snippet(), {"sc": symconv, "np": np, "fn": fn})
    assert calls[0][failure.at] == failure.got != failure.expected


def test_the_smallest_case_stays_within_the_space():
    def grad_input(spec, grad_output, weight, input_shape):
        return reference.grad_input(spec, grad_output, weight, input_shape) + 1

    spec = ConvSpec(kernel_shape=(3, 4), stride=2)
    for space, admitted in (
        (Space(axes=3, exclude="pointwise"), lambda case: "pointwise" not in case.tags),
        (spec, lambda case: case.spec == spec),
        ([(spec, (9, 11))], lambda case: case == Case(spec, (9, 11))),
    ):
        case = audit(grad_input, operation="grad_input", space=space, cases=40).failures[0].case
        assert admitted(case)


def test_unit_vectors_decide_what_dense_integers_cannot_see():
    def sparse_is_wrong(spec, grad_output, weight, input_shape):
        dx = right(spec, grad_output, weight, input_shape)
        return dx if np.count_nonzero(weight) > 1 or weight.size < 2 else 2 * dx

    found = audit(sparse_is_wrong, operation="grad_input", cases=60)
    assert not found.ok
    assert found.failures[0].units
    assert found.failures[0].fault == "extra factor"


def test_entries_that_are_no_numbers_are_called_so():
    def nan(spec, grad_output):
        return reference.grad_bias(spec, grad_output) * float("nan")

    found = audit(nan, operation="grad_bias", cases=20)
    assert [failure.fault for failure in found.failures] == ["not finite"]
    json.dumps(found.to_dict(), allow_nan=False)


def test_an_audit_shows_itself_in_a_notebook():
    def hostile(spec, grad_output):
        raise ValueError("<script>alert(1)</script> | *x*")

    found = audit(hostile, operation="grad_bias", cases=20)
    html, text = found._repr_html_(), found._repr_markdown_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html + text
    assert r"ValueError: &lt;script&gt;alert(1)&lt;/script&gt; \| \*x\*" in text
    assert "fn(spec, grad_output=grad_output)" in html
    right = audit(reference.grad_bias, operation="grad_bias", cases=20)
    assert "✓ right" in right._repr_html_()
    assert "✓ right" in right._repr_markdown_()


def test_a_failure_says_which_copy_and_which_phase_is_wrong():
    def unfolded(spec, grad_output, weight, input_shape):
        zeros = ConvSpec(kernel_shape=spec.kernel_shape, stride=spec.stride, padding=spec.padding)
        return reference.grad_input(zeros, grad_output, weight, input_shape)

    spec = ConvSpec(
        kernel_shape=(2, 3), stride=(2, 1), padding=(1, (2, 0)), padding_mode="circular"
    )
    found = audit(unfolded, operation="grad_input", space=[(spec, (3, 4))])
    (failure,) = found.failures
    assert failure.fault == "copies dropped"
    assert failure.to_dict()["kinds"] == ["circular"]
    assert failure.to_dict()["where"] == (
        "axis 0: x[2] through its copy at -1 (circular), phase 1 of 2; "
        "axis 1: x[2] through its copy at -2 (circular)"
    )


def test_a_failure_of_a_transposed_convolution_names_the_output():
    def short(spec, input, weight, bias):
        y = reference.forward(spec, input, weight, bias)
        y[-1:] = bias
        return y

    spec = ConvSpec(kernel_shape=(3,), stride=2, padding=1, output_padding=1, transposed=True)
    failure = audit(short, operation="forward", space=[(spec, (2,))]).failures[0]
    assert failure.fault == "output padding"
    assert failure.places == {"tap": (2,), "cell": (1,), "output": (3,)}
    assert failure.to_dict()["where"] == "phase 0 of 2, among the cells of output_padding"
    assert failure.to_dict()["kinds"] == ["transposed"]


def test_two_faults_are_two_failures():
    def twice_wrong(spec, grad_output, weight, input_shape):
        if spec.axes == 2:
            raise RuntimeError("planes only\nof one or three axes")
        if max(spec.dilation) > 1:
            spec = ConvSpec(kernel_shape=spec.kernel_shape, stride=spec.stride)
        return right(spec, grad_output, np.flip(weight), input_shape)

    found = audit(twice_wrong, operation="grad_input", space=Space(exclude="dilation"))
    assert [failure.fault for failure in found.failures] == ["kernel not flipped", ""]
    crash = found.failures[1]
    assert crash.answer.message == "RuntimeError: planes only"
    assert crash.case.spec.kernel_shape == (1, 1)
    assert sum(failure.count for failure in found.failures) == found.failed


def test_equal_audits_have_equal_outcomes():
    first, second = (audit(without_remainder, operation="grad_input", cases=80) for _ in range(2))
    same = [{**found.to_dict(), "seconds": 0} for found in (first, second)]
    assert same[0] == same[1]
    other = audit(without_remainder, operation="grad_input", cases=80, seed=1)
    assert other.tags != first.tags


def test_an_audit_stops_when_its_time_is_up():
    def slow(spec, grad_output):
        time.sleep(0.05)
        return reference.grad_bias(spec, grad_output)

    stages = set()
    found = audit(
        slow,
        operation="grad_bias",
        seconds=0.3,
        progress=lambda stage, done, total: stages.add((stage, total)),
    )
    assert found.ok
    assert not found.complete
    assert 1 <= found.checked < 10
    assert "stopped when the time was up" in found.reach
    assert ("asking with dense integers", 300) in stages


# the parts


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("operation", OPERATIONS[:3])
def test_what_meets_what_is_the_reference(operation, layout):
    for case in EVERY_KIND.cases(operation=operation, layout=layout, count=150, seed=3):
        question = dense(operation, case)
        tables = [axis.meetings() for axis in axes_of(question)]
        assert np.array_equal(result_of(question, tables), question.expected), case


def test_every_class_of_faults_is_wrong_somewhere():
    questions = [
        dense(operation, case)
        for operation in OPERATIONS
        for layout in LAYOUTS
        for case in EVERY_KIND.cases(operation=operation, layout=layout, count=200, seed=5)
    ]
    for fault in FAULTS:
        if fault.is_open or "size" in fault.name + fault.sentence:
            continue
        asked = [q for q in questions if q.role in fault.operations]
        assert not all(map(fault.spares, asked)), fault


def test_unit_vectors_are_zero_and_all_pairs():
    case = Case(ConvSpec(kernel_shape=(2,), groups=2), (1, 2, 3), 2)
    for operation in OPERATIONS:
        asked = list(units(operation, case))
        bias = 2 if operation == "forward" else 0
        assert len(asked) == 1 + case.pairs(operation) + bias
        assert all(sum(map(np.sum, q.arrays.values())) == len(q.units) for q in asked)


def test_dense_integers_have_no_zeros_and_depend_on_the_seed():
    case = Case(ConvSpec(kernel_shape=(3, 4)), (8, 9))
    one, same, other = (dense("forward", case, seed=seed) for seed in (1, 1, 2))
    for name, array in one.arrays.items():
        assert array.dtype == np.int64
        assert (array != 0).all()
        assert np.array_equal(array, same.arrays[name])
        assert not np.array_equal(array, other.arrays[name])


def test_large_layers_that_are_asked_for_stay_exact_in_float32():
    spec = ConvSpec(kernel_shape=(3, 3), padding=1)

    def single(spec, grad_output, input):
        return reference.grad_weight(spec, grad_output, input).astype(np.float32)

    layer = [(spec, (4, 2, 56, 56)), (ConvSpec(kernel_shape=(31, 31)), (1, 1, 40, 33))]
    found = audit(single, operation="grad_weight", layout="batched", space=layer, dtype="float32")
    assert found.ok, found.to_text()
    assert (found.checked, found.exact) == (4, 0)  # with one output channel and with two


def test_every_step_of_shrinking_makes_a_smaller_valid_case():
    for layout in LAYOUTS:
        for case in EVERY_KIND.cases(operation="grad_input", layout=layout, count=90):
            for smaller in smaller_cases(case):
                assert smaller.size < case.size
                assert smaller.layout == layout
                assert dense("grad_input", smaller).expected.shape == smaller.input_shape


def test_shrinking_takes_two_steps_at_once_where_one_does_not_do():
    start = Case(ConvSpec(kernel_shape=(3, 3)), (3, 3))
    smallest = shrink(start, lambda case: case.spec.kernel_shape == case.sizes)
    assert smallest == Case(ConvSpec(kernel_shape=(1,)), (1,))


def test_an_answer_of_another_shape_is_put_down_to_no_closed_fault_by_chance():
    question = dense("grad_input", Case(ConvSpec(kernel_shape=(2, 3)), (4, 5)))
    answer = Answer(question, "shape", np.arange(12).reshape(2, 6))
    assert not [fault for fault in FAULTS if fault.explains(answer)]


# pytest


def test_assert_correct_returns_the_audit_or_raises_the_report():
    found = assert_correct(right, operation="grad_input", space=Space(axes=1), cases=30)
    assert (found.ok, found.checked) == (True, 30)
    with pytest.raises(AssertionError, match="remainder dropped") as caught:
        assert_correct(without_remainder, operation="grad_input", space=Space(axes=1), cases=30)
    assert "to see it" in str(caught.value)


# the command line


MODULE = """
import numpy as np
from symconv import reference

print("imported")
limit = 3


class Kernels:
    @staticmethod
    def grad_input(spec, grad_output, weight, input_shape):
        print("called")
        return reference.grad_input(spec, grad_output, weight, input_shape)


def forgetful(spec, grad_output, weight, input_shape):
    dx = np.zeros(input_shape, int)
    for i in np.ndindex(*grad_output.shape):
        dx[i[0] : i[0] + len(weight)] += grad_output[i] * weight
    return dx
"""


@pytest.fixture
def command(capsys, tmp_path, monkeypatch):
    """Run symconv audit in a folder with modules: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "audited_module.py").write_text(MODULE)
    (tmp_path / "audited_broken.py").write_text("def f(:\n")
    (tmp_path / "audited_exits.py").write_text("raise SystemExit('no thanks')\n")
    (tmp_path / "audited_poor.py").write_text("import a_module_that_nobody_has\n")

    def call(line):
        code = run(["audit", *line.split()])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    yield call
    for name in [name for name in sys.modules if name.startswith("audited_")]:
        del sys.modules[name]


def test_the_command_audits_what_it_imports_from_the_current_folder(command):
    code, out, err = command(
        "audited_module:Kernels.grad_input --operation grad_input --axes 2 --cases 30"
    )
    assert code == 0
    assert out.startswith(
        "audited_module:Kernels.grad_input as grad_input, plane layout, numpy int64\n✓ right: 30 "
    )
    assert set(err.split()) == {"imported", "called"}


GOLDEN = """\
audited_module:forgetful as grad_input, plane layout, numpy int64
✗ wrong: 4 of 6 configurations tested with dense integers, in 0.0 s
╭─ 1. stride forgotten · wrong value ──────────────────────────────────────────────────────────────╮
│                                                                                                  │
│  what it does   windows step by 1                                                                │
│  smallest spec  ConvSpec(kernel_shape=(2,), stride=(3,))                                         │
│  shapes         grad_output (2,), weight (2,) → grad_input (5,)                                  │
│  given          grad_output[1] = 1, weight[0] = 1, all else 0                                    │
│  where          tap w[0], cell x[3], window y[1]                                                 │
│  expected       grad_input[3] = 1                                                                │
│  got            grad_input[3] = 0                                                                │
│                                                                                                  │
│                 expected     got                                                                 │
│                 0 0 0 1 0    0 1 0 0 0                                                           │
│  always with    remainder                                                                        │
│  to see it      spec = sc.ConvSpec(kernel_shape=(2,), stride=(3,))                               │
│                 grad_output = np.zeros((2,), int)                                                │
│                 grad_output[1] = 1                                                               │
│                 weight = np.zeros((2,), int)                                                     │
│                 weight[0] = 1                                                                    │
│                 fn(spec, grad_output=grad_output, weight=weight, input_shape=(5,))               │
│                                                                                                  │
╰────────────────────────────────────────────────────────────────────────── 4 of 6 configurations ─╯
"""


def test_a_failing_audit_shows_the_fault_and_ends_with_1(command):
    code, out, _ = command(
        "audited_module:forgetful --operation grad_input --kernel 2 --stride 3 --cases 6"
    )
    assert code == 1
    out = re.sub(r"in \d+\.\d s", "in 0.0 s", out)
    assert out.partition("Which configurations failed")[0] == GOLDEN


def test_json_is_the_whole_outcome_and_nothing_else(command):
    code, out, _ = command("audited_module:forgetful --operation grad_input --axes 1 --json")
    outcome = json.loads(out)
    assert code == 1
    assert (outcome["ok"], outcome["operation"], outcome["layout"]) == (
        False,
        "grad_input",
        "plane",
    )
    assert outcome["checked"] >= outcome["failed"] > 0
    assert outcome["tags"]["stride"]["failed"] > 0
    assert {"kind", "fault", "spec", "tap", "cell", "window", "expected", "got"} <= set(
        outcome["failures"][0]
    )
    code, out, _ = command(
        "symconv.reference:grad_bias --operation grad_bias --layout batched --json"
    )
    assert (code, json.loads(out)["ok"]) == (0, True)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("audited_module --operation forward", 2, "must be like mykernels:grad_input"),
        ("audited_module: --operation forward", 2, "must be like mykernels:grad_input"),
        ("../kernels:f --operation forward", 2, "must be like mykernels:grad_input"),
        ("audited_nowhere:f --operation forward", 2, "MODULE must be importable here or from the"),
        ("audited_module.py:f --operation forward", 2, "MODULE must be importable here or from"),
        ("audited_broken:f --operation forward", 2, "audited_broken raises SyntaxError: "),
        ("audited_exits:f --operation forward", 2, "audited_exits raises SystemExit: no thanks"),
        ("audited_poor:f --operation forward", 3, "audited_poor needs a module that is not inst"),
        ("audited_module:f --operation forward", 2, "(Kernels, forgetful), got 'f'"),
        ("audited_module:limit --operation forward", 2, "must be callable, got limit = 3"),
        ("audited_module:forgetful", 2, "Missing option '--operation'"),
        ("audited_module:forgetful --operation grad", 2, "operation must be one of forward,"),
        ("audited_module:forgetful --operation forward --layout nchw", 2, "layout must be one of"),
        ("audited_module:forgetful --operation forward --exclude sam", 2, "got 'sam'"),
        ("audited_module:forgetful --operation forward --axes two", 2, "got 'two'"),
        ("audited_module:forgetful --operation forward --stride 2", 2, "a kernel must be given"),
        ("audited_module:forgetful --operation forward --kernel 0", 2, "must be at least 1, got 0"),
        ("audited_module:forgetful --operation forward --arrays cupy", 2, "got 'cupy'"),
        ("audited_module:forgetful --operation forward --cases 0", 2, "cases must be an integer"),
        ("audited_module:forgetful --operation forward --seconds -1", 2, "seconds must be a num"),
    ],
)
def test_bad_input_is_one_line_on_stderr(command, line, code, message):
    actual, out, err = command(line)
    lines = [text for text in err.splitlines() if text != "imported"]
    assert (actual, out, len(lines)) == (code, "", 1), err
    assert lines[0].startswith("symconv: ")
    assert message in lines[0]


def test_a_library_that_is_missing_is_a_missing_tool(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    code, out, err = command("symconv.reference:forward --operation forward --arrays torch")
    assert (code, out) == (3, "")
    assert "arrays=torch needs torch, which cannot be imported" in err
    assert "pip install 'symconv[peers]'" in err


def test_help_has_examples_and_imports_no_numpy():
    script = (
        "import sys; from symconv.cli.main import run; run(['audit', '--help']);"
        "print(sorted({'sympy', 'numpy', 'rich.progress'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert "symconv audit mykernels:grad_input" in done.stdout.split("Examples:")[1]
    assert "numpy" not in done.stderr
