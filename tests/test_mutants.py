"""Planted faults, each of which a named check must catch.

The derivation's faults are wrong outputs y, wrong readings of a derivative, wrong phase tables;
the emitted code's faults are edits of the text. A mutant that survives fails its test.
"""

import dataclasses

import numpy as np
import pytest

from symconv import ConvSpec, VerificationError, reference
from symconv.algebra.derivation import derive_gradients
from symconv.algebra.phases import AxisPhase, AxisTable, AxisTap, PhaseTable
from symconv.codegen.check.symbols import check_kernel
from symconv.codegen.check.trials import checked_shapes
from symconv.codegen.kernel import GeneratedFile
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from tests import oracle, strategies

SPEC = ConvSpec(kernel_shape=(3, 5), stride=2, padding=((1, 0), (0, 0)))


def equals_the_definition(derivation, spec=SPEC):
    """The check of test_derivation: every entry of the gradient against the oracle's loops."""
    shape = (6, 10)
    sizes = (spec.kernel_shape, spec.stride, spec.padding_pairs, spec.dilation)
    met = {cell: [] for cell in oracle.ranges(shape)}
    for window, tap, cell in oracle.meetings(shape, *sizes):
        met[cell].append((window, tap))
    outputs = spec.output_shape(shape)
    return all(
        sorted(derivation.phases.reads(cell, output_shape=outputs)) == sorted(pairs)
        for cell, pairs in met.items()
    )


def each_axis(change):
    """A mutation of the PhaseTable that changes the axis tables one by one."""

    def mutate(derivation):
        tables = tuple(change(axis, table) for axis, table in enumerate(derivation.phases.axes))
        return dataclasses.replace(derivation, phases=PhaseTable(tables))

    return mutate


def each_tap(change):
    def change_table(_, table):
        phases = tuple(
            AxisPhase(phase.residue, tuple(change(tap) for tap in phase.taps))
            for phase in table.phases
        )
        return dataclasses.replace(table, phases=phases)

    return each_axis(change_table)


def swap_axes(derivation):
    return dataclasses.replace(derivation, phases=PhaseTable(derivation.phases.axes[::-1]))


def derived_from(**changes):
    """The derivation of another spec, taken for this one."""

    def mutate(_):
        fields = ("kernel_shape", "stride", "padding", "dilation")
        same = {name: getattr(SPEC, name) for name in fields}
        return derive_gradients(ConvSpec(**{**same, **changes}))

    return mutate


DERIVATION_MUTANTS = {
    "shift has the wrong sign": each_tap(lambda tap: AxisTap(tap.index, -tap.shift)),
    "shift is one too large": each_tap(lambda tap: AxisTap(tap.index, tap.shift + 1)),
    "kernel is not flipped": each_axis(
        lambda axis, table: dataclasses.replace(
            table,
            phases=tuple(
                AxisPhase(
                    p.residue, tuple(AxisTap((2, 4)[axis] - t.index, t.shift) for t in p.taps)
                )
                for p in table.phases
            ),
        )
    ),
    "phases are swapped": each_axis(
        lambda _, table: dataclasses.replace(
            table,
            phases=tuple(
                AxisPhase(1 - phase.residue, phase.taps) for phase in reversed(table.phases)
            ),
        )
    ),
    "only the first tap of a phase is kept": each_axis(
        lambda _, table: dataclasses.replace(
            table, phases=tuple(AxisPhase(p.residue, p.taps[:1]) for p in table.phases)
        )
    ),
    "the odd phase is a gap": each_axis(
        lambda _, table: AxisTable(table.stride, table.before, table.phases[:1])
    ),
    "rows and columns are swapped": swap_axes,
    "padding is forgotten": derived_from(padding=0),
    "padding is taken from the other side": derived_from(padding=((0, 1), (0, 0))),
    "stride is taken for dilation": derived_from(stride=1, dilation=2),
    "stride is forgotten": derived_from(stride=1),
    "K is taken for K - 1": derived_from(kernel_shape=(2, 4)),
}


@pytest.mark.parametrize("fault", DERIVATION_MUTANTS)
def test_a_wrong_derivation_differs_from_the_definition(fault):
    derivation = derive_gradients(SPEC)
    assert equals_the_definition(derivation)
    assert not equals_the_definition(DERIVATION_MUTANTS[fault](derivation))


