"""A tree that is spelled and read again is the same tree, in both forms."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.formula import spell_latex, spell_text
from symconv.formula import tree as t
from symconv.formula.notation import Statement
from symconv.formula.reader import read
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.settling import Settler, index_letters


def settled(source: str, form: Any) -> t.Equation:
    (statement,) = read(source, form=form)
    assert isinstance(statement, Statement)
    (known,) = alternatives((statement,))[0][1]
    settler = Settler(index_letters(known))
    left, *rights = map(settler.value, known.sides)
    conditions = tuple(map(settler.condition, known.conditions))
    return t.Equation(left, tuple(rights), conditions)


EQUATIONS = {
    "output": "y[i,j] = sum(x[i*t+r, j*t+s]*w[r,s], r=0..p-1, s=0..q-1) + b",
    "dilated": "y[i] = sum(w[r]*x[i*t + r*d - P], r=0..p-1)",
    "gradient": r"\frac{\partial e}{\partial x_{u,v}} = \sum_{i=0}^{g-1} \sum_{j=0}^{h-1} "
    r"\frac{\partial e}{\partial y_{i,j}} w_{u-it,v-jt}",
    "floors": "dx[u] = sum(dy[u//t - a]*w[u%t + a*t], a=0..(p-1-u%t)//t)",
    "bounds": "dx[u] = sum(dy[i]*w[u-i*t], i=max(0, ceil((u-p+1)/t))..min(g-1, u//t))",
    "cases": r"\frac{\partial y_i}{\partial x_u} = \begin{cases} w_{u-it} & 0 \le u-it < p \\ "
    r"0 & \text{otherwise} \end{cases}",
    "divides": r"\frac{\partial e}{\partial x_u} = \sum_{r=0, t \mid u-r}^{p-1} w_r "
    r"\frac{\partial e}{\partial y_{(u-r)/t}}",
    "minus": "y[i] = -sum(w[r]*x[i-(r-1)], r=0..p-1)",
    "channels": "y[n,o,i] = sum(w[o,c,r]*x[n,c,i*t+r], c=0..C-1, r=0..p-1) + b[o]",
    "conditions": "y[i] = x[i] if 0 <= i < n",
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_latex_is_read_again_as_the_same_equation(name: str) -> None:
    form = "latex" if "\\" in EQUATIONS[name] else "text"
    equation = settled(EQUATIONS[name], form)
    assert settled(spell_latex(equation), "latex") == equation


@pytest.mark.parametrize("name", [name for name in EQUATIONS if "\\" not in EQUATIONS[name]])
def test_text_is_read_again_as_the_same_equation(name: str) -> None:
    equation = settled(EQUATIONS[name], "text")
    assert settled(spell_text(equation), "text") == equation


def test_names_are_spelled_in_both_forms() -> None:
    names = {
        "t_h": ("t_h", "t_h"),
        "P_top": (r"P_{\text{top}}", "P_top"),
        "alpha": (r"\alpha", "alpha"),
        "stride": (r"\mathrm{stride}", "stride"),
        "w'": ("w'", "w'"),
    }
    for name, (latex, text) in names.items():
        assert (spell_latex(t.Letter(name)), spell_text(t.Letter(name))) == (latex, text)


def test_brackets_stand_where_they_are_needed_and_nowhere_else() -> None:
    i, s, k = map(t.Letter, "isk")
    one = t.Integer(1)
    product = t.Product((s, t.Total((i, t.Negated(one)))))
    assert spell_text(product) == "s*(i - 1)"
    assert spell_text(t.Total((t.Product((s, i)), k))) == "s*i + k"
    assert spell_text(t.Total((k, t.Negated(t.Total((i, one)))))) == "k - (i + 1)"
    assert spell_latex(t.Quotient(t.Total((i, k)), s)) == r"\frac{i + k}{s}"
    assert spell_text(t.Remainder(t.Total((i, k)), s)) == "(i + k)%s"
