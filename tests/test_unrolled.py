"""The unrolled style: its code is the derivation, line by line, and every line matters."""

import ast
import re
from dataclasses import replace

import numpy as np
import pytest

from symconv import ConvSpec, VerificationError, derive, generate, load
from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import derive_gradients
from symconv.codegen.check.symbols import check_batched_kernel, check_kernel
from symconv.codegen.check.trials import batched_trials, checked_shapes
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.runtime.python import retuned
from symconv.codegen.targets import build_of
from tests import strategies

PLAIN = ConvSpec(kernel_shape=(3, 5), stride=2)
PADDED = ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (0, 1)))
SPECS = [
    PLAIN,
    PADDED,
    ConvSpec(kernel_shape=(3, 3), padding=1),
    ConvSpec(kernel_shape=(5,), stride=2, padding=1),
    ConvSpec(kernel_shape=(2, 3), stride=3),
    ConvSpec(kernel_shape=(3, 2, 2), stride=(2, 1, 3), padding=1),
    *strategies.KINDS,
]
TERM = re.compile(r"^ +\w.*\bw\[(?P<tap>[\d, ]+)\].*?(?:  # (?P<met>.*))?$")
PHASE = re.compile(r"^ *# Phase (?P<residues>\(.*?\)): (?P<cell>.*), \d+ taps?$")


def text_of(spec, layout="plane"):
    (file,) = build_of(request_kernel(spec, layout=layout, style="unrolled")).unchecked
    return file.text


def body(text, name):
    """The lines of a function of a module."""
    (function,) = (each for each in ast.parse(text).body if getattr(each, "name", "") == name)
    return text.splitlines()[function.lineno - 1 : function.end_lineno]


def terms(lines):
    """The (tap, cell) of every term, whose cell stands behind it, or above it if it is long."""
    found = []
    for above, line in zip(["", *lines], lines, strict=False):
        if match := TERM.search(line):
            tap = tuple(map(int, match["tap"].split(",")))
            found.append((tap, match["met"] or above.strip(" #")))
    return found


@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_phase_has_the_terms_of_the_derivation_in_their_order(spec, layout):
    plan = build_of(request_kernel(spec, layout=layout, style="unrolled")).plan
    lines = body(text_of(spec, layout), "forward" if spec.transposed else "grad_input")
    starts = [place for place, line in enumerate(lines) if PHASE.match(line)]
    assert len(starts) == len(plan.phases)
    for start, end, phase in zip(starts, [*starts[1:], len(lines)], plan.phases, strict=True):
        heading = PHASE.match(lines[start])
        assert ast.literal_eval(heading["residues"]) == phase.residues
        cell = ", ".join(cells.index.spelled() for cells in phase.cells)
        assert heading["cell"].endswith(f"{cell}]")
        found = terms(lines[start + 1 : end])
        assert [tap for tap, _ in found] == [term.tap for term in phase.terms]
        for (_, met), term in zip(found, phase.terms, strict=True):
            assert met.endswith(f"{', '.join(index.spelled() for index in term.index)}]")


def test_the_phases_of_the_emitted_kernel_are_those_that_derive_prints():
    printed = derive(PLAIN).to_text()
    lines = body(text_of(PLAIN), "grad_input")
    cells = [match["cell"] for line in lines if (match := PHASE.match(line))]
    for cell in cells:
        assert f"∂e/∂x{cell.removeprefix('dx')} =" in printed
    for (row, column), met in terms(lines):
        assert f"{met.replace('-', '−')}·w[{row}, {column}]" in printed


@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_no_runtime_lies_beneath_the_terms(spec, layout):
    """Slices and products: no views by strides, no subscripts in strings, no tables of indices."""
    tree = ast.parse(text_of(spec, layout))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {"einsum", "as_strided", "strides", "take", "add_at", "bincount", "ndarray"}
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    private = {name for name in functions if name.startswith("_")}
    shaping = {
        "_check",
        "_check_groups",
        "_output_shape",
        "_put",
        "_flat",
        "_rows",
        "_pad",
        "_fold",
    }
    assert private <= shaping