# fault -> (a piece of the emitted text, what the mutant has in its place)
CODE_MUTANTS = {
    "kernel is not flipped": (
        "dy, w[0::2, 0::2], first=(1, 2), step=(1, 1), apart=(-1, -1)",
        "dy, w[0::2, 0::2], first=(0, 0), step=(1, 1), apart=(1, 1)",
    ),
    "p and q are swapped": ("w[1:2, 1::2], first", "w[1::2, 1:2], first"),
    "taps of another phase": ("dy, w[1:2, 1::2]", "dy, w[1:2, 0::2][:, :2]"),
    "border is off by one": ("_framed(dy, (0, 2), (", "_framed(dy, (0, 1), ("),
    "wrong phase of rows": ("_weigh(dx[1::2, 0::2]", "_weigh(dx[0::2, 0::2][: m // 2]"),
    "wrong phase of columns": ("_weigh(dx[0::2, 1::2]", "_weigh(dx[0::2, 0::2][:, : n // 2]"),
    "remainder is dropped": ("_weigh(dx[0::2, 0::2]", "_weigh(dx[0::2, 0 : 2 * (n // 2) : 2]"),
    "stride is forgotten in forward": (
        "_weigh(y, x, w, first=(0, 0), step=(2, 2)",
        "_weigh(y, x, w, first=(0, 0), step=(1, 2)",
    ),
    "stride and dilation are swapped": (
        "_weigh(y, x, w, first=(0, 0), step=(2, 2), apart=(1, 1))",
        "_weigh(y, x, w, first=(0, 0), step=(1, 1), apart=(2, 2))",
    ),
    "a term is missing": ("dy, w[1:2, 1::2]", "dy, w[1:2, 1:2]"),
    "a term is there twice": (
        "    return _rounded(dx, ",
        "    dx[0, 0] += dy[1, 2] * w[0, 0]\n    return _rounded(dx, ",
    ),
    "sign is wrong": ("dy, w[1:2, 1::2]", "dy, -w[1:2, 1::2]"),
    "padding is forgotten in grad_weight": (
        "_correlate(dw, x, dy, first=(0, 0)",
        "_correlate(dw, x, dy, first=(1, 0)",
    ),
    "taps of grad_weight are swapped": ("return _rounded(dw, ", "return _rounded(dw[:, ::-1], "),
    "bias is added to one output": ("total: Array = y + bias", "total = y; y[0, 0] += bias"),
    "grad_bias is a mean": (
        "dy.sum(dtype=dy.dtype, keepdims=True)",
        "dy.sum(keepdims=True) / dy.size",
    ),
    "padding is taken from the other side": ("_framed(x, (1, 0)", "_framed(x, (0, 0)"),
    "einsum adds up the other factor": ('"k,kn->n"', '"k,kn->k"'),
    "BLAS gets the columns in reverse": (
        "left.dot(right, target",
        "left.dot(right[::-1], target",
    ),
    "only the first strip is weighed": ("range(0, len(target), rows)", "range(0, rows, rows)"),
    "strips of grad_weight overwrite each other": (
        "total = total + product\n",
        "total = product\n",
    ),
    "scattered products are added in another order": (
        "weights.reshape(-1, 1).dot(",
        "weights[::-1].reshape(-1, 1).dot(",
    ),
    "long rows lose their last entry": (
        "np.matmul(strip[..., None, :]",
        "np.matmul(strip[..., None, :-1]",
    ),
    "long rows are summed over taps": (".reshape(dw.size, -1).sum(axis=1)", ".sum() + dw"),
}


@pytest.mark.parametrize("fault", CODE_MUTANTS)
def test_wrong_emitted_code_differs_from_the_derivation(fault):
    request = request_kernel(SPEC, style="fast")
    derivation = derive_gradients(SPEC)
    file = build_of(request, derivation=derivation).unchecked[0]
    piece, wrong = CODE_MUTANTS[fault]
    assert piece in file.text, "the mutant no longer touches the code"
    mutant = GeneratedFile(file.path, file.text.replace(piece, wrong))
    shapes = checked_shapes(derivation)
    check_kernel(build_of(request).load([file]), derivation, input_shapes=shapes)
    with pytest.raises((VerificationError, ValueError)):
        check_kernel(build_of(request).load([mutant]), derivation, input_shapes=shapes)


@pytest.mark.parametrize("fault", ["gap filled", "gap left unwritten"])
def test_faults_in_gaps_are_caught(fault):
    spec = ConvSpec(kernel_shape=(2,), stride=4)
    request, derivation = request_kernel(spec, style="fast"), derive_gradients(spec)
    file = build_of(request).unchecked[0]
    wrong = {"gap filled": "dx[...] = 1", "gap left unwritten": "pass"}[fault]
    text = file.text.replace("dx[...] = 0", wrong)
    assert text != file.text
    kernel = build_of(request).load([GeneratedFile(file.path, text)])
    with pytest.raises(VerificationError, match="grad_input"):
        check_kernel(kernel, derivation, input_shapes=checked_shapes(derivation))


@pytest.mark.parametrize("axis", [0, 1])
def test_the_adjoint_identity_catches_a_wrong_gradient(axis):
    x, w = strategies.integers((6, 10), 1), strategies.integers((3, 5), 2)
    dy = strategies.integers(SPEC.output_shape((6, 10)), 3)
    product = (dy * reference.forward(SPEC, x, w)).sum()
    gradient = reference.grad_input(SPEC, dy, w, (6, 10))
    assert (gradient * x).sum() == product
    assert (np.flip(gradient, axis=axis) * x).sum() != product
