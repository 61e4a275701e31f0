"""Spelling a tree and reading it gives the tree again, in both forms."""

from functools import cache
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.formula import read_formula, spell_latex, spell_text
from symconv.formula import tree as t

BASES = ["x", "y", "w", "b", "e", "d", "i", "j", "K", "Y", "h", "alpha", "rho", "Delta"]
NAMES = st.one_of(
    st.sampled_from(BASES),
    st.sampled_from(
        ["t_h", "k_w", "P_top", "P_left", "stride", "dx", "dt", "grad_input", "x2", "et"]
    ),
    st.sampled_from(["x'", "w''", "w^(l)", "W^T", "x^*", "y'_h^(l-1)", "x_hat", "y^l"]),
)
FUNCTIONS = st.sampled_from(["f", "forward", "relu", "rot180"])
INTEGERS = st.builds(t.Integer, st.integers(0, 99) | st.integers(0, 10**30))
LETTERS = st.builds(t.Letter, NAMES)


def tuples(strategy, least=2, most=3):
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


@st.composite
def expressions(draw, depth):
    """Composite, or the strategies' reprs grow exponentially."""
    return draw(_expressions(depth))


@st.composite
def conditions(draw, depth):
    return draw(_conditions(depth))


@cache
def _expressions(depth):
    leaves = INTEGERS | LETTERS
    if depth == 0:
        return leaves
    inner, where = expressions(depth - 1), conditions(depth - 1)
    branches = st.builds(t.Branch, inner, st.none() | where)
    return st.one_of(
        leaves,
        st.builds(t.Entry, NAMES, tuples(inner, 1)),
        st.builds(t.Total, tuples(inner)),
        st.builds(t.Negated, inner),
        st.builds(t.Product, tuples(inner)),
        st.builds(t.Quotient, inner, inner),
        st.builds(t.Power, inner, inner),
        st.builds(t.Floor, inner),
        st.builds(t.Ceiling, inner),
        st.builds(t.Remainder, inner, inner),
        st.builds(t.Largest, tuples(inner)),
        st.builds(t.Smallest, tuples(inner)),
        st.builds(t.Partial, inner, inner),
        st.builds(t.SumOver, NAMES, inner, inner, inner),
        st.builds(t.SumOver, NAMES, st.none(), st.none(), inner),
        st.builds(t.SumWhere, tuples(NAMES, 0), where, inner),
        st.builds(t.Convolved, tuples(NAMES), tuples(inner)),
        st.builds(t.Cases, tuples(branches, 1)),
        st.builds(t.Matrix, tuples(tuples(inner, 1), 1)),
        st.builds(t.Call, FUNCTIONS, tuples(inner, 0)),
    )


@cache
def _conditions(depth):
    inner = expressions(max(0, depth - 1))
    compared = st.builds(
        t.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner
    )
    leaves = compared | st.builds(t.Divides, inner, inner)
    if depth == 0:
        return leaves
    below = conditions(depth - 1)
    return st.one_of(
        leaves,
        st.builds(t.AllOf, tuples(below)),
        st.builds(t.AnyOf, tuples(below)),
        st.builds(t.Not, below),
        st.tuples(inner, inner, inner).map(chain),
    )


def chain(values):
    steps = pairwise(values)
    return t.AllOf(tuple(t.Compare("<=", first, second) for first, second in steps))


ENDS = st.none() | expressions(1)
INTERVALS = st.builds(t.Interval, ENDS, ENDS, ENDS)
SLICES = INTERVALS | expressions(1)
CLAIMS = st.one_of(
    st.builds(t.Equation, expressions(2), tuples(expressions(3), 1), tuples(conditions(2), 0)),
    st.builds(t.Assertion, conditions(3)),
    st.builds(t.Implication, conditions(2), conditions(2)),
    st.builds(t.Equivalence, tuples(conditions(2))),
    st.builds(t.Scatter, NAMES, tuples(SLICES, 0), expressions(2), tuples(conditions(2), 0)),
    st.builds(t.Scatter, NAMES, tuples(INTERVALS, 1), expressions(2), st.just(()), st.just(False)),
)


@given(CLAIMS)
def test_latex_is_read_as_the_tree_it_was_spelled_from(claim):
    assert read_formula(spell_latex(claim)) == (claim,)


@given(CLAIMS)
def test_text_is_read_as_the_tree_it_was_spelled_from(claim):
    assert read_formula(spell_text(claim), form="plain") == (claim,)


@pytest.mark.parametrize("form", ["latex", "plain"])
@given(claim=CLAIMS)
def test_the_text_at_a_span_is_read_as_the_node_by_itself(claim, form):
    source = spell_latex(claim) if form == "latex" else spell_text(claim)
    (found,) = read_formula(source, form=form)
    assert (found.span.start, found.span.end) == (0, len(source))
    seen = set()
    for node in t.walk(found):
        place = (node.span.start, node.span.end)
        if place in seen or not source[slice(*place)]:
            continue  # sum(…, r, s) is two nodes in one place; the e of dx[u, v] is not written
        seen.add(place)
        if isinstance(node, get_args(t.Expression)):
            (equation,) = read_formula(f"z = {source[slice(*place)]}", form=form)
            assert equation.rights == (node,)
        elif isinstance(node, get_args(t.Condition)):
            (assertion,) = read_formula(f"({source[slice(*place)]})", form=form)
            assert assertion.condition in (node, t.Not(node))  # \\nmid is both


def test_spelling_looks_as_a_person_writes():
    (claim,) = read_formula("dx[u,v] = sum(dy[i,j]*w[u-i*t], r=0..p-1) if t | u else (u-r)//t")
    assert spell_text(claim) == (
        "dx[u, v] = cases(sum(dy[i, j]*w[u - i*t], r=0..p - 1) if t | u, (u - r)//t otherwise)"
    )
    assert spell_latex(claim) == (
        r"\frac{\partial e}{\partial x_{u, v}} = \begin{cases} "
        r"\sum_{r=0}^{p - 1} \frac{\partial e}{\partial y_{i, j}} w_{u - i t} & "
        r"\text{if } t \mid u \\ "
        r"\lfloor \frac{u - r}{t} \rfloor & \text{otherwise} \end{cases}"
    )