def test_planes_fit_on_two_screens_and_one_axis_on_one_and_a_half():
    def length(spec):
        return sum(bool(line.strip()) for line in generate(spec)[0].text.splitlines())

    assert length(ConvSpec(kernel_shape=(3, 3), stride=2)) <= 120
    assert length(ConvSpec(kernel_shape=(3,), stride=2)) <= 82


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_strips_of_one_row_give_the_same(spec):
    kernel = load(spec, style="unrolled")
    cut = retuned(kernel, {"STRIP_BYTES": 1})
    if cut is None:
        assert spec.axes == 1 or "for top" not in kernel.source
        return
    shape = strategies.some_input(spec, more=9)
    x, w = strategies.integers(shape, 1), strategies.integers(spec.kernel_shape, 2)
    dy = strategies.integers(spec.output_shape(shape), 3)
    for one, other in zip(kernel.backward(dy, x, w), cut.backward(dy, x, w), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(kernel.forward(x, w, 2), cut.forward(x, w, 2))


def test_load_is_fast_and_generate_is_unrolled_by_default():
    spec = ConvSpec(kernel_shape=(3,), stride=2)
    ((unrolled,), (fast,)) = generate(spec), generate(spec, style="fast")
    assert (unrolled.path, fast.path) == ("conv_k3_s2.py", "conv_k3_s2_fast.py")
    assert load(spec).name == "conv_k3_s2_fast"
    assert load(spec, style="unrolled").name == "conv_k3_s2"
    assert "Command:  symconv generate --kernel 3 --stride 2\n" in unrolled.text
    assert "Command:  symconv generate --kernel 3 --stride 2 --style fast\n" in fast.text


X, W, DY = np.ones((5, 4)), np.ones((3, 2)), np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: k.forward(X, W.T), "weight must have shape (3, 2), got (2, 3)"),
        (lambda k: k.forward(X, W[0]), "weight must have shape (3, 2), got (2,)"),
        (lambda k: k.forward(X, W, [1, 2]), "bias must have shape (), got (2,)"),
        (lambda k: k.forward(X[:2], W), "input must have shape (3, 2) or larger, got (2, 4)"),
        (lambda k: k.grad_input(DY, W.T), "weight must have shape (3, 2), got (2, 3)"),
        (lambda k: k.grad_input(DY, W, (9, 9)), "grad_output must have shape (4, 4), got (2, 2)"),
        (lambda k: k.grad_weight(DY, X.T), "grad_output must have shape (1, 2), got (2, 2)"),
        (lambda k: k.backward(DY, X, W.T), "weight must have shape (3, 2), got (2, 3)"),
        (lambda k: k.forward(X[0], W), "unpack"),
        (lambda k: k.grad_input(DY, W, (5,)), "unpack"),
    ],
)
def test_wrong_planes_are_value_errors(call, message):
    with pytest.raises(ValueError) as caught:
        call(load(ConvSpec(kernel_shape=(3, 2), stride=2), style="unrolled"))
    assert message in str(caught.value)


XS, WS, DYS = np.ones((2, 4, 5, 4)), np.ones((6, 2, 3, 2)), np.ones((2, 6, 2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: k.forward(XS, WS[0]), "must"),
        (lambda k: k.forward(XS, WS[:5]), "channels must be multiples of 2, got 5 and 4"),
        (lambda k: k.forward(XS[:, :3], WS), "channels must be multiples of 2, got 6 and 3"),
        (lambda k: k.forward(XS, WS[:, :1]), "weight must have shape (6, 2, 3, 2), got (6, 1, 3,"),
        (lambda k: k.forward(XS, WS, np.ones(2)), "bias must have shape (6,), got (2,)"),
        (lambda k: k.forward(XS[:, :, :2], WS), "input must have cells (3, 2) or more, got shape"),
        (lambda k: k.grad_input(DYS, WS, (2, 4, 9, 4)), "grad_output must have shape (2, 6, 4, 2)"),
        (lambda k: k.grad_input(DYS, WS, (2, 8, 5, 4)), "weight must have shape (6, 4, 3, 2)"),
        (lambda k: k.grad_weight(DYS[:1], XS), "grad_output must have shape (2, 6, 2, 2)"),
        (lambda k: k.grad_weight(DYS[0], XS), "grad_output must have shape (2, 6, 2, 2)"),
        (lambda k: k.grad_weight(DYS[:, :5], XS), "channels must be multiples of 2, got 5 and 4"),
    ],
)
def test_wrong_batches_are_value_errors(call, message):
    spec = ConvSpec(kernel_shape=(3, 2), stride=2, groups=2)
    with pytest.raises(ValueError) as caught:
        call(load(spec, layout="batched", style="unrolled"))
    assert message in str(caught.value)


# Every mutant of every term is refused by the check that `generate` runs.

