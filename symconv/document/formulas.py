"""The bare formulas of a derivation in LaTeX, for pasting; they need amsmath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sympy import Expr, true

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import ClosedForm, general_cases
from symconv.algebra.phases import Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    INPUT_INDEX,
    OUTPUT_INDEX,
    TAP_INDEX,
    W,
)
from symconv.document.layout import refuse_undocumented
from symconv.document.printing import ordered_terms, spell_latex

TERMS_PER_LINE: Final = 3


def latex_formulas(derivation: DerivedGradients) -> str:
    r"""Return y, its derivatives and the gradients as one align* environment.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> text = latex_formulas(derive_gradients(ConvSpec(kernel_shape=(2,))))
        >>> print(text.splitlines()[2])
          y_{i} &= \sum_{r=0}^{1} x_{i + r} w_{r} + b \\[1ex]
    """
    refuse_undocumented(derivation.spec)
    axes = derivation.spec.axes
    output, cell, tap = (
        _joined(letters[:axes]) for letters in (OUTPUT_INDEX, INPUT_INDEX, TAP_INDEX)
    )
    read = derivation.grad_weight.function.args[1]
    rows = [
        _row(f"y_{{{output}}}", spell_latex(derivation.output)),
        _row(
            _partial(f"y_{{{output}}}", f"x_{{{cell}}}"), spell_latex(derivation.partials.by_input)
        ),
        _row(_partial(f"y_{{{output}}}", f"w_{{{tap}}}"), spell_latex(read)),
        _row(_partial(f"y_{{{output}}}", "b"), spell_latex(derivation.partials.by_bias)),
        *(_phase_row(derivation, phase) for phase in derivation.phases),
        *_closed_form_rows(derivation.overlap.closed_form),
        _row(_partial("e", f"w_{{{tap}}}"), spell_latex(derivation.grad_weight)),
        _row(_partial("e", "b"), spell_latex(derivation.grad_bias)),
    ]
    return _align(rows)


def latex_written_out(derivation: DerivedGradients, input_shape: Sequence[int]) -> str:
    """Return every entry of y and of the gradients for one small input as one align*.

    Args:
        derivation: the derivation.
        input_shape: the input sizes (m, n).

    Raises:
        SpecError: a window does not fit, or the image has more than 4096 cells.
    """
    entries = derivation.written_out(input_shape)
    rows = []
    for index, entry in entries.output.items():
        rows.append(_row(f"y_{{{_joined(index)}}}", _broken(_terms(entry))))
    for name, gradient in (("x", entries.grad_input), ("w", entries.grad_weight)):
        for index, entry in gradient.items():
            left = _partial("e", f"{name}_{{{_joined(index)}}}")
            rows.append(_row(left, _broken(_terms(entry))))
    return _align([*rows, _row(_partial("e", "b"), _broken(_terms(entries.grad_bias)))])


def _joined(index: Sequence[object]) -> str:
    return ", ".join(map(str, index))


def _terms(polynomial: Expr) -> list[str]:
    return [spell_latex(term) for term in ordered_terms(polynomial)]


def latex_cases() -> str:
    """Return the four overlap cases with symbolic p, q, t as one align* environment."""
    rows = []
    for case in general_cases():
        rows.append(rf"  &\text{{{case.name}: }} {spell_latex(case.condition)}")
        rows += _closed_form_rows(case.closed_form, legend=False)
    rows.append(_definitions(general_cases()[-1].closed_form))
    return _align(rows)


def _phase_row(derivation: DerivedGradients, phase: Phase) -> str:
    """Return the gradient at the cells of one phase, a few products on each line."""
    cell = [
        table.stride * BLOCK_INDEX[axis] + residue - table.before
        for axis, (table, residue) in enumerate(
            zip(derivation.phases.axes, phase.residues, strict=True)
        )
    ]
    products = []
    for tap in phase.taps:
        output = tuple(BLOCK_INDEX[axis] - shift for axis, shift in enumerate(tap.shifts))
        products.append(spell_latex(DY[output] * W[tap.index]))
    index = ", ".join(map(spell_latex, cell))
    return _row(_partial("e", f"x_{{{index}}}"), _broken(products))


def _closed_form_rows(form: ClosedForm, *, legend: bool = True) -> list[str]:
    cell = _joined(INPUT_INDEX[: len(form.axes)])
    sums = "".join(_sum(axis.counter, axis.last) for axis in form.axes if axis.overlaps)
    total = sums + spell_latex(form.term)
    if form.reached != true:
        total = (
            rf"\begin{{cases}} {total}, & {spell_latex(form.reached)}, \\ 0, & \text{{otherwise}} "
            rf"\end{{cases}}"
        )
    rows = [_row(_partial("e", f"x_{{{cell}}}"), total)]
    return [*rows, _definitions(form)] if legend and form.definitions else rows


def _definitions(form: ClosedForm) -> str:
    where = [
        f"{spell_latex(key)} = {spell_latex(value)}" for key, value in form.definitions.items()
    ]
    return rf"  &\text{{where }} {', '.join(where)}"


def _sum(counter: Expr, last: Expr) -> str:
    return rf"\sum_{{{spell_latex(counter)}=0}}^{{{spell_latex(last)}}} "


def _partial(above: str, below: str) -> str:
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def _row(left: str, right: str) -> str:
    return f"  {left} &= {right}"


def _broken(products: Sequence[str]) -> str:
    lines = [
        " + ".join(products[start : start + TERMS_PER_LINE])
        for start in range(0, len(products), TERMS_PER_LINE)
    ]
    return " \\\\\n    &\\quad + ".join(lines)


def _align(rows: Sequence[str]) -> str:
    """Return the rows as an align* environment that may be broken across pages."""
    body = " \\\\[1ex]\n".join(rows)
    return f"{{\\allowdisplaybreaks\n\\begin{{align*}}\n{body}\n\\end{{align*}}}}\n"