MUTATED = [
    (ConvSpec(kernel_shape=(2, 2), stride=2), "plane"),
    (replace(PLAIN, kernel_shape=(3, 2)), "plane"),
    (ConvSpec(kernel_shape=(3,), stride=2, padding=1), "plane"),
    (replace(PADDED, groups=2), "batched"),
    (ConvSpec(kernel_shape=(2, 2), stride=2, transposed=True, padding=((1, 0), (0, 0))), "batched"),
]

SHIFTS = {
    "another tap": (r"\bw\[(\d)", lambda found: f"w[{(int(found[1]) + 1) % 2}"),
    "another entry of dw": (r"^( +dw)\[(\d)", lambda f: f"{f[1]}[{(int(f[2]) + 1) % 2}"),
    "the next windows": (r"\[a:b\]", lambda _: "[a + 1 : b + 1]"),
    "assigned and not added": (r"\+=", lambda _: "="),
    "added and not assigned": (r"^( +s) =", lambda found: f"{found[1]} = 1 +"),
}


def check(spec, layout, text):
    request, derivation = request_kernel(spec, layout=layout), derive_gradients(spec)
    kernel = build_of(request).load([GeneratedFile("mutant.py", text)])
    if layout == "plane":
        check_kernel(kernel, derivation, input_shapes=checked_shapes(derivation))
    else:
        channels = derive_channels(derivation)
        check_batched_kernel(kernel, channels, trials=batched_trials(derivation))


def target(line):
    return re.split(r" [+]?= ", line)[0]


def mutants(text):
    """(fault, line, text) of a module with a fault in one of the lines that compute."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if not re.match(r" +(?!#).*(\bd?w\[\d|_put\(|\] = 0  #)", line):
            continue
        indent = line[: len(line) - len(line.lstrip())]
        yield "left out", line, "\n".join([*lines[:place], f"{indent}pass", *lines[place + 1 :]])
        above = lines[place - 1]
        first = target(line) != target(above) or "np.zeros(" in above  # assigned is added
        for fault, (piece, wrong) in SHIFTS.items():
            changed = re.sub(piece, wrong, line)
            if changed != line and not (first and fault == "assigned and not added"):
                yield fault, line, "\n".join([*lines[:place], changed, *lines[place + 1 :]])


@pytest.mark.parametrize(("spec", "layout"), MUTATED, ids=lambda each: getattr(each, "name", each))
def test_every_line_that_computes_matters(spec, layout):
    text, survivors = text_of(spec, layout), []
    check(spec, layout, text)
    for fault, line, wrong in mutants(text):
        try:
            check(spec, layout, wrong)
        except (VerificationError, ValueError, NameError):
            continue
        survivors.append((fault, line))
    assert not survivors


# fault -> (spec, a piece of the emitted text, what the mutant has in its place)
EDITS = {
    "every strip is written to the first": (
        PLAIN,
        "part = dx[2 * top : 2 * (top + strip)]",
        "part = dx[: 2 * strip]",
    ),
    "a strip begins a row early": (PLAIN, "a = row * (top + 1)", "a = row * top"),
    "the windows stand a column further": (
        PLAIN,
        "frame[1 : g + 1, 2 : h + 2]",
        "frame[1 : g + 1, 1 : h + 1]",
    ),
    "the cells of another phase": (PLAIN, "_put(part[1::2, 0::2]", "_put(part[0::2, 1::2]"),
    "K and L exchanged": (PLAIN, "dy[a - row - 1 : b - row - 1]", "dy[a - row : b - row]"),
    "the first block of another phase": (PADDED, "start + row", "start"),
    "the padding is not zero": (PADDED, "xp = np.zeros(", "xp = np.ones("),
    "the frame is not zero": (PADDED, "frame = np.zeros(", "frame = np.ones("),
    "cells that no window reads are left unwritten": (
        ConvSpec(kernel_shape=(2, 2), stride=3, padding=1),
        "dx = np.zeros(",
        "dx = np.empty(",
    ),
    "the sum begins with what was there": (PLAIN, "y = np.zeros(", "y = np.ones("),
}


@pytest.mark.parametrize("fault", EDITS)
def test_an_edited_kernel_differs_from_the_derivation(fault):
    spec, piece, wrong = EDITS[fault]
    text = text_of(spec)
    assert piece in text, "the mutant no longer touches the code"
    with pytest.raises((VerificationError, ValueError)):
        check(spec, "plane", text.replace(piece, wrong))
